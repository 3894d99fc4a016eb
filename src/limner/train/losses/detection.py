"""How far a detector is off: its grids and the true boxes in → losses of score, box and points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["assign", "boxes_of", "cell_centres", "detection_loss", "giou", "overlaps", "recall"]

#: Longer side of the faces that each stride answers for, in px.
RANGES = ((0.0, 44.0), (44.0, 110.0), (110.0, 1e5))


def cell_centres(size_px: tuple[int, int], stride: int, device: torch.device) -> Tensor:
    """Return (cells, 2) x, y px of the centres, in row order."""
    height, width = size_px[0] // stride, size_px[1] // stride
    y, x = torch.meshgrid(
        torch.arange(height, device=device), torch.arange(width, device=device), indexing="ij"
    )
    return (torch.stack([x, y], -1).reshape(-1, 2).float() + 0.5) * stride - 0.5


def giou(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return generalised IoU and IoU of boxes (..., 4) (Rezatofighi et al., CVPR 2019, eq. 5)."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    inter = (high - low).clamp(min=0).prod(-1)
    area = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - inter
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    iou = inter / area.clamp(min=1e-6)
    return iou - (hull - area) / hull.clamp(min=1e-6), iou


def assign(
    boxes: Tensor, counts: Tensor, centres: Tensor, stride: int, limits: tuple[float, float]
) -> Tensor:
    """Return (N, cells) the index of the face that each cell answers for, −1 for none.

    A cell answers for a face of its stride's range whose centre lies within 1.3 strides; the nearest wins.
    """
    middle = (boxes[..., :2] + boxes[..., 2:]) / 2
    side = (boxes[..., 2:] - boxes[..., :2]).amax(-1)
    known = torch.arange(boxes.shape[1], device=boxes.device)[None] < counts[:, None]
    fits = known & (side >= limits[0] * 0.85) & (side < limits[1] * 1.15)
    distance = torch.cdist(centres[None].expand(len(boxes), -1, -1), middle)
    distance = distance.masked_fill(~fits[:, None], 1e9)
    nearest, which = distance.min(-1)
    return torch.where(nearest < 1.3 * stride, which, torch.full_like(which, -1))


def detection_loss(
    grids: tuple[Tensor, ...],
    boxes: Tensor,
    fives: Tensor,
    counts: Tensor,
    *,
    size_px: tuple[int, int],
    strides: tuple[int, ...] = (8, 16, 32),
) -> dict[str, Tensor]:
    """Return the three losses, each a mean over the cells that answer for a face.

    Parameters
    ----------
    grids : tuple of Tensor (N, cells, 15)
        The detector's output.
    boxes, fives, counts : Tensor
        True boxes (N, M, 4), points (N, M, 5, 2) in px, and how many are real.
    size_px : tuple of int
        Height and width of the picture.
    strides : tuple of int
        Of the grids.

    References
    ----------
    Quality focal loss: Li et al., NeurIPS 2020, eq. 2: the score learns the IoU of its own box.
    """
    total_score = grids[0].new_zeros(())
    total_box, total_points, answering = total_score.clone(), total_score.clone(), 0
    for grid, stride, limits in zip(grids, strides, RANGES, strict=True):
        cells = grid.float()
        centres = cell_centres(size_px, stride, cells.device)
        which = assign(boxes, counts, centres, stride, limits)
        target = torch.zeros_like(cells[..., 0])
        n, k = torch.nonzero(which >= 0, as_tuple=True)
        if len(n):
            face, at, mine = which[n, k], centres[k], cells[n, k]
            true_box = boxes[n, face]
            found = torch.cat([at - mine[:, 1:3] * stride, at + mine[:, 3:5] * stride], -1)
            quality, iou = giou(found, true_box)
            target[n, k] = iou.detach().clamp(0, 1)
            total_box = total_box + (1 - quality).sum()
            side = (true_box[:, 2:] - true_box[:, :2]).amax(-1)[:, None, None]
            error = (at[:, None] + mine[:, 5:].reshape(-1, 5, 2) * stride - fives[n, face]) / side
            total_points = total_points + functional.smooth_l1_loss(
                error, torch.zeros_like(error), beta=0.05, reduction="sum"
            )
            answering += len(n)
        logit = cells[..., 0]
        weight = (torch.sigmoid(logit) - target).abs() ** 2
        total_score = (
            total_score
            + (
                weight
                * functional.binary_cross_entropy_with_logits(logit, target, reduction="none")
            ).sum()
        )
    count = max(answering, 1)
    return {"score": total_score / count, "box": total_box / count, "points": total_points / count}


def boxes_of(
    grids: tuple[Tensor, ...],
    strides: tuple[int, ...],
    *,
    size_px: tuple[int, int],
    threshold: float = 0.5,
) -> list[NDArray[np.float32]]:
    """Return, for each picture, (n, 5) score and box of what a detector found, best first.

    Parameters
    ----------
    grids : tuple of Tensor (N, cells, 15)
        The detector's output.
    strides : tuple of int
        Of the grids.
    size_px : tuple of int
        Height and width of the picture.
    threshold : float
        Least score. Of boxes that overlap by 0.4 or more the best is kept.
    """
    rows = []
    for grid, stride in zip(grids, strides, strict=True):
        cells = grid.float()
        at = cell_centres(size_px, stride, cells.device)
        low, high = at - cells[..., 1:3] * stride, at + cells[..., 3:5] * stride
        rows.append(torch.cat([torch.sigmoid(cells[..., :1]), low, high], -1))
    return [_best(r.cpu().numpy(), threshold) for r in torch.cat(rows, 1)]


def _best(rows: NDArray[np.float32], threshold: float) -> NDArray[np.float32]:
    rows = rows[rows[:, 0] >= threshold]
    rows, kept = rows[np.argsort(-rows[:, 0], kind="stable")], []
    while len(rows):
        kept.append(rows[0])
        rows = rows[1:][overlaps(rows[0, 1:], rows[1:, 1:]) < 0.4]
    return np.array(kept, np.float32).reshape(-1, 5)


def overlaps(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the IoU of one box (4,) with others (n, 4)."""
    side = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    inter = np.prod(np.maximum(side, 0), 1)
    area = np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], 1) - inter
    return np.asarray(inter / np.maximum(area, 1e-6), np.float32)


def recall(found: NDArray[np.float32], true: NDArray[np.float32]) -> int:
    """Return how many true boxes a found one meets at IoU 0.5 or more, each used once."""
    left = list(range(len(true)))
    hits = 0
    for box in found:
        if not left:
            break
        iou = overlaps(box, true[left])
        k = int(iou.argmax())
        if iou[k] >= 0.5:
            left.pop(k)
            hits += 1
    return hits
