from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import resvg_py
import vpype
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from limner.errors import InputError
from limner.files import encode_outlines, encode_strokes, encode_svg
from limner.records import Plot, Recipe, Stroke

SVG = "{http://www.w3.org/2000/svg}"
INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
PX_PER_MM = 96 / 25.4


def tree_of(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - our own text


def ink_of(data: bytes) -> NDArray[np.float64]:
    """Return what resvg draws at 96 dpi, 0 clear to 1 ink."""
    png = bytes(resvg_py.svg_to_bytes(svg_string=data.decode("utf-8"), dpi=96))
    return np.asarray(Image.open(io.BytesIO(png)).getchannel("A")) / 255


def ink_box(ink: NDArray[np.float64]) -> tuple[int, int, int, int]:
    """Return x0, y0, x1, y1 of the pixels that are at least half ink."""
    rows, columns = np.flatnonzero((ink > 0.5).any(1)), np.flatnonzero((ink > 0.5).any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def read_by_vpype(data: bytes) -> vpype.Document:
    return vpype.read_multilayer_svg(io.StringIO(data.decode("utf-8")), quantization=0.1)


def test_a_part_is_an_inkscape_layer_in_millimetres(plot: Plot) -> None:
    tree = tree_of(encode_svg(plot))
    assert (tree.get("width"), tree.get("height")) == ("100mm", "150mm")
    assert tree.get("viewBox") == "0 0 100 150"
    groups = tree.findall(f"{SVG}g")
    assert [g.get(f"{INKSCAPE}label") for g in groups] == ["hair", "left-eye", "nose"]
    for group in groups:
        assert group.get(f"{INKSCAPE}groupmode") == "layer"
        assert group.get("stroke-width") == "0.3"
        assert group.get("fill") == "none"
        assert group.get("stroke-linecap") == "round"
    assert [p.get("d") for p in groups[0]] == ["M10 10L40 10 40 30", "M45 35L50 35"]


def test_a_pen_is_a_layer_where_that_is_wanted(plot: Plot) -> None:
    groups = tree_of(encode_svg(plot, layers="pen")).findall(f"{SVG}g")
    assert [g.get(f"{INKSCAPE}label") for g in groups] == ["1 pen 0.5 mm", "2 pen 0.3 mm"]
    assert [g.get("stroke-width") for g in groups] == ["0.5", "0.3"]
    assert [len(g) for g in groups] == [1, 3]


def test_layers_of_another_kind_are_refused(plot: Plot) -> None:
    with pytest.raises(InputError, match="'colour'"):
        encode_svg(plot, layers="colour")  # type: ignore[arg-type]


def test_59_vpype_keeps_page_layers_names_pens_and_lines(plot: Plot) -> None:
    document = read_by_vpype(encode_svg(plot))
    assert document.page_size is not None
    assert np.allclose(np.array(document.page_size) / PX_PER_MM, (100, 150), atol=0.01)
    layers = [document.layers[i] for i in sorted(document.layers)]
    assert [layer.property("vp_name") for layer in layers] == ["hair", "left-eye", "nose"]
    for layer in layers:
        assert layer.property("vp_pen_width") == pytest.approx(0.3 * PX_PER_MM)
    drawn = sum(layer.length() for layer in layers) / PX_PER_MM
    assert drawn == pytest.approx(plot.drawn_mm, abs=0.1)


def test_59_vpype_keeps_pens_apart(plot: Plot) -> None:
    document = read_by_vpype(encode_svg(plot, layers="pen"))
    widths = [document.layers[i].property("vp_pen_width") for i in sorted(document.layers)]
    assert np.array(widths) / PX_PER_MM == pytest.approx([0.5, 0.3])


def test_59_resvg_puts_the_ink_where_the_plot_says(plot: Plot, recipe: Recipe) -> None:
    ink = ink_of(encode_svg(plot, recipe=recipe))
    assert ink.shape == pytest.approx((150 * PX_PER_MM, 100 * PX_PER_MM), abs=1)
    wanted = np.array([10, 10, 80, 120]) * PX_PER_MM
    assert ink_box(ink) == pytest.approx(wanted, abs=1.2)


def test_59_strokes_over_a_picture_lie_on_its_pixels() -> None:
    lines = [((10, 12), (70, 12)), ((70, 12), (30, 50)), ((20, 40), (20, 40))]
    raster = Image.new("L", (96, 64), 0)
    for (x0, y0), (x1, y1) in lines:
        ImageDraw.Draw(raster).line([x0, y0, x1, y1], fill=255, width=3)
    strokes = [
        Stroke(np.array([[*a, 1], [*b, 1]] if a != b else [[*a, 1]], np.float32), 3.0, "hair")
        for a, b in lines
    ]
    data = encode_strokes(strokes, (96, 64))
    ink = ink_of(data)
    assert ink.shape == (64, 96)
    assert np.abs(ink - np.asarray(raster) / 255).mean() < 0.01
    moved = np.roll(ink, 1, axis=0)
    assert np.abs(moved - np.asarray(raster) / 255).mean() > 0.01


def test_59_filled_outlines_cover_the_pixels_they_enclose() -> None:
    outer = np.array([[9.5, 9.5], [39.5, 9.5], [39.5, 39.5], [9.5, 39.5]])
    inner = np.array([[19.5, 19.5], [29.5, 19.5], [29.5, 29.5], [19.5, 29.5]])
    data = encode_outlines({"hair": [outer, inner], "skin": []}, (64, 48))
    wanted = np.zeros((48, 64))
    wanted[10:40, 10:40] = 1
    wanted[20:30, 20:30] = 0
    assert np.abs(ink_of(data) - wanted).max() < 0.02
    labels = [g.get(f"{INKSCAPE}label") for g in tree_of(data).findall(f"{SVG}g")]
    assert labels == ["hair", "skin"]


def test_a_sheets_width_scales_it_whole() -> None:
    stroke = Stroke(np.array([[0, 0, 1], [9, 9, 1]], np.float32))
    tree = tree_of(encode_strokes([stroke], (200, 100), width_mm=150))
    assert (tree.get("width"), tree.get("height")) == ("150mm", "75mm")
    assert tree.get("viewBox") == "0 0 200 100"
    with pytest.raises(InputError, match="positive"):
        encode_strokes([stroke], (200, 100), width_mm=0)


def test_59_nothing_runs_and_nothing_comes_from_outside(plot: Plot, recipe: Recipe) -> None:
    evil = Plot((Stroke(plot.strokes[0].points, part='"><script>x</script>'),), (10, 10), 0.3)
    for data in (encode_svg(plot, recipe=recipe), encode_svg(evil, recipe=recipe)):
        assert b"<!" not in data
        for element in tree_of(data).iter():
            tag = element.tag.rsplit("}", 1)[-1]
            assert tag not in {"script", "style", "image", "use", "foreignObject", "a"}
            for name in element.attrib:
                assert not name.rsplit("}", 1)[-1].lower().startswith(("on", "href", "src"))


def test_60_an_svg_names_its_tool_and_source_type(plot: Plot, recipe: Recipe) -> None:
    text = "".join(tree_of(encode_svg(plot, recipe=recipe)).itertext())
    assert "Limner 1.2.3" in text
    assert "digitalsourcetype/algorithmicMedia" in text
    assert b"<metadata" not in encode_svg(plot)


@given(
    points=st.lists(
        st.tuples(st.floats(-1e4, 1e4, width=32), st.floats(-1e4, 1e4, width=32)),
        min_size=1,
        max_size=6,
    )
)
def test_points_read_back_within_a_micrometre(points: list[tuple[float, float]]) -> None:
    stroke = Stroke(np.array([[x, y, 1] for x, y in points], np.float32), 0.3)
    path = tree_of(encode_svg(Plot((stroke,), (10, 10), 0.3))).find(f"{SVG}g/{SVG}path")
    assert path is not None
    numbers = (path.get("d") or "").replace("M", "").replace("L", " ").split()
    back = np.array(numbers, np.float64).reshape(-1, 2)[: len(points)]
    assert np.abs(back - stroke.points[:, :2]).max() <= 0.000501
    assert "-0 " not in f"{' '.join(numbers)} "
