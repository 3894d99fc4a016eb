"""Teach what styles are compared with, one artist each: photographs and his drawings in → pix2pix, CycleGAN or AdaIN.

All see the crops that `style` sees. pix2pix is shown lines, classes and grey and the drawing that belongs to them;
CycleGAN and AdaIN see photographs and drawings that do not belong together, and only the photograph's grey.

References
----------
Isola et al., CVPR 2017 (L1 at 100, one patch critic); Zhu et al., ICCV 2017 (cycle at 10, identity at 5); Huang and
Belongie, ICCV 2017 (style at 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.train.data.drawings import STYLES, PairSampler, picture_of
from limner.train.data.style_sheets import build_shelf
from limner.train.loops._judged import fd_of_styles, fitted, people_of
from limner.train.loops.task import ExportSpec
from limner.train.losses.adversarial import MultiScaleCritic, critic_loss, maker_loss
from limner.train.nets.frozen import CHANNELS, open_frozen
from limner.train.nets.sketch_pix2pix import PlainNet
from limner.train.nets.style_rivals import AdaInDecoder, adain, moments
from limner.train.nets.stylist import LINES_CLASSES_GREY
from limner.train.nets.stylist_paper import PaperStylist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

    Turns = Iterator[tuple[str, Tensor, dict[str, float]]]

__all__ = ["AdaIn", "CycleGan", "Pix2Pix", "Rival", "Settings", "make"]

#: Channel of the grey photograph in `picture_of`.
_GREY = LINES_CLASSES_GREY - 1
#: Drawings whose statistics stand for the artist's hand when AdaIN draws test people.
_HAND = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    method : {"pix2pix", "cyclegan", "adain"}
        Which.
    style : str
        Whose drawings.
    size_px : int
        Side of a crop, at the drawings' own scale; a multiple of 64.
    width : int
        Channels of the generators' first level.
    depth, blocks : int
        Levels of pix2pix's U-Net; residual blocks of CycleGAN's generators.
    critic_width : int
        Of the patch critics.
    features : str
        AdaIN's frozen net (`limner.train.nets.frozen`); the published one is VGG19 to relu4_1.
    lines : {"flow", "learned"}
        Which lines pix2pix sees.
    labels, cache : str
        Folders of the classes of FS2K's photographs and of the arrays built.
    judged : int
        Drawings in a validation.
    """

    method: Literal["pix2pix", "cyclegan", "adain"] = "pix2pix"
    style: Literal["croquis", "hatch", "pencil"] = "croquis"
    size_px: int = 192
    width: int = 32
    depth: int = 6
    blocks: int = 6
    critic_width: int = 32
    features: str = "vgg"
    lines: Literal["flow", "learned"] = "learned"
    labels: str = "labels"
    cache: str = "runs/cache"
    judged: int = 120


def make(recipe: Recipe, data: Path) -> Rival:
    """Return the task."""
    settings = recipe.settings(Settings)
    kinds = {"pix2pix": Pix2Pix, "cyclegan": CycleGan, "adain": AdaIn}
    return kinds[settings.method](recipe, settings, data)


class Rival:
    """What the three have in common: sheets, judgement, a graph."""

    ships = "net"
    nets: nn.ModuleDict
    #: Does a drawing stand beside the photograph that it shows?
    paired = False

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        labels, cache, lines = data / settings.labels, Path(settings.cache), settings.lines
        self.sampler = PairSampler(
            build_shelf(data, labels, cache, "train", lines=lines),
            batch=recipe.batch,
            size_px=settings.size_px,
            free=0.0 if self.paired else 1.0,
            only=settings.style,
        )
        self.held_out = build_shelf(data, labels, cache, "test", lines=lines)
        self.nets = nn.ModuleDict(self._built())

    def _built(self) -> dict[str, nn.Module]:
        raise NotImplementedError

    def _drawn(self, net: nn.Module, picture: Tensor) -> Tensor:
        """Return the drawing, −1 to 1, of what `picture_of` gives."""
        raise NotImplementedError

    def losses(self, batch: dict[str, Tensor], step: int) -> Turns:
        """Yield the critics' turn where there are critics, then the maker's."""
        raise NotImplementedError

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return Adam for each side."""
        lr, betas = self.recipe.lr, (0.5, 0.999)
        sides: dict[str, list[nn.Parameter]] = {}
        for name, net in self.nets.items():
            side = "critics" if name.startswith("critic") else "net"
            sides.setdefault(side, []).extend(net.parameters())
        return {k: torch.optim.Adam(v, lr=lr, betas=betas) for k, v in sorted(sides.items())}

    def draw(self, ema: nn.Module, sheet: NDArray[np.uint8], style: int = 0) -> NDArray[np.uint8]:
        """Return one sheet's photograph drawn, (H, W) uint8; sides cut to multiples of 4."""
        del style
        h, w = (4 * (n // 4) for n in sheet.shape[:2])
        picture = torch.from_numpy(picture_of(sheet[:h, :w]))[None]
        picture = picture.to(next(ema.parameters()).device)
        # the U-Net wants multiples of 64; the edge goes on, as a sheet does
        room = 0, -w % 64, 0, -h % 64
        with torch.no_grad():
            out = self._drawn(ema, functional.pad(picture, room, mode="replicate"))
        grey = (out[0, 0, :h, :w].float().cpu().numpy() + 1) * 127.5
        return np.asarray(np.rint(grey), np.uint8)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return FD of the drawings of test people to the artist's train drawings."""
        return fd_of_styles(
            partial(self.draw, ema),
            self.held_out,
            self.sampler.sheets,
            self.settings.judged,
            self.settings.style,
        )

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return test people: photograph, drawing, the artist's own."""
        rows = []
        for i in people_of(STYLES.index(self.settings.style), self.held_out)[:60:10]:
            sheet = self.held_out.sheet(int(i))
            tiles = [sheet[..., 0], self.draw(ema, sheet), sheet[..., 1]]
            rows.append(np.concatenate([fitted(t) for t in tiles], 1))
        return np.repeat(np.concatenate(rows)[..., None], 3, 2)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; it is for comparison and never ships."""
        side = self.settings.size_px
        # Not an even picture: instance normalisation would divide by its spread of nothing, and blow up rounding.
        ramp = torch.linspace(0, 1, side).expand(1, LINES_CLASSES_GREY, side, side).contiguous()
        return ExportSpec(
            name=f"styles-{self.settings.method}",
            module=_Whole(self, ema),
            inputs={"picture": ramp},
            outputs=("drawing",),
            ranges={"picture": (0.0, 1.0), "drawing": (-1.0, 1.0)},
            tolerance=0.08,
            purpose=f"{self.settings.method}, {self.settings.style} from a photograph, for comparison.",
            limits="One style, one size: it is measured, not shipped.",
            data=(("FS2K: photographs and drawings", "LicenseRef-noncommercial-research"),),
        )


class _Whole(nn.Module):
    """A rival from picture to drawing, frozen parts and all."""

    def __init__(self, rival: Rival, net: nn.Module) -> None:
        super().__init__()
        self.net, self.rival = net, rival
        self.features = getattr(rival, "features", nn.Identity())

    def forward(self, picture: Tensor) -> Tensor:
        """Return the drawing."""
        return self.rival._drawn(self.net, picture)


class Pix2Pix(Rival):
    """A U-Net by L1 against one patch critic, taught by pairs."""

    paired = True

    def _built(self) -> dict[str, nn.Module]:
        s = self.settings
        critic = MultiScaleCritic(LINES_CLASSES_GREY, s.critic_width, scales=1, channels=1)
        return {"net": PlainNet(s.width, s.depth, LINES_CLASSES_GREY, 1), "critic": critic}

    def _drawn(self, net: nn.Module, picture: Tensor) -> Tensor:
        out: Tensor = net(picture)
        return out

    def losses(self, batch: dict[str, Tensor], step: int) -> Turns:
        """Yield the critic's turn, then the maker's."""
        del step
        picture, real = batch["picture"], batch["drawing"] * 2 - 1
        critic = self.nets["critic"]
        made = self.nets["net"](picture).float()
        yield _judged("critics", critic, real, made, picture)
        fooled = maker_loss([m[-1] for m in critic(made, picture)], kind="lsgan")
        l1 = functional.l1_loss(made, real)
        yield "net", fooled + 100 * l1, {"g": float(fooled.detach()), "l1": float(l1.detach())}


class CycleGan(Rival):
    """Two generators that undo each other, each against a critic of its own."""

    def _built(self) -> dict[str, nn.Module]:
        s = self.settings
        makers = {
            k: PaperStylist(s.width, halvings=2, blocks=s.blocks) for k in ("net", "net_back")
        }
        critics = {
            f"critic_{k}": MultiScaleCritic(0, s.critic_width, scales=1, channels=1)
            for k in ("drawing", "photo")
        }
        return {**makers, **critics}

    def _drawn(self, net: nn.Module, picture: Tensor) -> Tensor:
        out: Tensor = net(picture[:, _GREY:] * 2 - 1)
        return out

    def losses(self, batch: dict[str, Tensor], step: int) -> Turns:
        """Yield both critics' turn, then both makers'."""
        del step
        photo, drawing = batch["picture"][:, _GREY:] * 2 - 1, batch["drawing"] * 2 - 1
        there, back = self.nets["net"], self.nets["net_back"]
        of_drawing, of_photo = self.nets["critic_drawing"], self.nets["critic_photo"]
        drawn, pictured = there(photo).float(), back(drawing).float()
        first = _judged("critics", of_drawing, drawing, drawn)
        second = _judged("critics", of_photo, photo, pictured)
        yield (
            "critics",
            first[1] + second[1],
            {"d_drawing": first[2]["d"], "d_photo": second[2]["d"]},
        )
        fooled = torch.stack(
            [
                maker_loss([m[-1] for m in critic(made)], kind="lsgan")
                for critic, made in ((of_drawing, drawn), (of_photo, pictured))
            ]
        ).sum()
        l1 = functional.l1_loss
        cycle = l1(back(drawn).float(), photo) + l1(there(pictured).float(), drawing)
        same = l1(there(drawing).float(), drawing) + l1(back(photo).float(), photo)
        numbers = {"g": fooled, "cycle": cycle, "same": same}
        yield (
            "net",
            fooled + 10 * cycle + 5 * same,
            {k: float(v.detach()) for k, v in numbers.items()},
        )


class AdaIn(Rival):
    """A decoder of frozen features whose statistics are a drawing's."""

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        super().__init__(recipe, settings, data)
        self.features = open_frozen(settings.features)
        self._hand: list[tuple[Tensor, Tensor]] = []

    def _built(self) -> dict[str, nn.Module]:
        kind, halvings = ("vgg", 2) if self.settings.features == "vgg" else ("lite1", 4)
        return {"net": AdaInDecoder(CHANNELS[kind][-1], halvings)}

    def _maps(self, grey: Tensor) -> list[Tensor]:
        # an exporter follows every call, and must not meet one that moves weights
        if next(self.features.parameters()).device != grey.device:
            self.features.to(grey.device)
        maps: list[Tensor] = self.features(grey.expand(-1, 3, -1, -1))
        return maps

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs, the artist's statistics known before."""
        self._artist(next(ema.parameters()).device)
        return super().export(ema)

    def _drawn(self, net: nn.Module, picture: Tensor) -> Tensor:
        """Return the photograph in the mean statistics of some of the artist's drawings (sec. 7.2's interpolation)."""
        mean, spread = self._artist(picture.device)
        out: Tensor = net(adain(self._maps(picture[:, _GREY:] * 2 - 1)[-1], mean, spread))
        return out

    def _artist(self, device: torch.device) -> tuple[Tensor, Tensor]:
        if not self._hand:
            sheets = self.sampler.sheets
            own = self.sampler.of_style[STYLES.index(self.settings.style)][:_HAND]
            for i in own:
                drawing = np.ascontiguousarray(sheets.sheet(int(i))[..., 1]).astype(np.float32)
                one = torch.from_numpy(drawing / 127.5 - 1)[None, None].to(device)
                with torch.no_grad():
                    self._hand.append(moments(self._maps(one)[-1]))
        mean, spread = (torch.stack(part).mean(0) for part in zip(*self._hand, strict=True))
        return mean, spread

    def losses(self, batch: dict[str, Tensor], step: int) -> Turns:
        """Yield the decoder's turn: content against the target's features, moments against the drawing's."""
        del step
        photo, drawing = batch["picture"][:, _GREY:] * 2 - 1, batch["drawing"] * 2 - 1
        with torch.no_grad():
            wanted = [moments(m) for m in self._maps(drawing)]
            target = adain(self._maps(photo)[-1], *wanted[-1])
        maps = self._maps(self.nets["net"](target))
        content = functional.mse_loss(maps[-1].float(), target)
        parts = [
            functional.mse_loss(a, b)
            for made, real in zip(maps, wanted, strict=True)
            for a, b in zip(moments(made), real, strict=True)
        ]
        style = torch.stack(parts).sum()
        numbers = {"content": float(content.detach()), "style": float(style.detach())}
        yield "net", content + 10 * style, numbers


def _judged(
    turn: str, critic: nn.Module, real: Tensor, made: Tensor, beside: Tensor | None = None
) -> tuple[str, Tensor, dict[str, float]]:
    """Return a critic's turn by least squares."""
    seen, faked = critic(real, beside), critic(made.detach(), beside)
    loss = critic_loss([m[-1] for m in seen], [m[-1] for m in faked], kind="lsgan")
    return turn, loss, {"d": float(loss.detach())}
