"""A picture or a stack of class shares in → how real it is, and from where it was taken.

References
----------
Mescheder et al., "Which Training Methods for GANs do actually Converge?", ICML 2018 (logistic loss, R1); Karras et al.,
"Progressive Growing of GANs", ICLR 2018, sec. 3 (minibatch deviation). The pose outputs follow SAGE and pi-GAN.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["HeadCritic", "logistic_critic", "logistic_maker", "r1"]


class _Down(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, before, 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(before, after, 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.AvgPool2d(2),
        )
        self.skip = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(before, after, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, after, H / 2, W / 2)."""
        y: Tensor = (self.body(x) + self.skip(x)) * 0.7071
        return y


class HeadCritic(nn.Module):
    """A residual critic.

    Parameters
    ----------
    channels : int
        3 for photographs, 22 for class shares with the photograph that they belong to.
    size_px : int
        Side of what it looks at: a power of two from 32.
    width : int
        Channels at full size; they double to at most 12 times that.
    """

    def __init__(self, channels: int, size_px: int = 128, width: int = 24) -> None:
        super().__init__()
        self.enter = nn.Conv2d(channels, width, 1)
        blocks: list[nn.Module] = []
        size, now = size_px, width
        while size > 4:
            after = min(now * 2, width * 12)
            blocks.append(_Down(now, after))
            size, now = size // 2, after
        self.body = nn.Sequential(*blocks)
        self.last = nn.Sequential(
            nn.Conv2d(now + 1, now, 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(now * 16, 3),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores (N,) and the pose that it reads off (N, 2), in units of 45°."""
        y = self.body(functional.leaky_relu(self.enter(x), 0.2))
        spread = y.float().var(0, unbiased=False).add(1e-6).sqrt().mean()
        whole = torch.cat([y, spread.to(y.dtype).expand(len(y), 1, 4, 4)], 1)
        out = self.last(whole).float()
        return out[:, 0], out[:, 1:]


def logistic_critic(real: Tensor, made: Tensor) -> Tensor:
    """Return the critic's loss on scores of real and made pictures."""
    return functional.softplus(-real).mean() + functional.softplus(made).mean()


def logistic_maker(made: Tensor) -> Tensor:
    """Return the maker's non-saturating loss."""
    return functional.softplus(-made).mean()


def r1(critic: nn.Module, real: Tensor) -> Tensor:
    """Return the mean squared gradient of the critic's scores at real pictures; in f32."""
    with torch.autocast(real.device.type, enabled=False):
        real = real.detach().float().requires_grad_()
        scores, _ = critic(real)
        (slope,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    return slope.square().sum((1, 2, 3)).mean()
