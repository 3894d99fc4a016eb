"""Rendered features in → the photograph, its classes, its depth and where the head is, at four times the rays' size."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from limner.records import CLASSES
from limner.train.nets.head_chart import PARTS

__all__ = ["Decoded", "HeadDecoder", "smooth_labels"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A view.

    Parameters
    ----------
    photo : Tensor of shape (N, 3, H, W)
        sRGB, −1 to 1; only meaningful where `alpha` is not 0.
    labels : Tensor of shape (N, 19, H, W)
        Logits of the classes.
    alpha : Tensor of shape (N, 1, H, W)
        Logit of "here is the head".
    depth : Tensor of shape (N, 1, H, W)
        m along the camera's z.
    """

    photo: Tensor
    labels: Tensor
    alpha: Tensor
    depth: Tensor


class Block(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut; no norm, so that a patch decodes as the whole does."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, 1, 1)
        self.second = nn.Conv2d(width, width, 3, 1, 1)
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Return the same shape."""
        y: Tensor = x + self.second(functional.silu(self.first(functional.silu(x))))
        return y


class HeadDecoder(nn.Module):
    """A plain up-sampling net, shared trunk, one head an output.

    Parameters
    ----------
    channels : int
        Of the rendered features; part masks and the surface's place come on top.
    width : int
        Channels at the rays' size; they halve twice.

    Notes
    -----
    1.8 GMAC for 256² at width 64.
    """

    def __init__(self, channels: int = 24, width: int = 64) -> None:
        super().__init__()
        a, b, c = width, max(16, width * 5 // 8), max(16, width * 3 // 8)
        self.enter = nn.Conv2d(channels + len(PARTS) + 4, a, 3, 1, 1)
        self.low = nn.Sequential(Block(a), Block(a))
        self.to_middle = nn.Conv2d(a, b, 3, 1, 1)
        self.middle = Block(b)
        self.to_high = nn.Conv2d(b, c, 3, 1, 1)
        self.to_photo = nn.Sequential(nn.SiLU(), nn.Conv2d(c, 3, 3, 1, 1))
        self.to_rest = nn.Sequential(nn.SiLU(), nn.Conv2d(c, len(CLASSES) + 2, 3, 1, 1))

    def forward(self, rendered: Tensor, depth: Tensor) -> Decoded:
        """Return the view at 4 H × 4 W from (N, C, H, W) and depth (N, 1, H, W)."""
        x = self.low(self.enter(rendered))
        x = self.middle(self.to_middle(functional.interpolate(x, scale_factor=2.0)))
        x = self.to_high(functional.interpolate(x, scale_factor=2.0))
        rest = self.to_rest(x).float()
        count = len(CLASSES)
        smooth = functional.interpolate(
            depth.float(), scale_factor=4.0, mode="bilinear", align_corners=False
        )
        return Decoded(
            self.to_photo(x).float().tanh(),
            rest[:, :count],
            rest[:, count : count + 1],
            smooth + 0.02 * rest[:, count + 1 :].tanh(),
        )


def smooth_labels(labels: Tensor, side: int) -> Tensor:
    """Return shares (N, 19, side, side), 0 to 1, of classes (N, H, W): how much of each a cell holds."""
    hot = functional.one_hot(labels.long().clamp(0, len(CLASSES) - 1), len(CLASSES))
    whole = hot.movedim(-1, 1).float()
    factor = labels.shape[-1] // side
    return functional.avg_pool2d(whole, factor) if factor > 1 else whole
