"""Depths of a batch's heads and where the photographs show them → the same with what reaches beyond the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from limner.geometry.camera import Camera
from limner.heads.halo import extended, fading, thrown

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["with_sheet"]


def with_sheet(
    depths: tuple[Tensor, Tensor], poses: tuple[Tensor, Tensor], head: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Let curls, ears and crowns that the shell does not reach turn with it, as the product does.

    Parameters
    ----------
    depths : two Tensors of shape (N, 1, S, S)
        m, of the shell from the photograph's camera and from another; 0 where it is not.
    poses : two Tensors of shape (N, 2)
        Yaw and pitch of the cameras, degrees.
    head : Tensor of shape (N, 1, S, S)
        1 where the photograph shows the head.

    Returns
    -------
    here, away : Tensor of shape (N, 1, S, S)
        m, the depths with the sheet's.
    sheet_here, sheet_away : Tensor of shape (N, 1, S, S)
        Where it is the sheet's; fading with the turn in the second.

    Notes
    -----
    ``limner.heads.halo``, a head at a time and in numpy: nothing is learned through it.
    """
    device, side = head.device, head.shape[-1]
    first, second, known = (
        x[:, 0].cpu().numpy().astype(np.float32) for x in (*depths, (head > 0.5).float())
    )
    rows = []
    for k, (a, b) in enumerate(zip(*(p.tolist() for p in poses), strict=True)):
        cameras = Camera(a[0], a[1], side), Camera(b[0], b[1], side)
        here, sheet = extended(first[k], known[k])
        away, shown = second[k], np.zeros_like(sheet)
        share = fading(*cameras)
        if sheet.any() and share:
            away, shown = thrown(here, sheet, cameras, away)
        rows.append((here, away, sheet.astype(np.float32), shown * np.float32(share)))
    solid, gone, own, turned = (
        torch.from_numpy(np.stack(x).astype(np.float32))[:, None].to(device)
        for x in zip(*rows, strict=True)
    )
    return solid, gone, own, turned
