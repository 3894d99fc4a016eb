"""SAGE's generator, stage I: a code and a camera → photograph, classes, depth and the features that they came from.

A mapping network makes frequencies and phases of a FiLM-SIREN field; sixteen samples a ray, one pass; the rendered
features are decoded into photograph and classes by convolutions whose channels take the code's statistics (AdaIN).
Stereo mixup: a second camera's features, warped into the first by depth, are mixed in while training, which ties the
decoders to the geometry. Only the camera differs: ours (`geometry.camera`), and the box that a head fills in it.

References
----------
SAGE, IJCAI 2023, arXiv 2305.02618; Chan et al., "pi-GAN", CVPR 2021; Zhang et al., "MVCGAN", CVPR 2022 (mixup).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.geometry.camera import DISTANCE_M
from limner.records import CLASSES
from limner.train.nets.head_chart import picture_grid, project, rays

__all__ = ["Decoder", "Film", "Mapping", "RadianceHead", "Rendered", "photometric"]

#: Half of the box that the field fills, m; samples along a ray.
_BOX_M, _SAMPLES = 0.14, 16


@dataclass(frozen=True, slots=True)
class Film:
    """What a code does to the field and the decoders.

    Parameters
    ----------
    frequency, phase : Tensor of shape (N, layers, width)
    style : Tensor of shape (N, width)
    """

    frequency: Tensor
    phase: Tensor
    style: Tensor

    def toward(self, mean: Film, psi: float) -> Film:
        """Return the code moved towards the average: truncation."""
        pairs = (
            (self.frequency, mean.frequency),
            (self.phase, mean.phase),
            (self.style, mean.style),
        )
        return Film(*(b + psi * (a - b) for a, b in pairs))


class Mapping(nn.Module):
    """Noise → frequencies, phases, style."""

    def __init__(self, code: int, width: int, layers: int) -> None:
        super().__init__()
        self.layers, self.width = layers, width
        self.body = nn.Sequential(
            *(m for k in range(3) for m in (nn.Linear(code if k == 0 else width, width), nn.LeakyReLU(0.2)))
        )  # fmt: skip
        self.last = nn.Linear(width, layers * width * 2)
        for module in self.body:
            if isinstance(module, nn.Linear):
                nn.init.kaiming_normal_(module.weight, a=0.2)
        nn.init.kaiming_normal_(self.last.weight, a=0.2)
        with torch.no_grad():
            self.last.weight *= 0.25

    def forward(self, z: Tensor) -> Film:
        """Return what the code (N, code) does."""
        style = self.body(z)
        both = self.last(style).view(len(z), 2, self.layers, self.width)
        return Film(both[:, 0], both[:, 1], style)


class _Siren(nn.Module):
    """One layer: sin((15 γ + 30) (W x + b) + β)."""

    def __init__(self, before: int, after: int, *, first: bool = False) -> None:
        super().__init__()
        self.linear = nn.Linear(before, after)
        reach = 1 / before if first else math.sqrt(6 / before) / 25
        nn.init.uniform_(self.linear.weight, -reach, reach)

    def forward(self, x: Tensor, frequency: Tensor, phase: Tensor) -> Tensor:
        """Return (N, P, after)."""
        return torch.sin((15 * frequency[:, None] + 30) * self.linear(x) + phase[:, None])


class _Field(nn.Module):
    """Points and directions → density, features, colour."""

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.shape = nn.ModuleList(
            _Siren(3 if k == 0 else width, width, first=k == 0) for k in range(layers - 1)
        )
        self.look = _Siren(width + 3, width)
        self.density, self.colour = nn.Linear(width, 1), nn.Linear(width, 3)

    def forward(self, points: Tensor, ahead: Tensor, film: Film) -> tuple[Tensor, Tensor, Tensor]:
        """Return density (N, P), features (N, P, C), colour (N, P, 3) 0 to 1."""
        x = points
        for k, layer in enumerate(self.shape):
            x = layer(x, film.frequency[:, k], film.phase[:, k])
        density = self.density(x)[..., 0]
        seen = torch.cat([ahead, x], -1)
        f = self.look(seen, film.frequency[:, -1], film.phase[:, -1])
        return density, f, self.colour(f).sigmoid()


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the field gives along the rays of one camera: (N, C, S, S) each.

    Parameters
    ----------
    features, colour, depth : Tensor
        Colour 0 to 1; depth in m.
    """

    features: Tensor
    colour: Tensor
    depth: Tensor

    def mixed(self, other: Rendered, share: Tensor) -> Rendered:
        """Return this with some of another camera's features, warped here already; share (N, 1, 1, 1)."""
        features = (1 - share) * self.features + share * other.features
        return Rendered(features, self.colour, self.depth)


class _AdaIn(nn.Module):
    """Channels normalised over the picture, then scaled and shifted by the style; the scale begins near nought."""

    def __init__(self, channels: int, style: int) -> None:
        super().__init__()
        self.linear = nn.Linear(style, 2 * channels)
        with torch.no_grad():
            self.linear.weight *= 0.25
        nn.init.zeros_(self.linear.bias)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Return (N, C, H, W)."""
        scale, shift = self.linear(style)[..., None, None].chunk(2, 1)
        middle = x.mean((2, 3), keepdim=True)
        spread = (x - middle).square().mean((2, 3), keepdim=True)
        out: Tensor = (x - middle) * (spread + 1e-8).rsqrt() * scale + shift
        return out


class _Equal(nn.Conv2d):
    """A 3 × 3 convolution of unit weights; its output, bias and all, is scaled."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__(before, after, 3, padding=1)
        nn.init.normal_(self.weight)
        nn.init.zeros_(self.bias)  # type: ignore[arg-type]
        self.rate = math.sqrt(2 / (before * 9))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, after, H, W)."""
        y: Tensor = super().forward(x)
        return y * self.rate


class _Level(nn.Module):
    def __init__(self, before: int, after: int, style: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList([_Equal(before, after), _Equal(after, after)])
        self.norms = nn.ModuleList([_AdaIn(after, style), _AdaIn(after, style)])

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = norm(functional.leaky_relu(conv(x), 0.2), style)
        return x


class Decoder(nn.Module):
    """Features of the rays → a picture of more pixels: photograph, or logits of classes.

    Parameters
    ----------
    width, channels, times : int
        Of the features; of the picture; how often the side doubles.
    """

    def __init__(self, width: int, channels: int, times: int) -> None:
        super().__init__()
        self.enter = _AdaIn(width, width)
        wide = [width, width, *(max(8, width // 2**k) for k in range(times))]
        self.levels = nn.ModuleList(_Level(a, b, width) for a, b in itertools.pairwise(wide))
        self.last = nn.Conv2d(wide[-1], channels, 1)

    def forward(self, features: Tensor, style: Tensor) -> Tensor:
        """Return (N, channels, S · 2^times, …), not bounded."""
        x = self.enter(functional.leaky_relu(features, 0.2), style)
        for k, level in enumerate(self.levels):
            x = level(functional.interpolate(x, scale_factor=2.0) if k else x, style)
        out: Tensor = self.last(x)
        return out


class RadianceHead(nn.Module):
    """The generator.

    Parameters
    ----------
    code, width, layers : int
        Of the noise; of all layers; FiLM layers of the field (256, 256, 9 as published).
    side, size_px : int
        Of the square of rays (64); of the picture, a power of two times `side` (256).
    """

    def __init__(
        self,
        *,
        code: int = 256,
        width: int = 256,
        layers: int = 9,
        side: int = 64,
        size_px: int = 256,
    ) -> None:
        super().__init__()
        self.code, self.side, self.size_px = code, side, size_px
        times = round(math.log2(size_px / side))
        self.mapping = Mapping(code, width, layers)
        self.field = _Field(width, layers)
        self.photo = Decoder(width, 3, times)
        self.classes = Decoder(width, len(CLASSES), times)

    def geometry(self) -> list[nn.Module]:
        """Return what stage II leaves as it is."""
        return [self.mapping, self.field]

    def render(
        self, film: Film, pose_deg: Tensor, *, jitter: bool = False, noise: float = 0.0
    ) -> Rendered:
        """Return what cameras (N, 2), degrees, see of the field.

        Parameters
        ----------
        film : Film
        pose_deg : Tensor of shape (N, 2)
        jitter : bool
            Shift each ray's samples by up to half a step, as training does.
        noise : float
            Standard deviation added to densities while the training is young.
        """
        n, s = len(pose_deg), self.side
        origin, ahead = rays(pose_deg, picture_grid(s, pose_deg.device).expand(n, s * s, 2))
        steps = (torch.arange(_SAMPLES, device=pose_deg.device) + 0.5) / _SAMPLES * 2 - 1
        depth = (DISTANCE_M + steps * _BOX_M).expand(n, s * s, _SAMPLES)
        if jitter:
            shift = torch.rand(n, s * s, 1, device=pose_deg.device) - 0.5
            depth = depth + shift * (2 * _BOX_M / _SAMPLES)
        points = origin[:, :, None] + depth[..., None] * ahead[:, :, None]
        flat = functional.normalize(ahead, dim=-1)[:, :, None].expand_as(points)
        density, features, colour = self.field(
            points.flatten(1, 2) / _BOX_M, flat.flatten(1, 2), film
        )
        density = density.view(n, s * s, _SAMPLES)
        if noise > 0:
            density = density + noise * torch.randn_like(density)
        # a density of one fills the box; the last sample takes all that is left
        optical = density.clamp(min=0) * (2 / _SAMPLES)
        optical = torch.cat([optical[..., :-1], optical[..., -1:] * 1e10], -1).clamp(max=80.0)
        weight = (optical - optical.cumsum(-1)).exp() * (1 - (-optical).exp())

        def summed(values: Tensor) -> Tensor:
            rows = values.view(n, s * s, _SAMPLES, -1)
            return (weight[..., None] * rows).sum(2).transpose(1, 2).reshape(n, -1, s, s)

        seen = (weight * depth).sum(-1) + (1 - weight.sum(-1)) * (DISTANCE_M + _BOX_M)
        return Rendered(summed(features), summed(colour), seen.view(n, 1, s, s))

    def warped(self, other: Rendered, pose_deg: tuple[Tensor, Tensor], depth: Tensor) -> Rendered:
        """Return a second camera's rendering as the first sees it, by the first one's depth (N, 1, S, S)."""
        first, second = pose_deg
        n, s = len(first), self.side
        origin, ahead = rays(first, picture_grid(s, depth.device).expand(n, s * s, 2))
        points = origin + depth.view(n, s * s, 1) * ahead
        where = project(points, second)[0].view(n, s, s, 2)

        def looked_up(x: Tensor) -> Tensor:
            return functional.grid_sample(x, where, "bilinear", "border", align_corners=False)

        return Rendered(looked_up(other.features), looked_up(other.colour), depth)

    def decode(self, seen: Rendered, film: Film) -> dict[str, Tensor]:
        """Return photo (−1 to 1, not bounded), labels (logits), depth and coarse colour of a rendering."""
        return {
            "photo": self.photo(seen.features, film.style),
            "labels": self.classes(seen.features, film.style),
            "depth": seen.depth,
            "features": seen.features,
            "coarse": seen.colour,
        }

    def forward(self, z: Tensor, pose_deg: Tensor) -> dict[str, Tensor]:
        """Return what cameras see of the heads of codes (N, code)."""
        film = self.mapping(z)
        return self.decode(self.render(film, pose_deg), film)


def photometric(one: Tensor, other: Tensor) -> Tensor:
    """Return 0.85 · structural + 0.15 · absolute difference of two renderings, (N, 3, S, S), 0 to 1."""
    means = [functional.avg_pool2d(x, 3, 1) for x in (one, other)]
    squares = [
        functional.avg_pool2d(a * b, 3, 1) for a, b in ((one, one), (other, other), (one, other))
    ]
    spread_a, spread_b = squares[0] - means[0] ** 2, squares[1] - means[1] ** 2
    both = squares[2] - means[0] * means[1]
    c1, c2 = 0.01**2, 0.03**2
    alike = (2 * means[0] * means[1] + c1) * (2 * both + c2)
    alike = alike / ((means[0] ** 2 + means[1] ** 2 + c1) * (spread_a + spread_b + c2))
    structure = ((1 - alike) / 2).clamp(0, 1).mean()
    return 0.85 * structure + 0.15 * (one - other).abs().mean()
