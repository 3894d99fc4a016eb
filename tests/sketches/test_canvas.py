"""The canvas: strokes, undo, shadow, photograph."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limner.errors import BadShape, EmptySketch, UnknownName
from limner.records import Palette, Sketch
from limner.sketches.bank import Bank
from limner.sketches.canvas import Canvas
from limner.sketches.parts import NAMES
from limner.sketches.project import unshrunk

#: Inside the mouth's window and in no other, in px of 512.
MOUTH = [(230.0, 420.0), (260.0, 430.0), (290.0, 420.0)]
#: Outside of all four windows.
HAIR = [(100.0, 60.0), (250.0, 30.0), (400.0, 60.0)]


@pytest.fixture
def canvas(session: Any, bank: Bank) -> Canvas:
    return Canvas(bank=bank, session=session)


def test_only_components_whose_window_changed_are_encoded_again(
    canvas: Canvas, session: Any
) -> None:
    canvas.stroke(HAIR, 4)
    canvas.codes()
    assert dict(session.encoded) == dict.fromkeys(NAMES, 1)
    canvas.stroke(MOUTH, 3)
    canvas.codes()
    assert dict(session.encoded) == {n: 1 + (n == "mouth") for n in NAMES}
    canvas.stroke(HAIR, 3)
    canvas.codes()
    assert session.encoded["rest"] == 2
    assert session.encoded["mouth"] == 2


def test_what_is_remembered_equals_what_is_made_anew(session: Any, bank: Bank) -> None:
    first = Canvas(bank=bank, session=session)
    for points in (HAIR, MOUTH, [(300.0, 200.0), (340.0, 210.0)]):
        first.stroke(points, 5)
        first.shadow()
        first.photo(confidence=0.4)
    second = Canvas(first.sketch, bank=bank, session=session)
    np.testing.assert_array_equal(first.ink, second.ink)
    np.testing.assert_array_equal(first.shadow(), second.shadow())
    a, b = (c.photo(confidence=0.4).pixels for c in (first, second))
    np.testing.assert_array_equal(a, b)


def test_undo_is_exact(canvas: Canvas) -> None:
    canvas.stroke(HAIR, 4)
    ink, codes = canvas.ink, canvas.codes()
    canvas.stroke([(90.0, 50.0), (420.0, 400.0)], 9)
    canvas.codes()
    assert canvas.undo()
    np.testing.assert_array_equal(canvas.ink, ink)
    for name in NAMES:
        np.testing.assert_array_equal(canvas.codes()[name], codes[name])
    assert len(canvas.sketch.strokes) == 1


def test_a_blank_canvas_has_a_shadow_but_no_photograph(canvas: Canvas) -> None:
    shadow = canvas.shadow()
    assert shadow.shape == (512, 512)
    assert shadow.max() > 0.05
    with pytest.raises(EmptySketch, match="draw a stroke"):
        canvas.photo()


def test_confidence_one_never_asks_the_bank(session: Any) -> None:
    class Closed:
        def __getattr__(self, name: str) -> None:
            raise AssertionError("the bank was opened")

    canvas = Canvas(bank=Closed(), session=session)  # type: ignore[arg-type]
    canvas.stroke(MOUTH)
    canvas.photo()
    with pytest.raises(AssertionError, match="opened"):
        canvas.photo(confidence=0.9)


def test_confidence_moves_only_the_components_it_names(canvas: Canvas, bank: Bank) -> None:
    canvas.stroke(MOUTH, 4)
    drawn, used = canvas.codes(), canvas.believed({"eyes": 0.0})
    for name in NAMES:
        assert np.array_equal(drawn[name], used[name]) == (name not in ("left-eye", "right-eye"))
    found, people = canvas.neighbours("left-eye"), bank.matrices["left-eye"]
    likely = unshrunk(found.code, people[found.people], bank.means["left-eye"])
    np.testing.assert_allclose(used["left-eye"], likely, atol=1e-6)


def test_ink_is_trusted_longer_than_its_codes(canvas: Canvas, session: Any) -> None:
    canvas.stroke(MOUTH, 5)
    trusts = {}
    for confidence in (0.5, 0.1, 0.0):
        canvas.photo(confidence=confidence, size_px=256)
        trusts[confidence] = float(session.painted[-1]["ink"][0, 1].mean())
    assert trusts == pytest.approx({0.5: 1.0, 0.1: 0.3, 0.0: 0.0}, abs=1e-5)


def test_the_photograph_says_how_much_ink_is_found_again(canvas: Canvas) -> None:
    canvas.stroke(MOUTH, 5)
    photo = canvas.photo(size_px=256)
    assert photo.size_px == (256, 256)
    assert photo.notes[-1] == "100% of the ink is found again in the photograph"


def test_the_map_has_the_photographs_size(canvas: Canvas) -> None:
    canvas.stroke(MOUTH, 5)
    photo, semantic = canvas.photo_and_map()
    assert semantic.labels.shape == (512, 512)
    assert photo.size_px == (512, 512)


def test_the_palette_reaches_the_network(canvas: Canvas, session: Any) -> None:
    canvas.stroke(MOUTH, 5)
    canvas.photo(palette=Palette(hair=(255, 0, 0)), size_px=256)
    np.testing.assert_allclose(session.painted[0]["palette"][0, 3:6], [1, -1, -1])


def test_the_same_seed_gives_the_same_photograph(canvas: Canvas, session: Any) -> None:
    canvas.stroke(MOUTH, 5)
    for seed in (1, 1, 2):
        canvas.photo(size_px=256, seed=seed)
    first, again, other = (p["grain"] for p in session.painted)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_part_taken_from_another_canvas_comes_alone_and_can_be_given_back(
    session: Any, bank: Bank
) -> None:
    mine, other = (Canvas(bank=bank, session=session) for _ in range(2))
    mine.stroke(HAIR, 6)
    other.stroke(MOUTH, 6)
    other.stroke([(60.0, 300.0), (70.0, 400.0)], 6)
    before = mine.ink
    mine.take("mouth", other)
    assert mine.ink[400:440, 230:290].max() > 0.9
    np.testing.assert_array_equal(mine.ink[300:400, 40:90], before[300:400, 40:90])
    assert mine.ink[30:60, 200:300].max() > 0.9
    again = Canvas(mine.sketch, bank=bank, session=session)
    np.testing.assert_allclose(again.ink, mine.ink, atol=1 / 255)
    mine.undo()
    np.testing.assert_array_equal(mine.ink, before)
    with pytest.raises(UnknownName, match="nose"):
        mine.take("noes", other)


def test_ten_thousand_strokes_are_a_drawing_too(canvas: Canvas) -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 512, (10_000, 2, 2))
    points[:, 1] = points[:, 0] + rng.normal(0, 8, (10_000, 2))
    for pair in points[:2000]:
        canvas.stroke(pair, 2)
    assert canvas.photo(size_px=256).size_px == (256, 256)
    for _ in range(2000):
        assert canvas.undo()
    assert canvas.is_blank


def test_strokes_are_placed_by_the_sketchs_own_size(session: Any, bank: Bank) -> None:
    canvas = Canvas(Sketch((), 1024), bank=bank, session=session)
    canvas.stroke([(200, 600), (800, 600)], 8)
    ys = np.nonzero(canvas.ink > 0.5)[0]
    assert abs(ys.mean() - 299.75) < 1


def test_a_scan_and_nothing_else_makes_a_photograph(session: Any, bank: Bank) -> None:
    scan = np.zeros((300, 300), np.float32)
    scan[100:104, 50:250] = 1
    canvas = Canvas(Sketch((), 300, scan), bank=bank, session=session)
    assert canvas.photo(size_px=256).size_px == (256, 256)


def test_nonsense_is_refused_with_words(canvas: Canvas) -> None:
    with pytest.raises(BadShape):
        canvas.stroke([(1, 2, 3, 4)])
    with pytest.raises(BadShape):
        canvas.stroke([(np.nan, 2)])
    with pytest.raises(BadShape, match="width"):
        canvas.stroke(MOUTH, -1)
    assert canvas.is_blank
    canvas.stroke(MOUTH)
    with pytest.raises(BadShape, match="256 and 512"):
        canvas.photo(size_px=300)
    with pytest.raises(UnknownName):
        canvas.photo(confidence={"ears": 0.5})
    with pytest.raises(BadShape, match="neighbours"):
        Canvas(neighbours=0)
