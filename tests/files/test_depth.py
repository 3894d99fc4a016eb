"""Depth maps keep tenths of millimetres."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from limner.errors import BadShape, UnreadablePhoto
from limner.files.depth import DEPTH_UNIT_M, decode_depth, encode_depth


def test_depth_comes_back_to_a_twentieth_of_a_millimetre() -> None:
    depth = np.linspace(0.9, 1.31, 64).reshape(8, 8)
    depth[0, 0] = 0
    with Image.open(io.BytesIO(encode_depth(depth))) as picture:
        levels = np.asarray(picture)
    assert levels.dtype == np.uint16
    assert levels[0, 0] == 0
    assert np.abs(levels * DEPTH_UNIT_M - depth).max() <= DEPTH_UNIT_M / 2 + 1e-9


@pytest.mark.parametrize(
    "wrong", [np.ones(4), np.full((2, 2), -0.1), np.full((2, 2), 7.0), np.full((2, 2), np.nan)]
)
def test_what_is_no_depth_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(BadShape, match="metres"):
        encode_depth(wrong)


def test_depth_is_read_back_and_other_files_are_refused() -> None:
    depth = np.linspace(0.9, 1.31, 64).reshape(8, 8)
    assert np.abs(decode_depth(encode_depth(depth)) - depth).max() <= DEPTH_UNIT_M
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, "PNG")
    for data, said in ((b"nothing", "no depth map"), (stream.getvalue(), "colours")):
        with pytest.raises(UnreadablePhoto, match=said):
            decode_depth(data, "x.png")
