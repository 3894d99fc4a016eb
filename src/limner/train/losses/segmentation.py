"""How far a parsing is off: logits and shares of each class in → cross-entropy and Dice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["CLASS_WEIGHTS", "parsing_loss"]

#: Cross-entropy weight of each of the 19 classes: parts under one per cent of a picture count more.
CLASS_WEIGHTS = (1, 1, 1.5, 3, 4, 4, 4, 4, 2.5, 2.5, 3, 3, 3, 1, 2, 4, 4, 1.2, 1)


def parsing_loss(logits: Tensor, shares: Tensor) -> dict[str, Tensor]:
    """Return weighted soft cross-entropy and soft Dice.

    Parameters
    ----------
    logits : Tensor of shape (N, 19, H, W)
        The network's output.
    shares : Tensor of shape (N, 19, H, W), uint8
        How many of the four pixels under each cell have each class, 0 to 4: a soft target keeps thin
        brows and lips that a nearest label would lose. Where all are 0 the class is unknown and nothing is asked.

    References
    ----------
    Dice: Milletari et al., 3DV 2016, eq. 3; here over the batch, for classes that occur in it.
    """
    target = shares.float() / 4
    log_p = functional.log_softmax(logits.float(), 1)
    weight = torch.tensor(CLASS_WEIGHTS, dtype=torch.float32, device=logits.device)
    weighted = target * weight[:, None, None]
    entropy = -(weighted * log_p).sum() / weighted.sum()
    p = log_p.exp() * (target.sum(1, keepdim=True) > 0)
    both = (p * target).sum((0, 2, 3))
    total = p.sum((0, 2, 3)) + target.sum((0, 2, 3))
    occurs = target.sum((0, 2, 3)) > 20
    dice = (1 - (2 * both + 1) / (total + 1))[occurs].mean()
    return {"entropy": entropy, "dice": dice}
