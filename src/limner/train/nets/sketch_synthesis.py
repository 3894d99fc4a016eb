"""Feature mapping and image synthesis: five codes, trusted ink and a palette in → a class map and a photograph.

References
----------
Chen et al., "DeepFaceDrawing", SIGGRAPH 2020, §3.2–3.3 (32-channel maps merged by depth); Park et al., "SPADE",
CVPR 2019. Added here: the mapping also says what lies where, a palette paints those classes, and the ink itself comes
in as far as the user trusts it, so that at full confidence the photograph follows the pen and not only the code.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from limner.sketches.parts import NAMES, WINDOWS, soft_window
from limner.train.nets.sketch_parts import Residual

if TYPE_CHECKING:
    from torch import Tensor

__all__ = [
    "CLASSES",
    "Detail",
    "FeatureDecoder",
    "Made",
    "Mapping",
    "Painter",
    "Synthesis",
    "paint",
]

CLASSES = 19
_MAP = 32
_CONDITION = CLASSES + 3 + 2 + 2

#: Which of the palette's five colours each class takes: skin, hair, lips, clothes, ground.
_COLOR_OF = (4, 0, 0, 3, 0, 0, 1, 1, 0, 0, 2, 2, 2, 1, 3, 3, 3, 0, 3)


@dataclass(frozen=True, slots=True)
class Made:
    """What the synthesis returns.

    Parameters
    ----------
    photo : Tensor of shape (N, 3, S, S)
        −1 to 1, S 128 or 256.
    half : Tensor of shape (N, 3, 128, 128)
        The same before the last stage.
    logits : Tensor of shape (N, 19, 128, 128)
        Of the classes.
    features : Tensor of shape (N, C, 256, 256), or of shape (N, C, 128, 128)
        What the detail stage goes on from.
    """

    photo: Tensor
    half: Tensor
    logits: Tensor
    features: Tensor


class FeatureDecoder(nn.Module):
    """A component's code → its feature map at half the window's size on 256 px."""

    def __init__(self, code: int, widths: tuple[int, ...] = (96, 64, 48, 32)) -> None:
        super().__init__()
        self.enter = nn.Conv2d(code, widths[0], 3, padding=1)
        self.middle = Residual(widths[0])
        self.stages = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1) for a, b in itertools.pairwise(widths)
        )
        self.leave = nn.Conv2d(widths[-1], _MAP, 3, padding=1)

    def forward(self, code: Tensor) -> Tensor:
        """Return (N, 32, side / 2, side / 2)."""
        x = self.middle(self.enter(code))
        for stage in self.stages:
            x = functional.interpolate(
                functional.leaky_relu(x, 0.2), scale_factor=2.0, mode="nearest"
            )
            x = stage(x)
        out: Tensor = self.leave(functional.leaky_relu(x, 0.2))
        return out


class Mapping(nn.Module):
    """Codes → one 32-channel map of 128 px, eyes over nose over mouth over the rest, rims soft."""

    def __init__(self) -> None:
        super().__init__()
        self.decoders = nn.ModuleDict(
            {n.replace("-", "_"): FeatureDecoder(w.latent[0]) for n, w in WINDOWS.items()}
        )
        for name in NAMES[1:]:
            x, y, side = WINDOWS[name].at(128)
            alpha = torch.zeros(1, 1, 128, 128)
            alpha[..., y : y + side, x : x + side] = torch.from_numpy(soft_window(name, 128, 4.0))
            self.register_buffer(f"alpha_{name.replace('-', '_')}", alpha, persistent=False)

    def forward(self, codes: dict[str, Tensor]) -> Tensor:
        """Return (N, 32, 128, 128)."""
        canvas: Tensor = self.decoders["rest"](codes["rest"])
        for name in NAMES[1:]:
            key = name.replace("-", "_")
            x, y, side = WINDOWS[name].at(128)
            part = self.decoders[key](codes[name])
            part = functional.pad(part, (x, 128 - x - side, y, 128 - y - side))
            alpha: Tensor = getattr(self, f"alpha_{key}")
            canvas = canvas * (1 - alpha) + part * alpha
        return canvas


def paint(classes: Tensor, palette: Tensor) -> Tensor:
    """Return classes in the palette's colours.

    Parameters
    ----------
    classes : Tensor of shape (N, 19, H, W)
        Shares that sum to 1.
    palette : Tensor of shape (N, 17)
        Codes of palettes.

    Returns
    -------
    Tensor of shape (N, 3, H, W)
        −1 to 1.
    """
    colors = palette[:, :15].reshape(-1, 5, 3)[:, list(_COLOR_OF)].to(classes.dtype)
    return torch.einsum("nkhw,nkc->nchw", classes, colors)


class _Condition(nn.Module):
    """What is where and in which colour, at one scale → features that steer the modulation."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.see = nn.Conv2d(_CONDITION, width, 3, padding=1)
        self.palette = nn.Linear(17, width)

    def forward(self, condition: Tensor, palette: Tensor) -> Tensor:
        x: Tensor = self.see(condition) + self.palette(palette)[:, :, None, None]
        return functional.relu(x)


class _Modulated(nn.Module):
    """Instance norm whose scale and shift depend on the place (SPADE), then grain, then LeakyReLU."""

    def __init__(self, width: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.InstanceNorm2d(width)
        self.scale = nn.Conv2d(condition, width, 1)
        self.shift = nn.Conv2d(condition, width, 1)
        self.grain = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor, condition: Tensor, grain: Tensor) -> Tensor:
        y = self.norm(x) * (1 + self.scale(condition)) + self.shift(condition)
        # in the picture's own precision: a sum with 32 bits would carry them through all that follows
        laid = (grain * self.grain[None, :, None, None]).to(y.dtype)
        return functional.leaky_relu(y + laid, 0.2)


class _Block(nn.Module):
    """A residual block of modulated convolutions."""

    def __init__(self, before: int, after: int, condition: int) -> None:
        super().__init__()
        self.first = _Modulated(before, condition)
        self.one = nn.Conv2d(before, after, 3, padding=1)
        self.second = _Modulated(after, condition)
        self.two = nn.Conv2d(after, after, 3, padding=1)
        self.short = nn.Conv2d(before, after, 1) if before != after else nn.Identity()

    def forward(self, x: Tensor, condition: Tensor, grain: Tensor) -> Tensor:
        y = self.one(self.first(x, condition, grain))
        y = self.two(self.second(y, condition, grain))
        out: Tensor = (self.short(x) + y) * 0.7071
        return out


class _Classes(nn.Module):
    """The encoder's maps → logits of the 19 classes at 128 px."""

    def __init__(self, widths: tuple[int, int, int, int]) -> None:
        super().__init__()
        a, b, c, d = widths
        self.third = nn.Conv2d(d + c, 96, 3, padding=1)
        self.second = nn.Conv2d(96 + b, 48, 3, padding=1)
        self.first = nn.Conv2d(48 + a, 32, 3, padding=1)
        self.logits = nn.Conv2d(32, CLASSES, 1)

    def forward(self, maps: list[Tensor]) -> Tensor:
        a, b, c, x = maps
        for skip, layer in ((c, self.third), (b, self.second), (a, self.first)):
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = functional.leaky_relu(layer(torch.cat([x, skip], 1)), 0.2)
        out: Tensor = self.logits(x)
        return out


class Painter(nn.Module):
    """A first map of 128 px, classes, ink, a palette, grain → a photograph.

    Parameters
    ----------
    widths : tuple of int
        Channels at 128, 64, 32 and 16 px.
    last : int
        Channels at 256 px.
    """

    def __init__(
        self, widths: tuple[int, int, int, int] = (48, 96, 160, 224), last: int = 24
    ) -> None:
        super().__init__()
        a, b, c, d = widths
        self.down = nn.ModuleList(nn.Conv2d(u, v, 3, 2, 1) for u, v in ((a, b), (b, c), (c, d)))
        self.deep = nn.ModuleList([Residual(b), Residual(c), Residual(d)])
        self.conditions = nn.ModuleList(_Condition(w) for w in (24, 32, 48, 48, 48))
        self.blocks = nn.ModuleList(
            [
                _Block(d, d, 48),
                _Block(2 * c, c, 48),
                _Block(2 * b, b, 48),
                _Block(2 * a, a, 32),
                _Block(a, a, 32),
            ]
        )
        self.narrow = nn.ModuleList(nn.Conv2d(v, u, 1) for u, v in ((a, b), (b, c), (c, d)))
        self.rgb = nn.Conv2d(a, 3, 1)
        self.thin = nn.Conv2d(a, last, 3, padding=1)
        self.last = _Modulated(last, 24)
        self.finish = nn.Conv2d(last, last, 3, padding=1)
        self.rgb_last = nn.Conv2d(last, 3, 3, padding=1)
        nn.init.normal_(self.rgb.weight, std=0.02)
        # untaught, the last stage only enlarges
        nn.init.zeros_(self.rgb_last.weight)
        for head in (self.rgb, self.rgb_last):
            nn.init.zeros_(head.bias)  # type: ignore[arg-type]

    def deepened(self, first: Tensor) -> list[Tensor]:
        """Return the first map and those at 64, 32 and 16 px."""
        maps = [first]
        for down, deep in zip(self.down, self.deep, strict=True):
            maps.append(deep(down(functional.leaky_relu(maps[-1], 0.2))))
        return maps

    def painted(
        self,
        maps: list[Tensor],
        known: tuple[Tensor, Tensor],
        palette: Tensor,
        grain: Tensor,
        *,
        full: bool = True,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the photograph, the same before the last stage, and the features: classes and ink are known."""
        classes, ink = known
        base = paint(classes, palette)
        condition = self._condition(classes, base, ink, palette)
        x = self._body(maps, condition, palette, grain)
        half = base + self.rgb(functional.leaky_relu(x, 0.2))
        if not full:
            return half, half, x
        x, photo = self._finish(x, half, known, palette, grain)
        return photo, half, x

    def _condition(self, classes: Tensor, base: Tensor, ink: Tensor, palette: Tensor) -> Tensor:
        light = palette[:, 15:, None, None].expand(-1, -1, *classes.shape[2:]).to(classes.dtype)
        small = functional.avg_pool2d(ink, ink.shape[-1] // classes.shape[-1])
        return torch.cat([classes, base, light, small.to(classes.dtype)], 1)

    def _body(
        self, maps: list[Tensor], condition: Tensor, palette: Tensor, grain: Tensor
    ) -> Tensor:
        """Paint from 16 to 128 px."""
        seen, grains = [], []
        for level in range(4):
            seen.append(self.conditions[level + 1](condition, palette))
            # averaging two by two halves the deviation of noise
            grain = functional.avg_pool2d(grain, 2) * 2
            grains.append(grain)
            condition = functional.avg_pool2d(condition, 2)
        x = self.blocks[0](maps[3], seen[3], grains[3])
        for level in (2, 1, 0):
            # narrowed before it grows: a quarter of the work
            x = functional.interpolate(self.narrow[level](x), scale_factor=2.0, mode="nearest")
            x = self.blocks[3 - level](torch.cat([x, maps[level]], 1), seen[level], grains[level])
        out: Tensor = self.blocks[4](x, seen[0], grains[0])
        return out

    def _finish(
        self, x: Tensor, half: Tensor, known: tuple[Tensor, Tensor], palette: Tensor, grain: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Go from 128 to 256 px; the ink comes in once more, at its own size."""
        classes = functional.interpolate(known[0], scale_factor=2.0, mode="bilinear")
        condition = self._condition(classes, paint(classes, palette), known[1], palette)
        seen = self.conditions[0](condition, palette)
        x = self.thin(functional.leaky_relu(x, 0.2))
        y = functional.interpolate(x, scale_factor=2.0, mode="nearest")
        y = y + self.finish(self.last(y, seen, grain))
        photo = functional.interpolate(half, scale_factor=2.0, mode="bilinear")
        return y, photo + self.rgb_last(functional.leaky_relu(y, 0.2))


class Synthesis(Painter):
    """Codes, ink, gate, palette, grain → photograph and class map; the parameters are the painter's."""

    def __init__(
        self, widths: tuple[int, int, int, int] = (48, 96, 160, 224), last: int = 24
    ) -> None:
        super().__init__(widths, last)
        self.mapping = Mapping()
        self.ink = nn.Conv2d(2, 16, 4, 2, 1)
        self.enter = nn.Conv2d(_MAP + 16, widths[0], 3, padding=1)
        self.classes = _Classes(widths)

    def forward(
        self,
        codes: dict[str, Tensor],
        ink: Tensor,
        palette: Tensor,
        grain: Tensor,
        *,
        told: tuple[Tensor, Tensor] | None = None,
        full: bool = True,
    ) -> Made:
        """Return a photograph.

        Parameters
        ----------
        codes : dict of str to Tensor
            Component → (N, C, h, w), −1 to 1.
        ink : Tensor of shape (N, 2, 256, 256)
            Ink times trust, and trust; both 0 to 1.
        palette : Tensor of shape (N, 17)
            Codes of palettes.
        grain : Tensor of shape (N, 1, 256, 256)
            Normal noise: hair, pores, everything that a sketch does not say.
        told : tuple of Tensor, optional
            While learning: true classes (N, 19, 128, 128) and for which pictures (N,) they replace the guess.
        full : bool
            False stops at 128 px, for cheap first hours.
        """
        maps = self.deepened(self.enter(torch.cat([self.mapping(codes), self.ink(ink)], 1)))
        logits = self.classes(maps)
        classes = functional.softmax(logits.float(), 1).to(logits.dtype)
        if told is not None:
            which = told[1][:, None, None, None].to(classes.dtype)
            classes = told[0].to(classes.dtype) * which + classes * (1 - which)
        photo, half, x = self.painted(maps, (classes, ink), palette, grain, full=full)
        return Made(photo, half, logits, x)


class Detail(nn.Module):
    """The last stage: 256 px features and photograph, the ink at 512 px, grain → 512 px.

    Parameters
    ----------
    before : int
        Channels of the features.
    width : int
        Channels at 512 px.
    """

    def __init__(self, before: int = 24, width: int = 16) -> None:
        super().__init__()
        self.enter = nn.Conv2d(before + 3, 48, 3, padding=1)
        self.deep = Residual(48)
        self.grow = nn.Conv2d(48, 4 * width, 3, padding=1)
        self.ink = nn.Conv2d(3, width, 3, padding=1)
        self.blend = nn.Conv2d(width, width, 3, padding=1)
        self.rgb = nn.Conv2d(width, 3, 3, padding=1)
        nn.init.normal_(self.rgb.weight, std=0.02)
        nn.init.zeros_(self.rgb.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor, photo: Tensor, ink: Tensor, grain: Tensor) -> Tensor:
        """Return (N, 3, 2 H, 2 W), −1 to 1.

        Parameters
        ----------
        features, photo : Tensor of shape (N, 24, H, W) and (N, 3, H, W)
            From `Synthesis`.
        ink : Tensor of shape (N, 2, 2 H, 2 W)
            Ink times trust, and trust.
        grain : Tensor of shape (N, 1, 2 H, 2 W)
            Normal noise.
        """
        x = functional.leaky_relu(self.enter(torch.cat([features, photo], 1)), 0.2)
        x = functional.pixel_shuffle(self.grow(self.deep(x)), 2)
        x = functional.leaky_relu(x + self.ink(torch.cat([ink, grain], 1)), 0.2)
        x = x + self.blend(x)
        base = functional.interpolate(photo, scale_factor=2.0, mode="bilinear")
        out: Tensor = base + self.rgb(functional.leaky_relu(x, 0.2))
        return out
