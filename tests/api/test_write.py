"""A record becomes a whole file of the kind that its name says, or an older file stays."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from limner import api
from limner.api._write import Record
from limner.errors import OutputError
from limner.records import Drawing, LineDrawing, Photo, Plot, Recipe, SemanticMap, Stroke

RAMP = np.repeat(np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))[..., None], 3, axis=2)
DRAWING = Drawing(RAMP, "croquis", Recipe("draw", {"seed": 0}, {"styles-fake": "0" * 12}, "9.9"))
LINES = LineDrawing((1 - RAMP[..., 0] / 255).astype(np.float32))
LABELS = SemanticMap((np.arange(48 * 64) % 19).astype(np.uint8).reshape(48, 64))
PLOT = Plot(
    (Stroke(np.array([[20, 20, 1], [60, 90, 1]], np.float32), 0.3, "hair"),), (210, 297), 0.3
)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    ("end", "kind"), [("png", "PNG"), ("jpg", "JPEG"), ("JPEG", "JPEG"), ("webp", "WEBP")]
)
@pytest.mark.parametrize("record", [DRAWING, LINES, Photo(RAMP)], ids=lambda r: type(r).__name__)
def test_the_name_decides_the_kind(record: Record, end: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{end}"
    api.write(record, path)
    with Image.open(path) as image:
        assert image.format == kind
        assert np.abs(np.asarray(image.convert("RGB")).astype(int) - RAMP).max() <= 4


def test_a_map_is_written_as_its_own_numbers(tmp_path: Path) -> None:
    api.write(LABELS, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "P"
        assert np.array_equal(np.asarray(image), LABELS.labels)


@pytest.mark.parametrize(
    ("end", "start"), [("svg", b"<?xml"), ("hpgl", b""), ("plt", b""), ("gcode", b""), ("nc", b"")]
)
def test_a_plot_is_written_for_its_machine(end: str, start: bytes, tmp_path: Path) -> None:
    api.write(PLOT, tmp_path / f"a.{end}")
    data = (tmp_path / f"a.{end}").read_bytes()
    assert data.startswith(start)
    assert len(data) > 20


@pytest.mark.parametrize(
    ("record", "name"),
    [(PLOT, "a.png"), (DRAWING, "a.svg"), (LABELS, "a.jpg"), (DRAWING, "a.bmp"), (DRAWING, "a")],
)
def test_a_kind_that_does_not_fit_leaves_the_older_file(
    record: Record, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(OutputError, match=r"png|svg"):
        api.write(record, tmp_path / name)
    assert (tmp_path / name).read_bytes() == b"old"


@pytest.mark.parametrize("record", [DRAWING, LINES], ids=lambda r: type(r).__name__)
@pytest.mark.parametrize("kind", ["png", "webp"])
def test_transparent_ink_on_white_is_the_drawing(record: Record, kind: str) -> None:
    image = opened(api.encode(record, kind=kind, transparent=True))
    assert image.mode == "RGBA"
    rgba = np.asarray(image).astype(float)
    assert rgba[0, -1, 3] < 8
    assert rgba[0, 0, 3] == 255
    alpha = rgba[..., 3:] / 255
    laid = rgba[..., :3] * alpha + 255 * (1 - alpha)
    assert np.abs(laid - RAMP).max() <= 1


def test_coloured_ink_keeps_its_colour_on_clear_ground() -> None:
    pixels = np.zeros((16, 16, 3), np.uint8)
    pixels[:] = (255, 200, 155)
    drawing = Drawing(pixels, "sanguine", Recipe("draw"))
    rgba = np.asarray(opened(api.encode(drawing, transparent=True))).astype(float)
    alpha = rgba[..., 3:] / 255
    assert np.abs(rgba[..., :3] * alpha + 255 * (1 - alpha) - pixels).max() <= 1
    assert rgba[0, 0, 3] == 100


def test_a_jpeg_has_no_clear_ground() -> None:
    with pytest.raises(OutputError, match="png, webp"):
        api.encode(DRAWING, kind="jpeg", transparent=True)


def test_a_drawing_brings_its_recipe_and_lines_take_one() -> None:
    assert b"styles-fake" in api.encode(DRAWING)
    recipe = api.make_recipe("lines", settings={"detail": 0.25})
    assert b"0.25" in api.encode(LINES, recipe=recipe)
    assert recipe.source_type == "algorithmicMedia"


def test_equal_records_are_equal_bytes() -> None:
    assert api.encode(DRAWING) == api.encode(DRAWING)


def test_a_dash_is_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    api.write(PLOT, "-")
    assert capfdbinary.readouterr().out == api.encode(PLOT)
