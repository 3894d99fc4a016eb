"""What several trainings are tested on: made packs, and a shell small enough to compute with at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from tests.train import made_packs

if TYPE_CHECKING:
    from limner.train.nets.head_shell import HeadShell


@pytest.fixture(scope="session")
def head_packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of packs with made people and heads."""
    folder = tmp_path_factory.mktemp("packs")
    made_packs.write_celeba(folder)
    made_packs.write_turnheads(folder, "train", 2)
    made_packs.write_turnheads(folder, "val", 1)
    return folder


@pytest.fixture(scope="session")
def head_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which arrays are built once for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def small_shell() -> HeadShell:
    """Return an untrained shell of the least width, always the same."""
    from limner.train.nets.head_shell import HeadShell

    with torch.random.fork_rng():
        torch.manual_seed(0)
        return HeadShell(encoder_width=8, field_width=4, decoder_width=16, channels=8).eval()
