"""Running studios, with and without stand-ins for the networks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.api import fakes
from tests.sketches.conftest import FakeSession
from tests.studio import desk

from limner.sketches.bank import Bank
from limner.sketches.canvas import Canvas
from limner.sketches.parts import NAMES, WINDOWS
from limner.studio.jobs import draw, sketch, turn
from limner.studio.jobs.memory import Memory


@pytest.fixture(autouse=True)
def fresh_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test find what another's workers, which are threads of this process, remember."""
    monkeypatch.setattr(draw, "_photos", Memory(40.0))
    monkeypatch.setattr(draw, "_faces", Memory(256))
    monkeypatch.setattr(sketch, "_canvases", Memory(12))
    monkeypatch.setattr(turn, "_turning", Memory(6))
    monkeypatch.setattr(turn, "_inks", Memory(4.0))
    monkeypatch.setattr(turn, "_views", Memory(2))


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Yield a client of a studio that draws with stand-ins."""
    fakes.install(monkeypatch)
    with desk.open_client(desk.settings(tmp_path)) as client:
        yield client


@pytest.fixture
def pen(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    """Put stand-ins where canvases ask for networks and for people; return what counts the calls."""
    rng = np.random.default_rng(3)
    people = Bank.from_floats(
        {n: rng.uniform(-1, 1, (40, WINDOWS[n].codes)).astype(np.float32) for n in NAMES}
    )
    session = FakeSession()

    def open_canvas(*, neighbours: int = 10) -> Canvas:
        return Canvas(neighbours=neighbours, bank=people, session=session)

    monkeypatch.setattr("limner.api._studio_sketch.open_canvas", open_canvas)
    return session
