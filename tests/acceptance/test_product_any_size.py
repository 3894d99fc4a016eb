"""Drawings of any size and in every style, by the networks that ship (issue 9, items 4 and 5)."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.acceptance.program import needs_networks, run, save, small

from limner import api, faces, lines, records, styles
from limner.styles import network

pytestmark = needs_networks
SEVEN = ("charcoal", "croquis", "graphite", "hatch", "oil", "pen", "pencil")


@pytest.fixture(scope="module")
def guide(samples: Path) -> styles.Guide:
    """Return what a portrait of 1024 px is drawn from."""
    photo = api.read_photo(samples / "braids-062.jpg")
    view = faces.look_wide(photo, api.detect_faces(photo)[0])
    ink = lines.extract(records.Photo(view.pixels), view.semantic).ink
    side = (1024, 1024)
    pixels = np.asarray(cv2.resize(view.pixels, side, interpolation=cv2.INTER_CUBIC), np.uint8)
    labels = cv2.resize(view.semantic.labels, side, interpolation=cv2.INTER_NEAREST)
    return styles.Guide(pixels, np.asarray(labels, np.uint8), ink)


@pytest.mark.slow
def test_09_tiles_differ_from_the_whole_by_at_most_two_of_255(
    guide: styles.Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiled = network.draw(guide, "hatch", scale=1.0, seed=0)
    monkeypatch.setattr(network, "_TILE_PX", 2048)
    whole = network.draw(guide, "hatch", scale=1.0, seed=0)
    assert tiled.shape == whole.shape == (1024, 1024)
    assert np.abs(tiled - whole).max() * 255 <= 2


@pytest.mark.slow
def test_54_all_seven_styles_draw_a_small_photo_and_draw_it_the_same_again(samples: Path) -> None:
    assert set(SEVEN) <= set(api.style_names())
    photo = small(samples / "braids-062.jpg", 256)
    found = api.detect_faces(photo)
    drawings = {}
    for name in SEVEN:
        first, again = (api.draw(photo, style=name, faces=found).pixels for _ in range(2))
        np.testing.assert_array_equal(first, again)
        assert first.shape == (256, 256, 3)
        assert 4 < (255 - first.astype(float)).mean() < 190
        drawings[name] = first
    color = np.ptp(drawings["oil"].astype(int), axis=2)
    assert color.max() > 30
    for name in SEVEN:
        assert (np.ptp(drawings[name], axis=2) == 0).all() == (name != "oil")


@pytest.mark.slow
def test_59_pen_layers_and_dpi_are_written(samples: Path, tmp_path: Path) -> None:
    me = save(small(samples / "braids-062.jpg", 384), tmp_path / "me.png")
    words = ("--style", "pen", "--svg", "--layers", "--dpi", "300", "--part", "hair=hatch:1.2")
    answer = run("draw", me, *words, "--paper", "kraft", "--ink", "#402010")
    assert answer.returncode == 0, answer.stderr
    with Image.open(tmp_path / "me-pen.png") as image:
        assert image.size == (384, 384)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    plot = (tmp_path / "me-pen.svg").read_text("utf-8")
    assert plot.count("<path") + plot.count("<polyline") > 5
    with zipfile.ZipFile(io.BytesIO((tmp_path / "me-pen.ora").read_bytes())) as archive:
        stack = archive.read("stack.xml").decode()
    named = re.findall(r'<layer name="([^"]*)"', stack)
    assert named[-1] == "paper"
    assert {"hair", "skin"} <= set(named)
