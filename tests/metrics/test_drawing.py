"""How drawings are prepared."""

from __future__ import annotations

import numpy as np
import pytest

from limner.errors import BadShape
from limner.metrics import patches, prepare


def sketch(paper: int = 255, side: int = 256) -> np.ndarray:
    """Return strokes on paper of one tone."""
    picture = np.full((side, side), paper, np.uint8)
    picture[side // 4 : side // 2 : 7] = 30
    return picture


def test_stained_and_clean_paper_become_white_alike() -> None:
    for paper in (255, 200, 120):
        prepared = prepare(sketch(paper))
        assert prepared.shape == (256, 256)
        assert prepared.dtype == np.uint8
        assert np.median(prepared) == 255
        assert prepared[64, 0] < 80


def test_the_white_point_is_nine_tenths_of_the_ninetieth_percentile() -> None:
    picture = np.full((256, 256), 200, np.uint8)
    picture[:20] = 90
    prepared = prepare(picture)
    assert prepared[0, 0] == int(90 * 255 / (0.9 * 200))
    assert prepared[128, 0] == 255


def test_grey_color_and_clear_paper_are_the_same_drawing() -> None:
    grey = sketch()
    color = np.repeat(grey[..., None], 3, axis=2)
    clear = np.dstack([np.full((256, 256, 3), 30, np.uint8), np.where(grey == 255, 0, 255)])
    for other in (grey[..., None], color, clear.astype(np.uint8)):
        assert np.abs(prepare(other).astype(int) - prepare(grey)).max() <= 1


def test_a_black_sheet_divides_by_nothing() -> None:
    assert prepare(np.zeros((40, 40), np.uint8)).max() == 0


def test_patches_overlap_by_half_and_go_row_by_row() -> None:
    drawing = prepare(np.random.default_rng(0).integers(0, 256, (256, 256)).astype(np.uint8))
    cut = patches(drawing)
    assert cut.shape == (9, 128, 128)
    assert (cut[1] == drawing[:128, 64:192]).all()
    assert (cut[3] == drawing[64:192, :128]).all()
    assert (cut[8] == drawing[128:, 128:]).all()


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((9, 9)),
        np.zeros((9, 9, 2), np.uint8),
        np.zeros(9, np.uint8),
        np.zeros((0, 9), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(BadShape):
        prepare(wrong)


def test_a_drawing_that_was_not_prepared_has_no_patches() -> None:
    with pytest.raises(BadShape, match="prepare first"):
        patches(sketch(side=512))
