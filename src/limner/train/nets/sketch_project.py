"""Manifold projection while learning: a batch of codes and a bank in → what neighbours make of each.

The same arithmetic as `limner.sketches.project`, for many faces at once, so that the synthesis learns from the codes
that it will be given.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["project"]


@torch.no_grad()
def project(
    codes: Tensor, bank: Tensor, own: Tensor, *, neighbours: int = 10, ridge: float = 1e-2
) -> Tensor:
    """Return each code as its neighbours' locally linear combination.

    Parameters
    ----------
    codes : Tensor of shape (N, D)
        What was drawn.
    bank : Tensor of shape (M, D)
        Other people.
    own : Tensor of shape (N,), int64
        Row of the bank that is the same person and must not help; −1 for none.
    neighbours : int
        How many neighbours, at most M.
    ridge : float
        Share of the local spread that is added to the diagonal.
    """
    with torch.autocast(codes.device.type, enabled=False):
        return _project(codes.float(), bank.float(), own, neighbours, ridge)


def _project(codes: Tensor, bank: Tensor, own: Tensor, neighbours: int, ridge: float) -> Tensor:
    far = (bank * bank).sum(1)[None] - 2 * codes @ bank.T
    rows = torch.arange(len(codes), device=codes.device)
    known = own >= 0
    far[rows[known], own[known]] = torch.inf
    near = far.topk(min(neighbours, bank.shape[0] - 1), largest=False).indices
    people = bank[near]
    gap = codes[:, None] - people
    gram = gap @ gap.transpose(1, 2)
    trace = gram.diagonal(dim1=1, dim2=2).sum(1).clamp(min=1e-6)
    eye = torch.eye(gram.shape[1], device=gram.device)
    gram = gram + ridge * trace[:, None, None] * eye
    weights = torch.linalg.solve(gram, torch.ones(gram.shape[:2], device=gram.device))
    weights = weights / weights.sum(1, keepdim=True)
    return torch.einsum("nk,nkd->nd", weights, people)
