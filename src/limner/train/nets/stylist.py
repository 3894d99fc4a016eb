"""The generator of drawings: lines, classes and grey photograph in → a drawing in one of several styles.

One network for all styles: each norm's scale and shift, and the strength of its grain, are looked up by style, so
styles can be blended by blending their weights. Norms look at one pixel's channels, never at the picture, so a picture
drawn in tiles is the same as one drawn whole.

References
----------
Pix2pixHD's coarse-to-fine shape (Wang et al., CVPR 2018, appendix), conditional instance norm (Dumoulin et al., ICLR
2017, eq. 5), noise inputs (Karras et al., CVPR 2019, sec. 3.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LINES_CLASSES_GREY", "PatchCritic", "Stylist"]

#: Channels of the picture that goes in: ink, 19 classes, grey.
LINES_CLASSES_GREY = 21


class StyleNorm(nn.Module):
    """Norm over a pixel's channels, then scale, shift and grain of the style."""

    def __init__(self, channels: int, styles: int) -> None:
        super().__init__()
        self.scale = nn.Linear(styles, channels, bias=False)
        self.shift = nn.Linear(styles, channels, bias=False)
        self.grain = nn.Linear(styles, channels, bias=False)
        nn.init.ones_(self.scale.weight)
        nn.init.zeros_(self.shift.weight)
        nn.init.constant_(self.grain.weight, 0.02)

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        """Return the normed (N, C, H, W); style (N, S), noise (N, 1, H, W)."""
        x = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-4)
        scale = self.scale(style)[:, :, None, None]
        shift = self.shift(style)[:, :, None, None]
        out: Tensor = x * scale + shift + noise * self.grain(style)[:, :, None, None]
        return out


class StyleBlock(nn.Module):
    """Two convolutions with a shortcut, each after its style's norm."""

    def __init__(self, before: int, after: int, styles: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = StyleNorm(before, styles), StyleNorm(after, styles)
        self.conv1 = nn.Conv2d(before, after, 3, padding=1)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1)
        self.short = nn.Conv2d(before, after, 1) if before != after else nn.Identity()
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        """Return (N, after, H, W)."""
        y = self.conv1(functional.leaky_relu(self.norm1(x, style, noise), 0.2))
        y = self.conv2(functional.leaky_relu(self.norm2(y, style, noise), 0.2))
        out: Tensor = self.short(x) + y
        return out


class Stylist(nn.Module):
    """Draws.

    Parameters
    ----------
    styles : int
        How many styles.
    width : int
        Channels at the drawing's own size.
    blocks : int
        Residual blocks at a quarter of it.

    Notes
    -----
    Inputs: picture (N, 21, H, W), ink 0–1, shares of the 19 classes 0–1, grey 0–1; sides multiples of 4; style (N, S)
    weights that sum to 1; noise (N, 1, H, W), standard normal. Output (N, 1, H, W), 0 ink to 1 paper.
    """

    def __init__(self, styles: int = 3, width: int = 32, blocks: int = 6) -> None:
        super().__init__()
        a, b, c = width, 2 * width, 4 * width
        self.enter = nn.Conv2d(LINES_CLASSES_GREY, a, 5, padding=2)
        self.fine = StyleBlock(a, a, styles)
        self.down1 = nn.Conv2d(a, b, 4, 2, 1)
        self.middle = StyleBlock(b, b, styles)
        self.down2 = nn.Conv2d(b, c, 4, 2, 1)
        self.deep = nn.ModuleList(StyleBlock(c, c, styles) for _ in range(blocks))
        self.up1 = nn.Conv2d(c, b, 1)
        self.join1 = StyleBlock(b, b, styles)
        self.up2 = nn.Conv2d(b, a, 1)
        self.join2 = StyleBlock(a, a, styles)
        self.norm = StyleNorm(a, styles)
        self.leave = nn.Conv2d(a, 1, 5, padding=2)
        self.styles = styles

    def adapted(self, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return another stylist's arrays with a column for each style of this one.

        Parameters
        ----------
        arrays : dict of str to ndarray
            Parameters by name, of a stylist of as many styles or of fewer.

        Returns
        -------
        dict of str to ndarray
            New styles begin as the last one that was there.
        """
        return {k: self._with_columns(k, v) for k, v in arrays.items()}

    def _with_columns(self, name: str, array: NDArray[Any]) -> NDArray[Any]:
        by_style = name.rsplit(".", 2)[-2] in ("scale", "shift", "grain")
        missing = self.styles - array.shape[1] if by_style and array.ndim == 2 else 0
        if missing <= 0:
            return array
        return np.concatenate([array, array[:, -1:].repeat(missing, 1)], 1)

    def forward(self, picture: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        """Return the drawing."""
        half, quarter = noise[:, :, ::2, ::2], noise[:, :, ::4, ::4]
        fine = self.fine(self.enter(picture * 2 - 1), style, noise)
        middle = self.middle(self.down1(fine), style, half)
        x = self.down2(middle)
        for block in self.deep:
            x = block(x, style, quarter)
        x = middle + functional.interpolate(self.up1(x), scale_factor=2.0, mode="nearest")
        x = self.join1(x, style, half)
        x = fine + functional.interpolate(self.up2(x), scale_factor=2.0, mode="nearest")
        x = self.join2(x, style, noise)
        x = self.leave(functional.leaky_relu(self.norm(x, style, noise), 0.2))
        return torch.sigmoid(x + 2)


class PatchCritic(nn.Module):
    """Judges patches of a drawing beside what it was drawn from, one score map a style, at two sizes.

    Parameters
    ----------
    styles : int
        How many styles.
    width : int
        Channels of the first layer.

    References
    ----------
    PatchGAN: Isola et al., CVPR 2017, sec. 3.2.2; two sizes: Wang et al., CVPR 2018, sec. 3.2.
    """

    def __init__(self, styles: int = 3, width: int = 32) -> None:
        super().__init__()
        self.scales = nn.ModuleList(self._net(styles, width) for _ in range(2))

    @staticmethod
    def _net(styles: int, width: int) -> nn.ModuleList:
        def layer(before: int, after: int, stride: int) -> nn.Module:
            conv = nn.Conv2d(before, after, 4, stride, 1)
            return nn.Sequential(nn.utils.parametrizations.spectral_norm(conv), nn.LeakyReLU(0.2))

        return nn.ModuleList(
            [
                layer(1 + LINES_CLASSES_GREY, width, 2),
                layer(width, 2 * width, 2),
                layer(2 * width, 4 * width, 1),
                nn.Conv2d(4 * width, styles, 4, 1, 1),
            ]
        )

    def forward(
        self, drawing: Tensor, picture: Tensor, style: Tensor
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Return score maps of the asked style, and the features of every layer."""
        scores, features = [], []
        x = torch.cat([drawing, picture], 1) * 2 - 1
        for number, net in enumerate(self.scales):
            y = x if number == 0 else functional.avg_pool2d(x, 2)
            for layer in net[:-1]:  # type: ignore[index]
                y = layer(y)
                features.append(y)
            maps = net[-1](y)  # type: ignore[index]
            scores.append((maps * style[:, :, None, None]).sum(1))
        return scores, features
