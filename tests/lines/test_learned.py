"""Learned lines: the network sees faces at one size, and its soft ink comes back crisp at the picture's own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.errors import MissingWeights
from limner.lines import extract
from limner.lines import learned as module
from limner.lines.learned import learned
from limner.records import CLASSES, Photo, SemanticMap
from limner.weights import ledger


class Session:
    """A network whose ink is one minus the grey."""

    def __init__(self) -> None:
        self.seen: NDArray[np.float32] = np.zeros(0, np.float32)

    def run(self, name: str, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        assert name == "lines-ink"
        self.seen = inputs["picture"]
        return {"ink": 1 - self.seen[:, :1]}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    made = Session()
    monkeypatch.setattr(module, "session", lambda: made)
    monkeypatch.setattr(ledger, "rows", lambda: (SimpleNamespace(name=module.WEIGHT),))
    return made


def page(side: int, line_px: int) -> NDArray[np.uint8]:
    out = np.full((side, side - 6, 3), 255, np.uint8)
    out[side // 2 : side // 2 + line_px] = 0
    return out


@pytest.mark.parametrize(("side", "face_px"), [(100, 60.0), (255, 170.0), (800, 400.0)])
def test_ink_has_the_pictures_size_whatever_the_network_saw(
    session: Session, side: int, face_px: float
) -> None:
    ink = learned(page(side, 8), None, face_px)
    assert ink.shape == (side, side - 6)
    assert ink.dtype == np.float32
    assert 0 <= ink.min() <= ink.max() <= 1
    assert session.seen.shape[2] % 4 == session.seen.shape[3] % 4 == 0
    # a face is seen at one height, small ones at twice their own at most
    assert session.seen.shape[2] == pytest.approx(side * min(2, 170 / face_px), abs=4)


def test_the_classes_are_shown_beside_the_grey(session: Session) -> None:
    labels = np.zeros((200, 194), np.uint8)
    labels[:, 97:] = CLASSES.index("hair")
    learned(page(200, 8), SemanticMap(labels), 170.0)
    shares = session.seen[0, 1:]
    np.testing.assert_allclose(shares.sum(0), 1, atol=0.02)
    assert shares[CLASSES.index("hair"), :, -1].all()
    learned(page(200, 8), None, 170.0)
    assert not session.seen[0, 1:].any()


def test_enlarged_lines_have_steep_edges(session: Session) -> None:
    del session
    ink = learned(page(1700, 20), None, 1020.0)
    between = ((ink > 0.1) & (ink < 0.9)).sum(0)
    assert between.max() <= 8  # the network's own pixel is six of the picture's
    assert (ink > 0.9).sum(0).min() >= 10


def test_thicker_lines_have_more_ink_and_detail_keeps_the_faint(session: Session) -> None:
    del session
    widths = [float(learned(page(200, 3), None, 170.0, t).sum()) for t in (0.5, 1, 2)]
    assert widths[0] < widths[1] < widths[2]
    faint = page(200, 8)
    faint[faint == 0] = 150
    low, high = (float(learned(faint, None, 170.0, 1.0, d).sum()) for d in (0.0, 1.0))
    assert low < high


def test_without_its_network_it_says_what_to_take_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "rows", lambda: ())
    with pytest.raises(MissingWeights, match="take the engine 'flow'"):
        learned(page(100, 8), None, 60.0)


def test_the_engine_is_chosen_by_name_and_leaves_the_wall_empty(session: Session) -> None:
    del session
    labels = np.zeros((200, 194), np.uint8)
    labels[:, 60:] = CLASSES.index("hair")
    drawn = extract(Photo(page(200, 8)), SemanticMap(labels), engine="learned")
    assert drawn.ink[:, :40].max() < 0.05
    assert drawn.ink[100:108, 100:].mean() > 0.5
