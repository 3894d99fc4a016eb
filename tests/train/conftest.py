"""What the tests of training share: miniature packs of made people, built once a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from tests.train import made_packs

if TYPE_CHECKING:
    from limner.train.data.drawings import Sheets
    from limner.train.data.sitters import Sitters
    from limner.train.nets.head_shell import HeadShell


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every pack; nobody may write to it."""
    from tests.train.made_packs import write_packs

    folder = tmp_path_factory.mktemp("packs")
    write_packs(folder)
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the arrays that are built from `packs`."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def sitters(packs: Path, cache: Path) -> Sitters:
    """Return the people of `packs` who train."""
    from limner.train.data.sitters import build_sitters

    return build_sitters(packs, packs / "labels", cache)


@pytest.fixture(scope="session")
def sheets(packs: Path, cache: Path) -> Sheets:
    """Return the drawings of `packs` that train; one pencil drawing is held back."""
    from limner.train.data import drawings

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawings, "_PENCIL_TEST", 1)
        drawings.build_sheets(packs, packs / "labels", cache, "test")
        return drawings.build_sheets(packs, packs / "labels", cache, "train")


@pytest.fixture(scope="session")
def head_packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of packs with made people and heads."""
    folder = tmp_path_factory.mktemp("head-packs")
    made_packs.write_celeba(folder)
    made_packs.write_turnheads(folder, "train", 2)
    made_packs.write_turnheads(folder, "val", 1)
    return folder


@pytest.fixture(scope="session")
def head_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which arrays are built once for all tests."""
    return tmp_path_factory.mktemp("head-cache")


@pytest.fixture
def small_shell() -> HeadShell:
    """Return an untrained shell of the least width, always the same."""
    from limner.train.nets.head_shell import HeadShell

    with torch.random.fork_rng():
        torch.manual_seed(0)
        return HeadShell(encoder_width=8, field_width=4, decoder_width=16, channels=8).eval()
