"""Detection: every size of picture, every place in it, each face once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from tests.faces import stand_ins

from limner.faces import detect

Box = tuple[int, int, int, int]


def picture(width: int, height: int, *boxes: Box) -> NDArray[np.uint8]:
    """Return a black picture with white faces; a box's last pixel is x1, y1."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for x0, y0, x1, y1 in boxes:
        pixels[y0 : y1 + 1, x0 : x1 + 1] = 255
    return pixels


def leaves_room(shown: NDArray[np.float32]) -> bool:
    """Say whether a tile's corner is empty: the look with room around the picture."""
    return not shown[0, :, 0, 0].any()


def assert_found(found: tuple[detect.Found, ...], boxes: tuple[Box, ...], *, within: float) -> None:
    assert len(found) == len(boxes)
    for box in boxes:
        off = [np.abs(f.box - box).max() for f in found]
        assert min(off) <= within, f"{box} is {min(off):.1f} px off"


@pytest.mark.parametrize(
    ("size", "boxes", "within"),
    [
        ((120, 90), ((40, 20, 69, 59),), 1),
        ((320, 320), ((3, 5, 40, 60), (200, 220, 290, 316)), 1),
        ((640, 401), ((600, 10, 623, 40), (10, 300, 80, 390)), 2),
        ((1500, 1003), ((700, 480, 723, 509), (1460, 960, 1490, 996)), 2),
        ((1001, 2600), ((100, 100, 900, 1100), (30, 2540, 62, 2580)), 9),
        ((3001, 160), ((2900, 30, 2960, 110),), 3),
    ],
)
def test_a_face_is_found_where_it_is_at_every_size_of_picture(
    size: tuple[int, int],
    boxes: tuple[Box, ...],
    within: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_ins.install(monkeypatch, detect, stand_ins.sees_white)
    found = detect.detect_boxes(picture(*size, *boxes))
    assert_found(found, boxes, within=within)


def test_the_five_points_are_moved_with_their_box(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins.install(monkeypatch, detect, stand_ins.sees_white)
    (found,) = detect.detect_boxes(picture(1500, 1003, (700, 480, 759, 549)))
    share = (found.five - found.box[:2]) / (found.box[2:] - found.box[:2])
    wanted = [[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]
    np.testing.assert_allclose(share, wanted, atol=0.02)


def test_both_axes_shrink_by_their_own_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    # 1000 × 13 px become 320 × 4: by 3.125 across and 3.25 down.
    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        grids = stand_ins.silent_grids(shown.shape[2])
        if shown.shape[2] == 320 and not leaves_room(shown):
            stand_ins.put(grids, 320, np.array([-0.5, -0.5, 319.5, 3.5]))
        return grids

    stand_ins.install(monkeypatch, detect, network)
    (found,) = detect.detect_boxes(picture(1000, 13))
    np.testing.assert_allclose(found.box, [-0.5, -0.5, 999.5, 12.5], atol=0.01)


def test_the_best_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        grids = stand_ins.silent_grids(320)
        if leaves_room(shown):
            return grids
        for x, logit in ((10, 1.0), (100, 3.0), (200, 2.0)):
            stand_ins.put(grids, 320, np.array([x, 50, x + 30, 90]), logit=logit)
        return grids

    stand_ins.install(monkeypatch, detect, network)
    found = detect.detect_boxes(picture(320, 320))
    assert [round(float(f.box[0])) for f in found] == [100, 200, 10]
    scores = [f.score for f in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(1 / (1 + np.exp(-3.0)), abs=1e-6)


def test_nobody_is_found_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    session = stand_ins.install(monkeypatch, detect, stand_ins.sees_white)
    assert detect.detect_boxes(picture(30, 20)) == ()
    # looks take turns on the cores, so that either may come first
    shown, roomy = sorted(session.shown, key=leaves_room)
    assert roomy.shape == shown.shape == (1, 3, 320, 320)
    # what the picture does not fill is middle grey, which the network reads as nothing
    assert not shown[:, :, 41:].any()
    assert roomy[:, :, 60:80, 60:90].all()
    assert not roomy[:, :, :60].any()
    assert not roomy[:, :, :, :60].any()


def test_a_face_that_the_edge_cuts_is_found_by_the_look_with_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        grids = stand_ins.silent_grids(shown.shape[2])
        if leaves_room(shown):
            stand_ins.put(grids, 320, np.array([20, 100, 100, 200]))
        return grids

    stand_ins.install(monkeypatch, detect, network)
    (found,) = detect.detect_boxes(picture(400, 400))
    # the picture is halved and lies 60 px from the tile's corner
    np.testing.assert_allclose(found.box, [-79.5, 80.5, 80.5, 280.5], atol=0.01)


def test_logits_beyond_all_bounds_raise_no_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        grids = stand_ins.silent_grids(320)
        if leaves_room(shown):
            return grids
        for grid in grids.values():
            grid[..., 0] = -1e4
        stand_ins.put(grids, 320, np.array([10, 10, 60, 60]), logit=1e4)
        return grids

    stand_ins.install(monkeypatch, detect, network)
    (found,) = detect.detect_boxes(picture(320, 320))
    assert found.score == 1.0


def test_a_cell_is_read_as_distances_from_its_centre_in_strides() -> None:
    grid = np.full((400, 15), -9, np.float32)
    grid[2 * 20 + 3] = [0, 1, 2, 3, 4, *range(10)]
    (row,) = detect._decode(grid, 16, 320)
    x, y = 3.5 * 16 - 0.5, 2.5 * 16 - 0.5
    np.testing.assert_allclose(row[:5], [0.5, x - 16, y - 32, x + 48, y + 64])
    np.testing.assert_allclose(row[5:9], [x, y + 16, x + 32, y + 48])


@given(st.integers(1, 5000), st.integers(1, 3000), st.sampled_from([320, 768]))
def test_tiles_cover_the_picture_and_overlap(width: int, height: int, side: int) -> None:
    tiles = list(detect._tiles(width, height, side))
    assert len(set(tiles)) == len(tiles)
    for axis, length in ((0, width), (1, height)):
        starts = sorted({t[axis] for t in tiles})
        assert starts[0] == 0
        assert starts[-1] + side >= length
        if length > side:
            assert starts[-1] + side == length
        steps = np.diff(starts)
        # a face at a seam is whole in one tile, if it is no larger than the overlap
        assert (steps <= side - detect._OVERLAP_PX + 1).all()


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_the_first_look_sees_all_and_the_last_loses_a_fifth_at_most(
    width: int, height: int
) -> None:
    sides, scales, rooms = zip(*detect._levels(width, height), strict=True)
    longest = max(width, height)
    assert sides[0] == 320
    assert longest * scales[0] + 2 * rooms[0] <= 320 + 1e-6
    assert not any(rooms[1:])
    assert longest * scales[0] <= 320 + 1e-6
    assert list(scales) == sorted(scales)
    assert 0.8 * min(1, 2304 / longest) <= scales[-1] + 1e-9
    assert scales[-1] <= 2


ROWS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(0, 12), st.just(15)),
    # few values, so that ties are common
    elements=st.sampled_from([0.0, 1.0, 2.0, 3.0]),
).map(
    lambda a: np.concatenate(
        [a[:, :1] / 4 + 0.25, a[:, 1:3] * 10, a[:, 1:3] * 10 + a[:, 3:5] * 5 + 5, a[:, 5:]], 1
    ).astype(np.float32)
)


@given(ROWS, st.randoms(use_true_random=False))
def test_what_is_kept_does_not_depend_on_the_order_of_the_finds(
    rows: NDArray[np.float32], chance: Any
) -> None:
    order = list(range(len(rows)))
    chance.shuffle(order)
    np.testing.assert_array_equal(detect._suppress(rows), detect._suppress(rows[order]))


@given(ROWS)
def test_no_two_kept_finds_show_one_head_and_none_is_lost(rows: NDArray[np.float32]) -> None:
    kept = detect._suppress(rows)
    for i, row in enumerate(kept):
        assert (detect._iou(row[1:5], kept[i + 1 :, 1:5]) < 0.4).all()
    for row in rows:
        assert detect._iou(row[1:5], kept[:, 1:5]).max() >= 0.4


def test_a_find_inside_another_is_the_same_head() -> None:
    rows = np.zeros((3, 15), np.float32)
    rows[:, 0] = (0.9, 0.8, 0.7)
    rows[:, 1:5] = [[0, 0, 100, 100], [30, 30, 60, 60], [101, 0, 200, 100]]
    np.testing.assert_array_equal(detect._suppress(rows), rows[[0, 2]])
