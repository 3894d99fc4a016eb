"""Component embedding: five crops of a sketch in → a code each, and from codes the drawing again.

References
----------
Chen et al., "DeepFaceDrawing", SIGGRAPH 2020, §3.1: five auto-encoders, one a component. Here they stay convolutional
to the bottleneck, so that a code is a small map, and their codes lie in (−1, 1), so that a bank fits into int8.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from limner.sketches.parts import NAMES, WINDOWS

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LABEL_GROUPS", "PartDecoder", "PartEncoder", "Parts", "PartsGraph", "Residual", "crop"]

#: What the decoders also learn to tell apart, so that a code knows what its lines enclose.
LABEL_GROUPS: tuple[tuple[int, ...], ...] = (
    (0,),
    (1, 8, 9, 17),
    (2,),
    (3, 4, 5),
    (6, 7),
    (10,),
    (11, 12),
    (13, 14),
    (15, 16, 18),
)


class Residual(nn.Module):
    """Two 3 × 3 convolutions beside a shortcut; begins as the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, width, H, W)."""
        y = functional.leaky_relu(self.first(functional.leaky_relu(x, 0.2)), 0.2)
        out: Tensor = x + self.second(y)
        return out


class PartEncoder(nn.Module):
    """A component's crop → its code, sixteen times smaller, −1 to 1.

    Parameters
    ----------
    code : int
        Channels of the code.
    widths : tuple of int
        Channels after each halving.
    """

    def __init__(self, code: int, widths: tuple[int, ...] = (16, 32, 64, 96)) -> None:
        super().__init__()
        self.stages = nn.ModuleList()
        before = 1
        for width in widths:
            self.stages.append(nn.Conv2d(before, width, 4, 2, 1))
            before = width
        self.middle = Residual(before)
        self.code = nn.Conv2d(before, code, 1)

    def forward(self, ink: Tensor) -> Tensor:
        """Return (N, code, H / 16, W / 16); `ink` (N, 1, H, W), 0 paper to 1."""
        x = ink
        for stage in self.stages:
            x = functional.leaky_relu(stage(x), 0.2)
        code = self.code(self.middle(x))
        # of one size whatever was drawn: else all codes could run into tanh's flat ends and stand still there
        size = code.float().square().mean((1, 2, 3), keepdim=True).add(1e-4).rsqrt()
        return torch.tanh(code * size.to(code.dtype))


class PartDecoder(nn.Module):
    """A code → the component's drawing, and while learning which group of classes lies where.

    Parameters
    ----------
    code : int
        Channels of the code.
    widths : tuple of int
        Channels from the code outwards; one doubling between each two.
    """

    def __init__(self, code: int, widths: tuple[int, ...] = (96, 64, 48, 32, 16)) -> None:
        super().__init__()
        self.enter = nn.Conv2d(code, widths[0], 3, padding=1)
        self.middle = Residual(widths[0])
        self.stages = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1) for a, b in itertools.pairwise(widths)
        )
        self.ink = nn.Conv2d(widths[-1], 1, 3, padding=1)
        self.labels = nn.Conv2d(widths[-1], len(LABEL_GROUPS), 1)

    def _body(self, code: Tensor) -> Tensor:
        x = self.middle(self.enter(code))
        for stage in self.stages:
            x = functional.interpolate(
                functional.leaky_relu(x, 0.2), scale_factor=2.0, mode="nearest"
            )
            x = stage(x)
        return functional.leaky_relu(x, 0.2)

    def forward(self, code: Tensor) -> Tensor:
        """Return the logit of ink, (N, 1, H, W)."""
        out: Tensor = self.ink(self._body(code))
        return out

    def with_labels(self, code: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of ink and of `LABEL_GROUPS`."""
        x = self._body(code)
        return self.ink(x), self.labels(x)


#: Module names can't hold hyphens.
def _key(name: str) -> str:
    return name.replace("-", "_")


class Parts(nn.Module):
    """The five auto-encoders.

    Notes
    -----
    The remainder is decoded at half its size, 128 px: a shadow is soft, and it is the largest window by far.
    """

    #: Parameters that only learn, and that no exported graph holds.
    spare = ("labels",)

    def __init__(self) -> None:
        super().__init__()
        self.encoders = nn.ModuleDict()
        self.decoders = nn.ModuleDict()
        for name, window in WINDOWS.items():
            code = window.latent[0]
            self.encoders[_key(name)] = PartEncoder(code)
            widths = (96, 64, 32, 16) if name == "rest" else (96, 64, 48, 32, 16)
            self.decoders[_key(name)] = PartDecoder(code, widths)

    def encode(self, ink: Tensor) -> dict[str, Tensor]:
        """Return every component's code of whole sketches (N, 1, 256, 256)."""
        return {n: self.encoders[_key(n)](crop(ink, n)) for n in NAMES}

    def encode_part(self, name: str, ink: Tensor) -> Tensor:
        """Return the code of one component's crop."""
        code: Tensor = self.encoders[_key(name)](ink)
        return code

    def decode_part(self, name: str, code: Tensor) -> Tensor:
        """Return the logit of one component's ink."""
        ink: Tensor = self.decoders[_key(name)](code)
        return ink

    def decode_labels(self, name: str, code: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of ink and of groups of classes."""
        decoder = self.decoders[_key(name)]
        assert isinstance(decoder, PartDecoder)  # noqa: S101
        return decoder.with_labels(code)

    def forward(self, ink: Tensor) -> list[Tensor]:
        """Return the codes of whole sketches, in the order of the components."""
        return list(self.encode(ink).values())


class PartsGraph(nn.Module):
    """What ships: five crops and five codes in → five codes and five drawings, each with a batch of its own.

    What is not wanted is given with a batch of none and costs nothing.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.parts = parts

    def forward(  # noqa: PLR0913  (an exporter wants every input by name)
        self,
        rest_ink: Tensor,
        mouth_ink: Tensor,
        nose_ink: Tensor,
        right_ink: Tensor,
        left_ink: Tensor,
        rest_code: Tensor,
        mouth_code: Tensor,
        nose_code: Tensor,
        right_code: Tensor,
        left_code: Tensor,
    ) -> tuple[Tensor, ...]:
        """Return codes of the five crops, ink (0–1) of the five codes, in the order of the components."""
        crops = (rest_ink, mouth_ink, nose_ink, right_ink, left_ink)
        codes = (rest_code, mouth_code, nose_code, right_code, left_code)
        coded = [self.parts.encode_part(n, x) for n, x in zip(NAMES, crops, strict=True)]
        drawn = [
            torch.sigmoid(self.parts.decode_part(n, x)) for n, x in zip(NAMES, codes, strict=True)
        ]
        return (*coded, *drawn)


def crop(picture: Tensor, name: str) -> Tensor:
    """Return a component's window of (N, C, S, S), S a multiple of 128; the remainder has the others blank."""
    size = picture.shape[-1]
    if name == "rest":
        rest = picture.clone()
        for other in NAMES[1:]:
            x, y, side = WINDOWS[other].at(size)
            rest[..., y : y + side, x : x + side] = 0
        return rest
    x, y, side = WINDOWS[name].at(size)
    return picture[..., y : y + side, x : x + side]
