"""Whatever lies on the sheet, a sketch gives a photograph that says what it is, or a sentence (tests 43, 54, 60)."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.acceptance import program

from limner import Canvas, api, weights
from limner.errors import EmptySketch

needs_sketches = pytest.mark.skipif(
    not {*program.NEEDED, "sketches-parts", "sketches-synthesis"}
    <= {row.name for row in weights.ledger.rows()},
    reason="the networks of sketches are not taught yet",
)
SKETCHES = Path(__file__).parents[2] / "examples" / "sketches"


def page_of_text() -> NDArray[np.uint8]:
    """Return a sheet of writing."""
    page = np.full((400, 300, 3), 250, np.uint8)
    for row in range(12):
        words = "The quick brown fox"
        cv2.putText(page, words, (10, 30 + 30 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (20, 20, 20))
    return page


def scribble(strokes: int) -> NDArray[np.uint8]:
    """Return a sheet with a pen's nonsense on it."""
    rng = np.random.default_rng(strokes)
    page = np.full((256, 256), 255, np.uint8)
    ends = rng.integers(0, 256, (strokes, 2, 2))
    for a, b in ends.tolist():
        cv2.line(page, a, b, 30, 1, cv2.LINE_AA)
    return np.repeat(page[..., None], 3, 2)


def one_eye() -> NDArray[np.uint8]:
    """Return a sheet with one eye."""
    page = np.full((200, 200, 3), 255, np.uint8)
    cv2.ellipse(page, (80, 90), (22, 9), 0, 0, 360, (0, 0, 0), 2)
    cv2.circle(page, (80, 90), 6, (0, 0, 0), -1)
    return page


@needs_sketches
@pytest.mark.parametrize(
    "sheet",
    [page_of_text(), scribble(30), scribble(4000), one_eye(), 255 - one_eye()],
    ids=["text", "scribble", "thicket", "one eye", "white on black"],
)
def test_43_any_sheet_with_ink_gives_a_photograph(sheet: NDArray[np.uint8]) -> None:
    made = api.compose(sheet, size_px=256)
    assert made.photo.pixels.shape == (256, 256, 3)
    assert made.photo.pixels.std() > 4
    assert any("of the ink is found again" in note for note in made.photo.notes)


@needs_sketches
def test_43_of_a_photograph_the_lines_are_taken_and_it_is_said(samples: Path) -> None:
    picture = program.small(sorted(samples.glob("*.jpg"))[0])
    made = api.compose(picture, size_px=256)
    assert any("its lines were taken" in note for note in made.photo.notes)
    assert made.ink_kept > 0.6


def test_43_a_blank_canvas_gives_a_sentence() -> None:
    with pytest.raises(EmptySketch, match="blank"):
        api.compose(Canvas())


@needs_sketches
def test_43_ten_thousand_strokes_are_taken() -> None:
    canvas = Canvas()
    ends = np.random.default_rng(0).uniform(0, 512, (10_000, 2, 2))
    for pair in ends:
        canvas.stroke(pair, 1.0)
    assert canvas.photo(size_px=256).pixels.shape == (256, 256, 3)
    assert canvas.undo()


@needs_sketches
@pytest.mark.parametrize("sketch", sorted(SKETCHES.glob("*.*")), ids=lambda p: p.stem)
def test_60_a_sketch_becomes_a_photograph_that_says_so(sketch: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    ended = program.run("compose", sketch, "-o", out, "--size", "256", "--json", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert b"trainedAlgorithmicMedia" in out.read_bytes()
    notes = " ".join(program.objects(ended.stdout)[0]["notes"])
    assert "of the ink is found again" in notes


@needs_sketches
def test_54_the_same_seed_gives_the_same_photograph() -> None:
    sketch = sorted(SKETCHES.glob("*.*"))[0]
    first, again, other = (api.compose(sketch, seed=s, size_px=256) for s in (3, 3, 4))
    assert api.encode_composed(first) == api.encode_composed(again)
    assert (first.photo.pixels != other.photo.pixels).any()


@needs_sketches
def test_53_commercial_only_gives_a_sentence(tmp_path: Path) -> None:
    sketch = sorted(SKETCHES.glob("*.png"))[0]
    ended = program.run("compose", sketch, "--commercial-only", "-o", tmp_path, cwd=tmp_path)
    assert ended.returncode == 1
    assert b"commercial" in ended.stderr
    assert not list(tmp_path.glob("*.png"))
