"""What every test stands on: the sample sitters in, a home of its own, repeatable hypotheses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent

# No deadline: a busy machine is no bug. Derandomized: a red run is red again.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("LIMNER_HYPOTHESIS", "house"))


@pytest.fixture(scope="session", autouse=True)
def limner_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep caches and settings of the tests apart from the user's, one folder a run."""
    home = tmp_path_factory.mktemp("limner-home")
    patch = pytest.MonkeyPatch()
    patch.setenv("LIMNER_HOME", str(home))
    yield home
    patch.undo()


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of the sample sitters, who may be shown (CC BY 4.0)."""
    return ROOT / "examples" / "samples"
