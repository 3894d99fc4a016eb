"""The detector's losses: who answers for which face, nothing to learn where all is right."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from limner.faces import detect
from limner.train.losses.detection import (
    RANGES,
    assign,
    boxes_of,
    cell_centres,
    detection_loss,
    giou,
    overlaps,
    recall,
)

pytestmark = pytest.mark.train

STRIDES = (8, 16, 32)
SIDE = 128
CPU = torch.device("cpu")

Box = tuple[float, float, float, float]
BOXES = st.tuples(
    st.floats(0, 90, width=32),
    st.floats(0, 90, width=32),
    st.floats(1, 60, width=32),
    st.floats(1, 60, width=32),
).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


def target(*boxes: Box) -> tuple[Tensor, Tensor, Tensor]:
    """Return boxes, points and counts of one picture, with an empty place behind."""
    kept = torch.zeros(1, len(boxes) + 1, 4)
    kept[0, : len(boxes)] = torch.tensor(boxes).reshape(-1, 4)
    share = torch.tensor([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.3, 0.8], [0.7, 0.8]])
    five = kept[..., None, :2] + share * (kept[..., None, 2:] - kept[..., None, :2])
    return kept, five, torch.tensor([len(boxes)])


def perfect(boxes: Tensor, fives: Tensor, counts: Tensor, *, logit: float = 12) -> list[Tensor]:
    """Return the grids of a detector that is always right."""
    grids = []
    for stride, limits in zip(STRIDES, RANGES, strict=True):
        at = cell_centres((SIDE, SIDE), stride, CPU)
        which = assign(boxes, counts, at, stride, limits)[0]
        grid = torch.zeros(1, len(at), 15)
        grid[..., 0] = -logit
        for cell in torch.nonzero(which >= 0)[:, 0].tolist():
            box, five, here = boxes[0, which[cell]], fives[0, which[cell]], at[cell]
            grid[0, cell, 0] = logit
            grid[0, cell, 1:3] = (here - box[:2]) / stride
            grid[0, cell, 3:5] = (box[2:] - here) / stride
            grid[0, cell, 5:] = ((five - here) / stride).flatten()
        grids.append(grid)
    return grids


def loss_of(grids: list[Tensor], *truth: Tensor) -> dict[str, float]:
    parts = detection_loss(tuple(grids), *truth, size_px=(SIDE, SIDE))
    return {k: float(v) for k, v in parts.items()}


def test_centres_are_those_of_cells_in_row_order() -> None:
    at = cell_centres((16, 24), 8, CPU)
    assert at.tolist() == [
        [3.5, 3.5],
        [11.5, 3.5],
        [19.5, 3.5],
        [3.5, 11.5],
        [11.5, 11.5],
        [19.5, 11.5],
    ]


@pytest.mark.parametrize(
    ("box", "iou", "generalised"),
    [
        ((0, 0, 10, 10), 1, 1),
        ((0, 0, 10, 5), 0.5, 0.5),
        ((10, 0, 20, 10), 0, 0),
        ((20, 0, 30, 10), 0, -1 / 3),
        ((5, 5, 15, 15), 25 / 175, 25 / 175 - 50 / 225),
    ],
)
def test_overlap_is_the_papers(box: Box, iou: float, generalised: float) -> None:
    found = giou(torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([box]))
    assert [float(f) for f in found] == pytest.approx([generalised, iou], abs=1e-6)
    plain = overlaps(np.array([0, 0, 10, 10], np.float32), np.array([box], np.float32))
    assert plain.tolist() == pytest.approx([iou], abs=1e-6)


@given(BOXES, BOXES)
def test_overlap_does_not_depend_on_who_asks(a: Box, b: Box) -> None:
    one, two = torch.tensor([a]), torch.tensor([b])
    there, back = giou(one, two), giou(two, one)
    for x, y in zip(there, back, strict=True):
        torch.testing.assert_close(x, y)
    assert -1 <= float(there[0]) <= float(there[1]) + 1e-6 <= 1 + 2e-6


@settings(max_examples=25)
@given(st.lists(BOXES, min_size=1, max_size=3))
def test_a_cell_answers_for_the_nearest_face_of_its_size_only(found: list[Box]) -> None:
    boxes, _, counts = target(*found)
    for stride, limits in zip(STRIDES, RANGES, strict=True):
        at = cell_centres((SIDE, SIDE), stride, CPU)
        which = assign(boxes, counts, at, stride, limits)[0]
        assert which.max() < len(found)
        for cell, k in enumerate(which.tolist()):
            sides = [max(b[2] - b[0], b[3] - b[1]) for b in found]
            middles = [np.array([(b[0] + b[2]) / 2, (b[1] + b[3]) / 2]) for b in found]
            far = [float(np.linalg.norm(m - at[cell].numpy())) for m in middles]
            fits = [limits[0] * 0.85 <= s < limits[1] * 1.15 for s in sides]
            if k >= 0:
                assert fits[k]
                assert far[k] < 1.3 * stride + 1e-3
                assert far[k] <= min(f for f, fit in zip(far, fits, strict=True) if fit) + 1e-3
            else:
                assert not any(
                    f < 1.3 * stride - 1e-3 and fit for f, fit in zip(far, fits, strict=True)
                )


@pytest.mark.parametrize("side", [10, 30, 43, 45, 80, 109, 111, 126])
def test_every_size_of_face_has_a_cell_that_answers(side: float) -> None:
    boxes, _, counts = target((1, 1, 1 + side, 1 + side))
    answering = [
        int((assign(boxes, counts, cell_centres((SIDE, SIDE), s, CPU), s, r) >= 0).sum())
        for s, r in zip(STRIDES, RANGES, strict=True)
    ]
    assert sum(answering) >= 4


def test_nothing_is_left_to_learn_where_all_is_right() -> None:
    truth = target((10, 20, 40, 60), (60, 50, 120, 126))
    parts = loss_of(perfect(*truth), *truth)
    assert parts["box"] == pytest.approx(0, abs=1e-5)
    assert parts["points"] == pytest.approx(0, abs=1e-8)
    assert parts["score"] == pytest.approx(0, abs=1e-4)


def test_each_loss_sees_its_own_mistake() -> None:
    truth = target((10, 20, 40, 60), (60, 50, 120, 126))
    for part, columns in (("box", slice(1, 5)), ("points", slice(5, 15))):
        grids = [g.clone() for g in perfect(*truth)]
        for grid in grids:
            grid[..., columns] *= 1.2
        parts = loss_of(grids, *truth)
        assert parts[part] > 0.05
        assert parts["points" if part == "box" else "box"] < 1e-5
    silent = perfect(*truth)
    for grid in silent:
        grid[..., 0] = -12
    loud = [g.clone() for g in perfect(*truth)]
    loud[0][0, 0, 0] = 12  # a face where there is none
    assert loss_of(silent, *truth)["score"] > 1
    assert loss_of(loud, *truth)["score"] > 0.1


def test_the_score_learns_how_good_its_own_box_is() -> None:
    truth = target((10, 20, 40, 60))
    grids = perfect(*truth)
    for grid in grids:
        grid[..., 1:5] *= 0.8  # IoU about 0.64 wherever the cell is
    sure = loss_of(grids, *truth)["score"]
    for grid in grids:
        grid[..., 0] = torch.where(grid[..., 0] > 0, torch.tensor(0.6), grid[..., 0])
    assert loss_of(grids, *truth)["score"] < 0.2 * sure


def test_a_picture_without_faces_teaches_silence_only() -> None:
    boxes, fives, counts = target()
    grids = [torch.zeros(1, (SIDE // s) ** 2, 15, requires_grad=True) for s in STRIDES]
    parts = detection_loss(tuple(grids), boxes, fives, counts, size_px=(SIDE, SIDE))
    assert float(parts["box"].detach()) == float(parts["points"].detach()) == 0
    parts["score"].backward()  # type: ignore[no-untyped-call]
    for grid in grids:
        assert grid.grad is not None
        assert (grid.grad[..., 0] > 0).all()
        assert not grid.grad[..., 1:].any()


def test_what_training_decodes_the_product_decodes() -> None:
    chance = torch.Generator().manual_seed(0)
    grids = []
    for stride in STRIDES:
        grid = torch.randn(1, (SIDE // stride) ** 2, 15, generator=chance)
        grid[..., 1:5] = grid[..., 1:5].exp()
        grid[..., 0] -= 2
        grids.append(grid)
    rows = np.concatenate(
        [detect._decode(g[0].numpy(), s, SIDE) for g, s in zip(grids, STRIDES, strict=True)]
    )
    rows = rows[np.argsort(-rows[:, 0], kind="stable")]
    (found,) = boxes_of(tuple(grids), STRIDES, size_px=(SIDE, SIDE), threshold=detect._KEEP)
    assert len(found) > 3
    for box in found:
        assert np.abs(rows[:, :5] - box).max(1).min() < 1e-4
    assert found[0] == pytest.approx(rows[0, :5], abs=1e-4)


def test_of_boxes_that_overlap_the_best_is_kept() -> None:
    truth = target((10, 20, 40, 60), (60, 50, 120, 126))
    (found,) = boxes_of(tuple(perfect(*truth)), STRIDES, size_px=(SIDE, SIDE))
    assert sorted(f[1:].round(2).tolist() for f in found) == [[10, 20, 40, 60], [60, 50, 120, 126]]
    nobody = boxes_of(tuple(perfect(*target())), STRIDES, size_px=(SIDE, SIDE))
    assert nobody[0].shape == (0, 5)


def test_each_true_box_is_met_once() -> None:
    true = np.array([[0, 0, 10, 10], [50, 50, 60, 60]], np.float32)
    twice = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [80, 80, 90, 90]], np.float32)
    assert recall(twice, true) == 1
    assert recall(true[::-1], true) == 2
    assert recall(true, true[:0]) == 0
    assert recall(true[:0], true) == 0
    assert recall(np.array([[0, 0, 10, 4.9]], np.float32), true) == 0
