"""How readily a taught shell should tell each class: a shell and heads it was taught with → its offsets, built in."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
import torch

from limner.records import CLASSES, MIRRORED
from limner.train.data.heads import OUTSIDE
from limner.train.loops import _head_views as views
from limner.train.losses.logit_adjustment import logit_adjustment

if TYPE_CHECKING:
    from limner.train.data.heads import HeadViews
    from limner.train.nets.head_shell import HeadShell

__all__ = ["with_adjusted_labels"]

#: Every so manieth pixel of a 256² view is asked: as finely as views are compared.
_STRIDE = 2


@torch.no_grad()
def with_adjusted_labels(shell: HeadShell, heads: HeadViews, people: int) -> HeadShell:
    """Return a copy whose classes are told as serves other views of taught heads best.

    Parameters
    ----------
    shell : HeadShell
        Stays as it is.
    heads : HeadViews
        Synthetic heads that the shell was taught with.
    people : int
        How many of them are seen, from up to three other cameras each.

    Notes
    -----
    The ground's own logit stays: where the head ends is told by alpha.
    """
    logits, labels = [], []
    known = np.unique(heads.head)
    for head in known[np.unique(np.linspace(0, len(known) - 1, people).astype(int))]:
        first, *others = np.flatnonzero(heads.head == head).tolist()
        maps = shell.field.maps(views.encoded(shell, heads, [first]))
        for i in others[::2][:3]:
            one = views.single(heads, i, maps.radius.device)
            seen = shell.view(maps, one["pose"])[1].labels[0, :, ::_STRIDE, ::_STRIDE]
            true = one["out_labels"][0, ::_STRIDE, ::_STRIDE]
            true = torch.where(true >= OUTSIDE, len(CLASSES), true)
            logits.append(seen.flatten(1).T.float().cpu().numpy())
            labels.append(true.flatten().cpu().numpy().astype(np.uint8))
    offsets = logit_adjustment(np.concatenate(logits), np.concatenate(labels), MIRRORED)
    made = copy.deepcopy(shell)
    bias = made.get_parameter("decoder.to_rest.1.bias")
    bias[: len(CLASSES)] += torch.from_numpy(offsets - offsets[0]).to(bias.device)
    return made
