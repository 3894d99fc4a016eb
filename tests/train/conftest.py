"""What the tests of training share: miniature packs of made people, built once a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from limner.train.data.drawings import Sheets
    from limner.train.data.sitters import Sitters


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
