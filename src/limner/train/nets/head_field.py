"""A head's codes in → the canonical maps of its parts: radius, density and features.

Any field behind this interface serves: `Field.maps` turns codes (and what a photograph adds) into something that
`Field.render` shows from a camera as features, masks and depth. Here that is a stack of part maps; in a radiance field
it would be the modulations of its layers.

References
----------
SemanticStyleGAN (Shi et al., CVPR 2022) for base, shape and texture layers of a local generator; 3D-SSGAN (arXiv
2401.03764) for depth relative to the face's base and a separate density. All parts are computed at once by grouped
convolutions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.train.nets.head_chart import PARTS, SIDE, WINDOWS, texel_centres, to_windows
from limner.train.nets.head_render import Maps, PartRenderer, Rendered

__all__ = ["Codes", "Field", "PartField", "part_template"]

_P = len(PARTS)


@dataclass(frozen=True, slots=True)
class Codes:
    """What a head is.

    Parameters
    ----------
    base : Tensor of shape (N, B)
        Shared by all parts.
    parts : Tensor of shape (N, P, K)
        Shape in the first half, texture in the second.
    residual : Tensor of shape (N, P, A, S, S)
        What a photograph showed beyond the codes, on the parts' windows; zeros without one.
    """

    base: Tensor
    parts: Tensor
    residual: Tensor

    def without_residual(self, drop: Tensor | None = None) -> Codes:
        """Return the same codes alone, for the heads that `drop` (N,) marks with 1; for all without it."""
        keep = 0.0 if drop is None else (1 - drop).view(-1, 1, 1, 1, 1)
        return Codes(self.base, self.parts, self.residual * keep)


class Field(Protocol):
    """Codes and a camera in → features, masks, depth."""

    def maps(self, codes: Codes) -> Maps:
        """Return what all views of a head share."""
        ...

    def render(self, maps: Maps, pose_deg: Tensor, where: Tensor) -> Rendered:
        """Return what rays at `where` (N, R, 2) meet."""
        ...


class _Layer(nn.Module):
    """A grouped 3 × 3 convolution whose channels are scaled and shifted by codes, over all parts at once."""

    def __init__(self, width: int, codes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(_P * width, _P * width, 3, padding=1, groups=_P)
        self.style = nn.Parameter(torch.randn(_P, codes, 2 * width) * (0.3 / codes**0.5))
        nn.init.kaiming_normal_(self.conv.weight, a=0.2)
        nn.init.zeros_(self.conv.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """Return (N, P · W, H, H) from the same and codes (N, P, K)."""
        n, _, h, w = x.shape
        scale, shift = (code[:, :, None] @ self.style)[:, :, 0].chunk(2, -1)
        y = self.conv(x).view(n, _P, -1, h, w)
        y = y * (y.square().mean(2, keepdim=True) + 1e-4).rsqrt()
        y = y * (1 + scale[..., None, None]) + shift[..., None, None]
        return functional.leaky_relu(y, 0.2).view(n, -1, h, w)


def _grouped(before: int, after: int, *, zero: bool = False) -> nn.Conv2d:
    conv = nn.Conv2d(_P * before, _P * after, 1, groups=_P)
    if zero:
        nn.init.zeros_(conv.weight)
        nn.init.zeros_(conv.bias)  # type: ignore[arg-type]
    return conv


class PartField(nn.Module):
    """The part height-fields.

    Parameters
    ----------
    width : int
        Channels of each part inside.
    channels : int
        Features of each part.
    base, codes, residual : int
        Sizes of the shared code, of a part's code (shape + texture), of the residual's channels.

    Notes
    -----
    One head costs 1.9 GMAC at width 32, 0.5 at 16: once a head, not once a view.
    """

    def __init__(
        self,
        *,
        width: int = 32,
        channels: int = 24,
        base: int = 64,
        codes: int = 48,
        residual: int = 24,
    ) -> None:
        super().__init__()
        self.width, self.channels = width, channels
        self.sizes = {"base": base, "codes": codes, "residual": residual}
        shape = base + codes // 2
        self.start = nn.Parameter(torch.randn(1, _P * width, 8, 8))
        self.place = nn.Parameter(torch.randn(1, _P * width, 32, 32) * 0.1)
        self.shape_layers = nn.ModuleList(_Layer(width, shape) for _ in range(5))
        self.texture_layers = nn.ModuleList(
            _Layer(width, base + codes - codes // 2) for _ in range(2)
        )
        self.seen = nn.ModuleList(_grouped(residual, width) for _ in range(3))
        self.to_solid = _grouped(width, 2, zero=True)
        self.to_features = _grouped(width, channels)
        self.register_buffer("template", torch.zeros(_P, 2, SIDE, SIDE))
        self.set_template(part_template())
        self.register_buffer(
            "reach", torch.tensor([WINDOWS[n][4] for n in PARTS]), persistent=False
        )
        self.register_buffer("base_windows", _base_windows(), persistent=False)
        self.renderer = PartRenderer()

    def set_template(self, template: Tensor) -> None:
        """Take the average radius (m) and presence (logit) of each part, (P, 2, S, S), as the start."""
        with torch.no_grad():
            self.template.copy_(template)  # type: ignore[operator]

    def maps(self, codes: Codes) -> Maps:
        """Return the maps of all parts."""
        n = codes.base.shape[0]
        half = codes.parts.shape[-1] // 2
        base = codes.base[:, None].expand(n, _P, codes.base.shape[-1])
        shape = torch.cat([base, codes.parts[..., :half]], -1)
        texture = torch.cat([base, codes.parts[..., half:]], -1)
        fine = codes.residual.flatten(1, 2)
        coarse = functional.avg_pool2d(fine, 2)
        x = self.start.expand(n, *self.start.shape[1:])
        for number, layer in enumerate(self.shape_layers):
            if 1 <= number <= 3:
                x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
            if number == 2:
                x = x + self.place + self.seen[0](coarse)
            if number == 3:
                x = x + self.seen[1](fine)
            x = layer(x, shape)
        solid = self.to_solid(x).view(n, _P, 2, SIDE, SIDE).float()
        x = x + self.seen[2](fine)
        for layer in self.texture_layers:
            x = layer(x, texture)
        features = self.to_features(x).view(n, _P, self.channels, SIDE, SIDE).float()
        return self._placed(solid, features)

    def _placed(self, solid: Tensor, features: Tensor) -> Maps:
        """Return maps whose radius is the skin's (the face's base) plus what each part stands out from it."""
        n = solid.shape[0]
        template: Tensor = self.template  # type: ignore[assignment]
        reach: Tensor = self.reach  # type: ignore[assignment]
        offset = solid[:, :, 0].tanh() * reach.view(1, _P, 1, 1)
        # how far this head's base lies from the average one, seen through every part's window
        grid: Tensor = self.base_windows  # type: ignore[assignment]
        rows = _P * SIDE
        base = functional.grid_sample(
            offset[:, :1],
            grid.view(1, rows, SIDE, 2).expand(n, rows, SIDE, 2),
            "bilinear",
            "border",
            align_corners=False,
        ).view(n, _P, SIDE, SIDE)
        own = torch.cat([torch.zeros_like(offset[:, :1]), offset[:, 1:]], 1)
        radius = (template[None, :, 0] + base + own).clamp(min=0.012)
        return Maps(radius, solid[:, :, 1] * 4 + template[None, :, 1], features)

    def render(self, maps: Maps, pose_deg: Tensor, where: Tensor) -> Rendered:
        """Return what rays at `where` (N, R, 2) meet of heads seen from `pose_deg` (N, 2)."""
        rendered: Rendered = self.renderer(maps, pose_deg, where)
        return rendered


def _base_windows() -> Tensor:
    """Return where every part's texels lie in the skin's window, (P, S, S, 2)."""
    centres = texel_centres()
    chart = torch.cat([centres, torch.zeros_like(centres[..., :1])], -1)
    own = chart.reshape(1, 1, -1, 3)
    return to_windows(own)[0, 0].view(_P, SIDE, SIDE, 2)


def part_template() -> Tensor:
    """Return the plainest template: each part's own radius everywhere, no opinion on presence; (P, 2, S, S)."""
    template = torch.zeros(_P, 2, SIDE, SIDE)
    for number, name in enumerate(PARTS):
        template[number, 0] = WINDOWS[name][3]
    template[:, 1] = -1.0
    return template
