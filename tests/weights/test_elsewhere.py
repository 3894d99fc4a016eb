"""A network of the user's own says what a picture is, in the range it wants, or is refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.weights.graphs import doubling, pooling

from limner.errors import BadShape, CorruptWeights, MissingWeights, UnknownName
from limner.weights.elsewhere import Descriptor

RED = np.broadcast_to(np.array([255, 0, 51], np.uint8), (8, 8, 3))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "mine.onnx"
    path.write_bytes(pooling(1, 3, 8, 8))
    return path


@pytest.mark.parametrize(
    ("pixel_range", "wanted"),
    [("0..255", [255, 0, 51]), ("0..1", [1, 0, 0.2]), ("-1..1", [1, -1, -0.6])],
)
def test_pixels_come_in_the_range_that_was_asked(
    model: Path, pixel_range: str, wanted: list[float]
) -> None:
    network = Descriptor(model, pixel_range=pixel_range)
    assert network.size_px == 8
    assert np.allclose(network.describe(RED), wanted, atol=1e-3)


def test_what_cannot_be_used_is_said(model: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match="cannot be read"):
        Descriptor(tmp_path / "gone.onnx")
    with pytest.raises(UnknownName, match="range"):
        Descriptor(model, pixel_range="0..2")
    (tmp_path / "text.onnx").write_bytes(b"<svg/>")
    with pytest.raises(CorruptWeights):
        Descriptor(tmp_path / "text.onnx")
    (tmp_path / "row.onnx").write_bytes(doubling())
    with pytest.raises(BadShape, match="a picture"):
        Descriptor(tmp_path / "row.onnx")
    with pytest.raises(BadShape, match="does not fit"):
        Descriptor(model).describe(RED[:4])
    with pytest.raises(BadShape, match="no direction"):
        Descriptor(model, pixel_range="0..1").describe(np.zeros((8, 8, 3), np.uint8))
