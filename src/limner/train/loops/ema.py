"""A net while it learns in → its moving average, which is what is judged and shipped."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor, nn

__all__ = ["Ema", "decay"]


def decay(pictures: int, seen: int, *, half_life: float, ramp: float) -> float:
    """Return the share of the old average that one step keeps.

    Parameters
    ----------
    pictures : int
        Pictures in the step.
    seen : int
        Pictures since the training began, this step's included.
    half_life : float
        Pictures after which a weight's old value counts half; 0 keeps nothing.
    ramp : float
        Early on the half-life is at most ``ramp * seen``, so that first, bad weights are soon
        forgotten; 0 turns that off.

    Examples
    --------
    >>> decay(8, 100_000, half_life=8, ramp=0.2)
    0.5
    >>> decay(8, 40, half_life=10_000, ramp=0.2)
    0.5
    """
    life = min(half_life, ramp * seen) if ramp > 0 else half_life
    return 0.5 ** (pictures / life) if life > 0 else 0.0


class Ema:
    """The moving average of one net, buffers included.

    Parameters
    ----------
    net : nn.Module
        Copied once; the copy stays in eval mode and takes no gradients.
    half_life, ramp : float
        As in `decay`.
    """

    def __init__(self, net: nn.Module, *, half_life: float, ramp: float) -> None:
        self.net = copy.deepcopy(net).eval().requires_grad_(requires_grad=False)
        self.half_life = half_life
        self.ramp = ramp

    @torch.no_grad()
    def update(self, net: nn.Module, *, pictures: int, seen: int) -> None:
        """Move the average towards `net`; whole-number buffers are copied."""
        weight = 1.0 - decay(pictures, seen, half_life=self.half_life, ramp=self.ramp)
        theirs = net.state_dict()
        slow: list[Tensor] = []
        fast: list[Tensor] = []
        for name, mine in self.net.state_dict().items():
            if mine.is_floating_point():
                slow.append(mine)
                fast.append(theirs[name])
            else:
                mine.copy_(theirs[name])
        torch._foreach_lerp_(slow, fast, weight)

    def state_dict(self) -> dict[str, Any]:
        """Return the average's tensors."""
        return self.net.state_dict()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over the tensors of an average that was saved."""
        self.net.load_state_dict(state)
