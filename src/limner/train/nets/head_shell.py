"""Encoder, part field and decoder as one network: a photograph and cameras in → views.

`EncoderGraph`, `FieldGraph`, `RendererGraph` and `SamplerGraph` are its four pieces as they are exported: once a
photograph, once a head (and once an edit), once a view, once a seed.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from limner.train.nets.head_chart import PARTS, SIDE, picture_grid
from limner.train.nets.head_decoders import Decoded, HeadDecoder
from limner.train.nets.head_encoder import HeadEncoder
from limner.train.nets.head_field import Codes, PartField
from limner.train.nets.head_render import Maps, Rendered

__all__ = [
    "RAYS",
    "EncoderGraph",
    "FieldGraph",
    "HeadShell",
    "RendererGraph",
    "Sampler",
    "SamplerGraph",
]

#: Rays along each side of a view; the decoder makes four pixels of each.
RAYS = 64


class Sampler(nn.Module):
    """Normal numbers in → codes of a random head.

    The main part is linear, from the principal axes of real people's codes (`set_people`); a small network bends it.

    Parameters
    ----------
    base, codes : int
        Sizes as in `PartField`.
    seeds : int
        Normal numbers that decide a head.
    """

    def __init__(self, *, base: int = 64, codes: int = 48, seeds: int = 128) -> None:
        super().__init__()
        self.base, self.codes, self.seeds = base, codes, seeds
        total = base + len(PARTS) * codes
        self.register_buffer("mean", torch.zeros(total))
        self.axes = nn.Parameter(torch.randn(seeds, total) * 0.1)
        self.bend = nn.Sequential(
            nn.Linear(seeds, 256), nn.SiLU(), nn.Linear(256, 256), nn.SiLU(), nn.Linear(256, total)
        )
        last = self.bend[-1]
        assert isinstance(last, nn.Linear)  # noqa: S101
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    @torch.no_grad()
    def set_people(self, codes: Tensor) -> None:
        """Begin from the mean and the principal axes of people's codes, (N, base + parts · codes)."""
        self.mean.copy_(codes.mean(0))  # type: ignore[operator]
        centred = (codes - codes.mean(0)).double()
        values, vectors = torch.linalg.eigh(centred.t() @ centred / len(codes))
        order = values.argsort(descending=True)[: self.seeds]
        axes = vectors[:, order].t() * values[order].clamp(min=0.0).sqrt()[:, None]
        self.axes.zero_()
        self.axes[: len(order)].copy_(axes)

    def forward(self, seeds: Tensor) -> tuple[Tensor, Tensor]:
        """Return base codes (N, B) and part codes (N, P, K) of normal numbers (N, seeds)."""
        mean: Tensor = self.mean  # type: ignore[assignment]
        whole = mean + seeds @ self.axes + self.bend(seeds)
        return whole[:, : self.base], whole[:, self.base :].view(-1, len(PARTS), self.codes)


class HeadShell(nn.Module):
    """All of a head but the refiner.

    Parameters
    ----------
    encoder_width, field_width, decoder_width, channels : int
        Sizes of the pieces.
    base, codes, residual : int
        Sizes of the codes.
    """

    def __init__(
        self,
        *,
        encoder_width: int = 32,
        field_width: int = 32,
        decoder_width: int = 64,
        channels: int = 24,
        base: int = 64,
        codes: int = 48,
        residual: int = 24,
    ) -> None:
        super().__init__()
        self.encoder = HeadEncoder(width=encoder_width, base=base, codes=codes, residual=residual)
        self.field = PartField(
            width=field_width, channels=channels, base=base, codes=codes, residual=residual
        )
        self.decoder = HeadDecoder(channels, decoder_width)
        self.sampler = Sampler(base=base, codes=codes)

    def encode(self, photo: Tensor, shares: Tensor, pose_deg: Tensor) -> Codes:
        """Return the codes of photographs (N, 3, 256, 256), −1 to 1, with shares (N, 19, 128, 128)."""
        template: Tensor = self.field.template  # type: ignore[assignment]
        codes: Codes = self.encoder(photo, shares, pose_deg, template[:, 0])
        return codes

    def sample(self, seeds: Tensor) -> Codes:
        """Return the codes of random heads from normal numbers (N, 128)."""
        base, parts = self.sampler(seeds)
        size = self.field.sizes["residual"]
        none = base.new_zeros(1, 1, 1, 1, 1).expand(len(base), len(PARTS), size, SIDE, SIDE)
        return Codes(base, parts, none)

    def view(
        self, maps: Maps, pose_deg: Tensor, where: Tensor | None = None
    ) -> tuple[Rendered, Decoded]:
        """Return what a square of rays (N, R, 2) meets, and the view; the whole picture without `where`."""
        if where is None:
            grid = picture_grid(RAYS, pose_deg.device)
            where = grid.expand(pose_deg.shape[0], *grid.shape)
        side = round(where.shape[1] ** 0.5)
        rendered = self.field.render(maps, pose_deg, where)
        depth = rendered.depth.view(-1, 1, side, side)
        return rendered, self.decoder(rendered.stacked(side), depth)


class EncoderGraph(nn.Module):
    """photo, shares, pose → base, parts, residual."""

    #: Of the shell, but in the other graphs.
    spare = ("shell.field.", "shell.decoder.", "shell.sampler.")

    def __init__(self, shell: HeadShell) -> None:
        super().__init__()
        self.shell = shell

    @property
    def norms(self) -> tuple[str, ...]:
        """Scales and shifts of the encoder's norms in the order of use: a graph keeps them without their names."""
        encoder = self.shell.encoder
        stages = (encoder.top, *encoder.down, *reversed(encoder.up))
        theirs = {p: n for n, p in self.named_parameters()}
        found = [m for stage in stages for m in stage.modules() if isinstance(m, nn.GroupNorm)]
        return tuple(theirs[p] for m in found for p in (m.weight, m.bias))

    def forward(self, photo: Tensor, shares: Tensor, pose_deg: Tensor) -> tuple[Tensor, ...]:
        """Return the codes' three tensors."""
        codes = self.shell.encode(photo, shares, pose_deg)
        return codes.base, codes.parts, codes.residual


class FieldGraph(nn.Module):
    """base, parts, residual → radius, density, features."""

    def __init__(self, shell: HeadShell) -> None:
        super().__init__()
        self.field = shell.field

    def forward(self, base: Tensor, parts: Tensor, residual: Tensor) -> tuple[Tensor, ...]:
        """Return the maps' three tensors."""
        maps = self.field.maps(Codes(base, parts, residual))
        return maps.radius, maps.density, maps.features


class RendererGraph(nn.Module):
    """radius, density, features, pose → photo, labels, alpha, depth, masks, rendered features."""

    def __init__(self, shell: HeadShell) -> None:
        super().__init__()
        self.shell = nn.ModuleDict({"decoder": shell.decoder})
        self.renderer = shell.field.renderer
        self.register_buffer("grid", picture_grid(RAYS)[None], persistent=False)

    def forward(
        self, radius: Tensor, density: Tensor, features: Tensor, pose_deg: Tensor
    ) -> tuple[Tensor, ...]:
        """Return photo (−1 to 1), class shares, alpha (0 to 1), depth (m), part masks and features of one view."""
        rendered = self.renderer(Maps(radius, density, features), pose_deg, self.grid)
        depth = rendered.depth.view(-1, 1, RAYS, RAYS)
        seen = self.shell["decoder"](rendered.stacked(RAYS), depth)
        masks = rendered.masks.view(1, -1, RAYS, RAYS)
        return (
            seen.photo,
            seen.labels.softmax(1),
            seen.alpha.sigmoid(),
            seen.depth,
            masks,
            rendered.features.view(1, -1, RAYS, RAYS),
        )


class SamplerGraph(nn.Module):
    """seeds → base, parts."""

    def __init__(self, shell: HeadShell) -> None:
        super().__init__()
        self.sampler = shell.sampler

    def forward(self, seeds: Tensor) -> tuple[Tensor, Tensor]:
        """Return the codes of a random head."""
        base, parts = self.sampler(seeds)
        return base, parts
