"""How readily each class should be told, once a network is taught: logits and true classes in → one offset a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["logit_adjustment"]

#: What is tried, coarse before fine.
_STEPS = (0.2, 0.1, 0.05)


def logit_adjustment(
    logits: NDArray[np.float32], labels: NDArray[np.uint8], ties: Sequence[int], limit: float = 0.6
) -> NDArray[np.float32]:
    """Return what to add to each class's logit so that mean F1 and mIoU are highest together.

    Dice and the rare pictures that a sampler prefers make small classes too eager. The loss can't mend that: it is the
    choice of the highest logit that must be moved (Menon et al., "Long-tail learning via logit adjustment", ICLR 2021,
    §4), here found by trying, one class after the other, on people who were taught with.

    Parameters
    ----------
    logits : ndarray
        (N, C) of N pixels.
    labels : ndarray
        (N,) true classes; C and above where unknown.
    ties : sequence of int
        For each class the one that must move with it: left and right, told apart by place alone.
    limit : float
        No offset is larger.

    Returns
    -------
    ndarray
        (C,) float32.
    """
    known = labels < logits.shape[1]
    logits, labels = logits[known], labels[known]
    count = logits.shape[1]
    best, second = np.sort(logits, 1)[:, :-3:-1].T
    # No offsets within the limit can change the choice of the others.
    open_ = best - second <= 2 * limit
    settled = logits[~open_].argmax(1)
    true_n = np.bincount(labels, minlength=count)
    agreed = np.bincount(settled[settled == labels[~open_]], minlength=count)
    found = np.bincount(settled, minlength=count)
    logits, labels = logits[open_], labels[open_]

    def worth(offsets: NDArray[np.float32]) -> float:
        choice = (logits + offsets).argmax(1)
        both = agreed + np.bincount(choice[choice == labels], minlength=count)
        either = found + np.bincount(choice, minlength=count) + true_n
        f1 = 2 * both / np.maximum(either, 1)
        return float((f1 + both / np.maximum(either - both, 1)).sum())

    offsets = np.zeros(count, np.float32)
    reached = worth(offsets)
    for step in _STEPS:
        for k in [k for k in range(count) if k <= ties[k]]:
            for way in (step, -step):
                while True:
                    tried = offsets.copy()
                    tried[[k, ties[k]]] = np.float32(tried[k] + way)
                    if abs(tried[k]) > limit + 1e-6 or (gain := worth(tried)) <= reached + 1e-9:
                        break
                    offsets, reached = tried, gain
    return offsets
