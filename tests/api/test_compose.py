"""Composing: drawings of any kind become canvases, canvases photographs that say what they are."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.api import fakes
from tests.sketches.conftest import FakeSession, bank, session  # noqa: F401

from limner import api, weights
from limner.errors import BadShape, EmptySketch, UnknownName
from limner.records import Palette, Sketch, Stroke
from limner.sketches import canvas as canvas_module
from limner.sketches.bank import Bank
from limner.sketches.canvas import Canvas


def sheet(side: int = 300, *, ink: int = 20, paper: int = 240) -> NDArray[np.uint8]:
    """Return a drawn head without a face that the stand-in finds."""
    pixels = np.full((side, side, 3), paper, np.uint8)
    ys, xs = np.indices((side, side))
    radius = np.hypot((xs - side / 2) / 0.35, (ys - side / 2) / 0.45) / side
    pixels[np.abs(radius - 1) < 0.02] = ink
    pixels[side // 2 : side // 2 + 4, side // 3 : side // 2] = ink
    return pixels


@pytest.fixture
def room(
    monkeypatch: pytest.MonkeyPatch,
    session: FakeSession,  # noqa: F811
    bank: Bank,  # noqa: F811
) -> FakeSession:
    """Return the stand-in that runs where the networks would."""
    fakes.install(monkeypatch)
    monkeypatch.setattr(weights, "session", lambda: session)
    monkeypatch.setattr(canvas_module, "open_bank", lambda: bank)
    return session


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize(("ink", "paper"), [(20, 240), (240, 15)])
@pytest.mark.parametrize("side", [64, 300, 900])
def test_any_drawing_lies_on_the_canvas_as_dark_ink(side: int, ink: int, paper: int) -> None:
    canvas, notes = api.drawn_canvas(sheet(side, ink=ink, paper=paper))
    assert canvas.ink.shape == (512, 512)
    assert 0.004 < (canvas.ink > 0.5).mean() < 0.2
    assert any("No face was found" in note for note in notes)


@pytest.mark.usefixtures("room")
def test_of_a_photograph_the_lines_are_taken() -> None:
    canvas, notes = api.drawn_canvas(fakes.picture((40, 30, 60)))
    assert any("looks like a photograph" in note for note in notes)
    assert canvas.ink.shape == (512, 512)


@pytest.mark.usefixtures("room")
def test_a_photograph_says_that_no_camera_took_it_and_how_much_ink_is_kept() -> None:
    made = api.compose(sheet(), palette=Palette(hair=(1, 2, 3)))
    assert made.photo.size_px == (512, 512)
    assert 0 <= made.ink_kept <= 1
    assert any("of the ink is found again" in note for note in made.photo.notes)
    assert made.recipe.source_type == "trainedAlgorithmicMedia"
    palette: Any = made.recipe.settings["palette"]
    assert palette["hair"] == [1, 2, 3]
    data = api.encode_composed(made)
    assert b"trainedAlgorithmicMedia" in data
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size == (512, 512)
    assert made.guide.shape == (512, 512)
    assert made.guide.dtype == np.uint8


def test_confidence_reaches_the_network_part_by_part(room: FakeSession) -> None:
    api.compose(sheet(), confidence={"all": 0.2, "mouth": 0.0}, size_px=256)
    trust = room.painted[-1]["ink"][0, 1]
    assert trust[5, 5] == pytest.approx(0.6)  # ink is trusted three times as far as codes are
    assert trust[230, 130] < 0.01


@pytest.mark.usefixtures("room")
def test_a_canvas_is_left_as_it_is() -> None:
    canvas = Canvas(Sketch((Stroke(np.array([[100, 100, 1], [300, 300, 1]], np.float32), 3.0),)))
    before = canvas.ink.copy()
    api.compose(canvas, parts_from={"mouth": sheet()}, size_px=256)
    assert (canvas.ink == before).all()


def test_parts_come_from_another_drawing(room: FakeSession) -> None:
    api.compose(sheet(), size_px=256)
    alone = room.painted[-1]["ink"][0, 0]
    other = sheet()
    other[100:200, 100:200] = 20
    api.compose(sheet(), parts_from={"nose": other}, size_px=256)
    mixed = room.painted[-1]["ink"][0, 0]
    assert np.abs(mixed - alone)[120:190, 95:165].max() > 0.5
    assert np.abs(mixed - alone)[:60].max() < 0.05


@pytest.mark.usefixtures("room")
def test_a_morph_goes_from_end_to_end() -> None:
    made = api.compose_morph(sheet(), sheet(400), steps=3, size_px=256)
    assert [m.recipe.settings["t"] for m in made] == [0.0, 0.5, 1.0]


@pytest.mark.usefixtures("room")
def test_wishes_that_cannot_be_met_are_told() -> None:
    with pytest.raises(UnknownName, match="mouth"):
        api.compose(sheet(), confidence={"moth": 1.0})
    with pytest.raises(UnknownName, match="nose"):
        api.compose(sheet(), parts_from={"nos": sheet()})
    with pytest.raises(BadShape):
        api.compose(sheet(), confidence=1.5)
    with pytest.raises(EmptySketch):
        api.compose(np.full((200, 200, 3), 255, np.uint8))
    with pytest.raises(EmptySketch):
        api.compose(Canvas())


def test_the_names_of_parts_are_those_of_the_canvas() -> None:
    assert {"eyes", "nose", "mouth", "rest", "all"} <= set(api.sketch_parts())


def test_tones_of_charcoal_are_a_drawing_and_a_sitter_on_white_is_a_photograph(
    samples: Path,
) -> None:
    sitter = api.read_photo(samples / "beard-092.jpg", max_side_px=600)
    drawing = api.draw(sitter, style="charcoal").pixels
    sheet_of_tones = drawing if drawing.ndim == 3 else drawing[..., None].repeat(3, 2)
    assert not any("photograph" in note for note in api.drawn_canvas(sheet_of_tones)[1])
    ground = api.parse_face(sitter).labels == 0
    white = sitter.pixels.copy()
    white[ground] = 255
    assert any("photograph" in note for note in api.drawn_canvas(white)[1])
