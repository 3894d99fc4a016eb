"""Number 59 of the acceptance list, on a whole portrait: other programs read our SVG as we mean it."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
import resvg_py
import vpype
from numpy.typing import NDArray
from PIL import Image

from limner.files import encode_outlines, encode_svg
from limner.geometry.raster import draw_strokes
from limner.lines import extract, hatch, outline, plot, trace
from limner.records import CLASSES, PARTS, LineDrawing, Photo, Plot, Recipe, SemanticMap, Stroke

PX_PER_MM = 96 / 25.4
SIDE = 360
SHAPES = (
    ("hair", 50, (180, 165), (120, 135)),
    ("skin", 190, (180, 190), (88, 115)),
    ("l_eye", 240, (215, 165), (18, 8)),
    ("r_eye", 240, (145, 165), (18, 8)),
    ("l_brow", 60, (215, 145), (24, 5)),
    ("r_brow", 60, (145, 145), (24, 5)),
    ("u_lip", 120, (180, 255), (30, 8)),
)


@dataclass(frozen=True)
class Sheet:
    """One plot, before and after sorting, and its file."""

    drawing: LineDrawing
    plot: Plot
    unsorted: Plot
    svg: bytes


def portrait() -> tuple[Photo, SemanticMap]:
    grey = np.full((SIDE, SIDE), 225, np.uint8)
    labels = np.zeros((SIDE, SIDE), np.uint8)
    for name, tone, center, axes in SHAPES:
        cv2.ellipse(grey, center, axes, 0, 0, 360, tone, -1, cv2.LINE_AA)
        cv2.ellipse(labels, center, axes, 0, 0, 360, CLASSES.index(name), -1)
    for x in (145, 215):
        cv2.circle(grey, (x, 165), 6, 20, -1, cv2.LINE_AA)
    xx = np.arange(SIDE)[None, :] + np.arange(SIDE)[:, None] // 5
    grey[(labels == CLASSES.index("hair")) & (xx // 6 % 2 == 0)] = 95
    return Photo(np.repeat(grey[..., None], 3, axis=2)), SemanticMap(labels)


@pytest.fixture(
    scope="module",
    params=[((210.0, 297.0), 15.0, 0.3), ((148.0, 105.0), 8.0, 0.5)],
    ids=["A4 upright", "A6 lying"],
)
def sheet(request: pytest.FixtureRequest) -> Sheet:
    page_mm, margin_mm, pen_mm = request.param
    photo, semantic = portrait()
    drawing = extract(photo, semantic)
    strokes = trace(drawing) + hatch(photo, semantic)
    done, raw = (
        plot(
            strokes,
            photo.size_px,
            page_mm=page_mm,
            margin_mm=margin_mm,
            pen_mm=pen_mm,
            sort=sort,
        )
        for sort in (True, False)
    )
    return Sheet(drawing, done, raw, encode_svg(done, recipe=Recipe("plot", version="0")))


def read_by_vpype(svg: bytes) -> vpype.Document:
    return vpype.read_multilayer_svg(io.StringIO(svg.decode("utf-8")), quantization=0.05)


def seen_by_resvg(svg: bytes) -> NDArray[np.float64]:
    """Return the ink that resvg draws at 96 dpi."""
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg.decode("utf-8"), dpi=96))
    return np.asarray(Image.open(io.BytesIO(png)).getchannel("A")) / 255


def ink_box_mm(sheet: Plot) -> NDArray[np.float64]:
    points = np.concatenate([s.points[:, :2] for s in sheet.strokes]).astype(np.float64)
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def test_59_vpype_finds_the_page_the_layers_and_the_pen(sheet: Sheet) -> None:
    document = read_by_vpype(sheet.svg)
    assert np.array(document.page_size) / PX_PER_MM == pytest.approx(sheet.plot.page_mm, abs=0.01)
    layers = [document.layers[i] for i in sorted(document.layers)]
    assert tuple(layer.property("vp_name") for layer in layers) == sheet.plot.layers
    assert {"hair", "skin", "left-eye", "right-eye", "mouth"} <= set(sheet.plot.layers)
    assert set(sheet.plot.layers) <= set(PARTS)
    for layer in layers:
        assert layer.property("vp_pen_width") == pytest.approx(sheet.plot.pen_mm * PX_PER_MM)


def test_59_vpype_finds_every_stroke_where_it_lies(sheet: Sheet) -> None:
    document = read_by_vpype(sheet.svg)
    for number, part in enumerate(sheet.plot.layers, start=1):
        ours = [s for s in sheet.plot.strokes if s.part == part]
        assert len(document.layers[number]) == len(ours)
    assert np.array(document.bounds()) / PX_PER_MM == pytest.approx(
        ink_box_mm(sheet.plot), abs=0.02
    )
    assert document.length() / PX_PER_MM == pytest.approx(sheet.plot.drawn_mm, rel=1e-3)


def test_59_vpype_confirms_that_sorting_halves_the_travel(sheet: Sheet) -> None:
    def travel(plot_: Plot) -> float:
        document = read_by_vpype(encode_svg(plot_))
        return float(sum(layer.pen_up_length()[0] for layer in document.layers.values()))

    assert travel(sheet.plot) <= 0.5 * travel(sheet.unsorted)
    assert sheet.plot.travel_mm <= 0.5 * sheet.unsorted.travel_mm


def test_59_resvg_draws_what_our_own_raster_draws(sheet: Sheet) -> None:
    theirs = seen_by_resvg(sheet.svg)
    height, width = theirs.shape
    assert (width, height) == pytest.approx(np.array(sheet.plot.page_mm) * PX_PER_MM, abs=1)
    # Millimetres to px with pixel centres at integers; a pen of even width.
    in_px = []
    for stroke in sheet.plot.strokes:
        points = stroke.points.copy()
        points[:, :2] = points[:, :2] * PX_PER_MM - 0.5
        points[:, 2] = 1
        in_px.append(Stroke(points, stroke.width * PX_PER_MM, stroke.part))
    ours = draw_strokes(in_px, (width, height))
    assert np.abs(theirs - ours).mean() < 0.01
    # The measure can tell: a sheet that is off by two pixels fails it.
    assert np.abs(np.roll(theirs, 2, axis=1) - ours).mean() > 0.01


def test_59_resvg_keeps_the_ink_within_the_plots_box(sheet: Sheet) -> None:
    ink = seen_by_resvg(sheet.svg) > 0.5
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    box = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) / PX_PER_MM
    pen = np.array([-1, -1, 1, 1]) * sheet.plot.pen_mm / 2
    assert box == pytest.approx(ink_box_mm(sheet.plot) + pen, abs=0.3)


def test_59_filled_outlines_look_like_the_drawing(sheet: Sheet) -> None:
    svg = encode_outlines(outline(sheet.drawing), sheet.drawing.size_px)
    assert np.abs(seen_by_resvg(svg) - sheet.drawing.ink).mean() < 0.01


def test_59_nothing_in_the_file_runs_or_points_outside(sheet: Sheet) -> None:
    allowed = {"svg", "metadata", "g", "path"}
    for element in ET.fromstring(sheet.svg).iter():  # noqa: S314 - our own text
        name = element.tag.rsplit("}", 1)[-1]
        if "w3.org/2000/svg" in element.tag:
            assert name in allowed
        for attribute in element.attrib:
            assert not attribute.rsplit("}", 1)[-1].lower().startswith(("on", "href", "src"))
