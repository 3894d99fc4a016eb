"""3D-SSGAN as far as it is published, and SemanticStyleGAN's shapes where it is not: codes and a camera → a portrait.

Verified facts are: a 2D generator a part (mapping z → W, split into base, shape and texture codes), a feature map, a
depth relative to the face's base and a density a part, the lift ψ = exp(−α (d̂ − z)²) on a 64 × 64 × 32 volume, volume
rendering of features and masks. The rest (thirteen parts, widths, the up-sampling net, both critics) is
SemanticStyleGAN's. The volume is never stored: ψ is separable, so maps are looked up at each sample's (x, y).

References
----------
3D-SSGAN, arXiv 2401.03764; Shi et al., "SemanticStyleGAN", CVPR 2022; Karras et al., "StyleGAN2", CVPR 2020.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.train.nets.head_chart import picture_grid, rays

__all__ = ["PAPER_PARTS", "DualCritic", "PaperHead"]

#: SemanticStyleGAN's classes, in its order: groups of the 19.
PAPER_PARTS: tuple[tuple[int, ...], ...] = (
    (0,),
    (1,),
    (4, 5),
    (6, 7),
    (10, 11, 12),
    (2,),
    (8, 9),
    (13,),
    (17, 16),
    (18,),
    (3,),
    (14,),
    (15,),
)
_P = len(PAPER_PARTS)
_FACE = 1
#: Half the side of the canonical box, m; samples along a ray; the lift's sharpness in units of the box.
_BOX_M, _SAMPLES, _LIFT = 0.14, 32, 128.0


class Linear(nn.Module):
    """An equalised linear layer: weights of unit size, scaled when used."""

    def __init__(self, before: int, after: int, *, bias: float = 0.0, rate: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(after, before) / rate)
        self.bias = nn.Parameter(torch.full((after,), bias / rate))
        self.scale, self.rate = rate / math.sqrt(before), rate

    def forward(self, x: Tensor) -> Tensor:
        """Return (…, after)."""
        return functional.linear(x, self.weight * self.scale, self.bias * self.rate)


def _mapping(width: int, depth: int = 8) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [Linear(width, width, rate=0.01), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers)


class _Modulated(nn.Module):
    """A 1 × 1 convolution whose weights are scaled by a style and normed again, as in StyleGAN2."""

    def __init__(self, before: int, after: int, style: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(after, before))
        self.bias = nn.Parameter(torch.zeros(after))
        self.style = Linear(style, before, bias=1.0)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Return (N, after, L) from (N, before, L) and styles (N, style)."""
        weight = self.weight / math.sqrt(x.shape[1]) * self.style(w)[:, None]
        weight = weight * (weight.square().sum(2, keepdim=True) + 1e-8).rsqrt()
        y = weight @ x + self.bias[:, None]
        return functional.leaky_relu(y, 0.2) * math.sqrt(2)


class _PartGenerator(nn.Module):
    """Ten modulated layers over Fourier places: two base, four shape (then depth), four texture (then features)."""

    def __init__(self, *, width: int, style: int, channels: int, side: int, base: bool) -> None:
        super().__init__()
        self.side, self.base = side, base
        octaves = int(math.log2(side))
        steps = 2.0 ** torch.arange(octaves) * math.pi
        place = picture_grid(side)
        waves = (place[:, :, None] * steps).flatten(1)
        self.register_buffer(
            "place", torch.cat([waves.sin(), waves.cos()], 1).t(), persistent=False
        )
        self.enter = nn.Conv1d(4 * octaves, width, 1)
        self.layers = nn.ModuleList(_Modulated(width, width, style) for _ in range(10))
        self.to_depth = nn.Conv1d(width, 2, 1)
        self.to_features = nn.Conv1d(width, channels, 1)

    def forward(self, base: Tensor, shape: Tensor, texture: Tensor) -> tuple[Tensor, Tensor]:
        """Return depth and density logit (N, 2, S, S), features (N, C, S, S)."""
        place: Tensor = self.place  # type: ignore[assignment]
        x = self.enter(place[None].expand(len(shape), -1, -1))
        solid = x[:, :2]  # replaced after the sixth layer
        for number, layer in enumerate(self.layers):
            if number < 2 and not self.base:
                continue
            x = layer(x, base if number < 2 else shape if number < 6 else texture)
            if number == 5:
                solid = self.to_depth(x)
        size = (len(shape), -1, self.side, self.side)
        return solid.view(size), self.to_features(x).view(size)


class _Up(nn.Module):
    """Two StyleGAN2-like convolutions of the up-sampling net, not modulated, and a 1 × 1 head an output."""

    def __init__(self, before: int, after: int, outputs: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(after, after, 3, 1, 1),
            nn.LeakyReLU(0.2),
        )
        self.out = nn.Conv2d(after, outputs, 1)

    def forward(self, x: Tensor, so_far: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return features and the outputs so far, both at this scale."""
        y = self.body(x)
        out: Tensor = self.out(y)
        if so_far is not None:
            out = out + functional.interpolate(so_far, size=out.shape[2:], mode="bilinear")
        return y, out


class PaperHead(nn.Module):
    """The reconstruction.

    Parameters
    ----------
    style, width, channels : int
        Of the codes, of the parts' generators, of their features (512, 64, 512 at full size).
    side, size_px : int
        Side of the maps and of the square of rays (64); of the picture (a power of two times `side`).
    """

    def __init__(
        self,
        *,
        style: int = 512,
        width: int = 64,
        channels: int = 512,
        side: int = 64,
        size_px: int = 512,
    ) -> None:
        super().__init__()
        self.style, self.side, self.size_px = style, side, size_px
        self.mapping = _mapping(style)
        self.parts = nn.ModuleList(
            _PartGenerator(width=width, style=style, channels=channels, side=side, base=k > 0)
            for k in range(_P)
        )
        scales = [16 * 2**i for i in range(int(math.log2(size_px // 16)) + 1)]
        wide = {s: max(16, min(channels, channels * 32 // s)) for s in scales}
        self.levels = nn.ModuleDict()
        before = channels
        for s in scales:
            extra = channels if s == side and s > 16 else 0
            self.levels[str(s)] = _Up(before + extra, wide[s], 3 + _P)
            before = wide[s]

    def codes(self, z: Tensor, mix: Tensor | None = None, chance: float = 0.3) -> Tensor:
        """Return W⁺ (N, 1 + 2 P, style): base, then shape and texture of each part; some from a second z."""
        count = 1 + 2 * _P
        w: Tensor = self.mapping(functional.normalize(z, dim=1) * math.sqrt(self.style))
        whole = w[:, None].expand(-1, count, -1)
        if mix is None:
            return whole
        other = self.mapping(functional.normalize(mix, dim=1) * math.sqrt(self.style))
        swap = torch.rand(len(z), count, 1, device=z.device) < 0.5
        swap &= torch.rand(len(z), 1, 1, device=z.device) < chance
        return torch.where(swap, other[:, None], whole)

    def maps(self, w: Tensor) -> tuple[Tensor, Tensor]:
        """Return depth and density logits (N, P, 2, S, S), features (N, P, C, S, S)."""
        made = [
            part(w[:, 0], w[:, 1 + 2 * k], w[:, 2 + 2 * k]) for k, part in enumerate(self.parts)
        ]
        solid = torch.stack([m[0] for m in made], 1)
        depth = solid[:, :, 0].tanh()
        face = depth[:, _FACE : _FACE + 1]
        own = torch.arange(_P, device=w.device).view(1, -1, 1, 1)
        # the ground has no depth of its own; every other part's is relative to the face's base
        placed = torch.where(
            own == 0, -1 + 0 * depth, torch.where(own == _FACE, depth, face + depth)
        )
        return torch.stack([placed, solid[:, :, 1]], 2), torch.stack([m[1] for m in made], 1)

    def render(
        self, maps: tuple[Tensor, Tensor], pose_deg: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return composed features (N, C, S, S), masks (N, P, S, S) and depth (N, 1, S, S), m."""
        solid, features = maps
        n, _, c, s, _ = features.shape
        origin, direction = rays(pose_deg, picture_grid(s, pose_deg.device).expand(n, s * s, 2))
        middle = origin.norm(dim=-1, keepdim=True)
        steps = torch.linspace(-1, 1, _SAMPLES, device=solid.device) * _BOX_M
        depth = (middle + steps).expand(n, s * s, _SAMPLES)
        points = (origin[:, :, None] + depth[..., None] * direction[:, :, None]) / _BOX_M
        place = torch.stack([points[..., 0], -points[..., 1]], -1)
        found = functional.grid_sample(
            solid.flatten(1, 2), place, "bilinear", "border", align_corners=False
        ).view(n, _P, 2, s * s, _SAMPLES)
        lift = (-_LIFT * (found[:, :, 0] - points[:, None, ..., 2]).square()).exp()
        density = functional.softplus(found[:, :, 1]) * lift * 20
        total = density.sum(1)
        optical = total * (2 / _SAMPLES)
        weight = (optical - optical.cumsum(-1)).exp() * (1 - (-optical).exp())
        share = density * (weight / (total + 1e-6))[:, None]
        masks = share.sum(-1)
        left = 1 - masks.sum(1, keepdim=True)
        masks = torch.cat([masks[:, :1] + left, masks[:, 1:]], 1)
        own = (share[..., None] * place[:, None]).sum(-2) / (share.sum(-1)[..., None] + 1e-6)
        looked = functional.grid_sample(
            features.flatten(0, 1),
            own.flatten(0, 1)[:, :, None],
            "bilinear",
            "border",
            align_corners=False,
        ).view(n, _P, c, s * s)
        composed = (looked * masks[:, :, None]).sum(1)
        seen = (weight * depth).sum(-1) / (weight.sum(-1) + 1e-6)
        return composed.view(n, c, s, s), masks.view(n, _P, s, s), seen.view(n, 1, s, s)

    def forward(self, w: Tensor, pose_deg: Tensor) -> dict[str, Tensor]:
        """Return photo, labels (logits of parts), masks, depth of codes W⁺ from cameras (N, 2), degrees."""
        features, masks, depth = self.render(self.maps(w), pose_deg)
        x = functional.adaptive_avg_pool2d(features, 16)
        out: Tensor | None = None
        for name, level in self.levels.items():
            size = int(name)
            if x.shape[-1] != size:
                x = functional.interpolate(x, scale_factor=2.0)
            if size == self.side and size > 16:
                x = torch.cat([x, features], 1)
            x, out = level(x, out)
        assert out is not None  # noqa: S101  (there is at least one level)
        coarse = functional.interpolate(masks, size=out.shape[2:], mode="bilinear")
        return {
            "photo": out[:, :3],
            "labels": out[:, 3:] + (coarse.clamp(min=0.0) + 1e-3).log(),
            "masks": masks,
            "depth": depth,
        }


class DualCritic(nn.Module):
    """SemanticStyleGAN's critic: one branch for the picture, one for the parts, summed at 4².

    Parameters
    ----------
    size_px : int
        Side of the picture.
    width : int
        Channels at 4²; finer scales have fewer.
    """

    def __init__(self, size_px: int = 512, width: int = 512) -> None:
        super().__init__()
        self.picture = self._branch(3, size_px, width)
        self.classes = self._branch(_P, size_px, width)
        self.last = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(width * 16, 1),
        )

    @staticmethod
    def _branch(channels: int, size: int, width: int) -> nn.Sequential:
        now = max(8, min(width, width * 32 // size))
        layers: list[nn.Module] = [nn.Conv2d(channels, now, 1), nn.LeakyReLU(0.2)]
        while size > 4:
            size //= 2
            after = max(8, min(width, width * 32 // size))
            layers += [
                nn.Conv2d(now, now, 3, 1, 1),
                nn.LeakyReLU(0.2),
                nn.Conv2d(now, after, 3, 2, 1),
                nn.LeakyReLU(0.2),
            ]
            now = after
        return nn.Sequential(*layers)

    def forward(self, photo: Tensor, classes: Tensor) -> Tensor:
        """Return scores (N,)."""
        score: Tensor = self.last(self.picture(photo) + self.classes(classes))
        return score[:, 0].float()
