"""Teach SAGE's stage II: a frozen field, and photographs with drawings of them in → heads that are drawn as they turn.

The geometry of stage I stays; decoders and translator learn. Pairs synthesised by `styles` hold the translator to what
its style is (without them it collapses); critics of the drawing and of the classes hold random heads to both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.records import CLASSES
from limner.train.data.heads import build_real
from limner.train.data.view_drawings import DrawnPhotographs, build_drawings
from limner.train.loops import head_radiance
from limner.train.loops.head_radiance import load_head, shares_of
from limner.train.loops.task import ExportSpec
from limner.train.nets.head_critic import HeadCritic, logistic_critic, logistic_maker, r1
from limner.train.nets.radiance import RadianceHead
from limner.train.nets.translator import Translator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["Settings", "ViewDrawTask", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    field : str
        A run of head-radiance; "" begins with an untaught field, which is good for trying only.
    styles : tuple of str
        What to draw in, in the order of the translator's style input.
    people : int
        Photographs that are drawn for the pairs.
    size_px : int
        Of drawings; the field's own, where one is given.
    width, hidden, spade : int, int, bool
        Of the translator; `spade` off is the ablation.
    critic_width : int
        Channels of the critics at full size.
    pairs, opinion, classes : float
        Weights of the pairs' difference, and of the critics' opinions. `pairs` 0 is the ablation.
    r1, r1_every : float, int
        Gradient penalty, and how often it is taken.
    frozen : bool
        Leave the geometry as stage I made it; off is the single-stage ablation.
    cache : str
        Folder of the arrays built from the packs.
    """

    field: str = ""
    styles: tuple[str, ...] = ("croquis", "hatch", "pencil")
    people: int = 600
    size_px: int = 128
    width: int = 16
    hidden: int = 32
    spade: bool = True
    critic_width: int = 24
    pairs: float = 10.0
    opinion: float = 1.0
    classes: float = 1.0
    r1: float = 0.2
    r1_every: int = 4
    frozen: bool = True
    cache: str = "runs/cache"


def make(recipe: Recipe, data: Path) -> ViewDrawTask:
    """Return the task."""
    return ViewDrawTask(recipe, recipe.settings(Settings), data)


class ViewDrawTask:
    """Decoders and translator over a frozen field."""

    ships = "translator"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings, self.data = recipe, settings, data
        s, cache = settings, Path(settings.cache)
        views = build_real(data, cache, "train")
        drawn = build_drawings(views, s.people, s.styles, cache, source=data / "celeba.csv")
        self.sampler = DrawnPhotographs(views, drawn, recipe.batch)
        head = _field(s)
        if s.frozen:
            for module in head.geometry():
                module.requires_grad_(requires_grad=False)
        kinds = len(s.styles)
        self.nets = nn.ModuleDict(
            {
                "head": head,
                "translator": Translator(kinds, width=s.width, hidden=s.hidden, spade=s.spade),
                "picture": HeadCritic(1 + kinds, head.size_px, s.critic_width),
                "classes": HeadCritic(len(CLASSES), head.size_px, s.critic_width),
            }
        )

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return one for decoders and translator, one for the critics, three times as quick."""
        lr = self.recipe.lr
        mine, theirs = (
            [p for k in names for p in self.nets[k].parameters() if p.requires_grad]
            for names in (("head", "translator"), ("picture", "classes"))
        )
        return {
            "makers": torch.optim.Adam(mine, lr, betas=(0.0, 0.9)),
            "critics": torch.optim.Adam(theirs, lr * 3.3, betas=(0.0, 0.9)),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the makers' turn, then the critics'."""
        s = self.settings
        side = self._head().size_px
        photo = functional.adaptive_avg_pool2d(batch["photo"].float() / 127.5 - 1, side)
        shares = shares_of(batch["labels"], side)
        drawing = functional.adaptive_avg_pool2d(batch["drawing"].float() / 255, side)
        style = batch["style"].float()
        pose = batch["pose"][torch.randperm(len(photo), device=photo.device)]
        drawn = self.nets["translator"](photo, shares, style)
        made, classes = self._drawn(pose, style)
        parts = {
            "pairs": s.pairs * _apart(drawn, drawing),
            "opinion": s.opinion * logistic_maker(self.nets["picture"](_with(made, style))[0]),
            "classes": s.classes * logistic_maker(self.nets["classes"](classes)[0]),
        }
        loss = torch.stack(list(parts.values())).sum()
        yield "makers", loss, {k: float(v.detach()) for k, v in parts.items()}
        log = {}
        pairs = {
            "picture": (_with(drawing, style), _with(made, style)),
            "classes": (shares, classes),
        }
        for name, (real, false) in pairs.items():
            critic = self.nets[name]
            log[f"d_{name}"] = logistic_critic(critic(real)[0], critic(false.detach())[0])
            if step % s.r1_every == 0:
                log[f"r1_{name}"] = 0.5 * s.r1 * s.r1_every * r1(critic, real)
        loss = torch.stack(list(log.values())).sum()
        yield "critics", loss, {k: float(v.detach()) for k, v in log.items()}

    def _head(self) -> RadianceHead:
        head = self.nets["head"]
        assert isinstance(head, RadianceHead)  # noqa: S101
        return head

    def _drawn(self, pose: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
        """Return drawings of random heads, and their classes."""
        head = self._head()
        out = head(torch.randn(len(pose), head.code, device=pose.device), pose)
        classes = out["labels"].softmax(1)
        made: Tensor = self.nets["translator"](out["photo"], classes, style)
        return made, classes

    def _held(self, count: int) -> dict[str, Tensor]:
        """Return validation people with their drawings, in turn in each style."""
        s, side = self.settings, self._head().size_px
        cache = Path(s.cache)
        views = build_real(self.data, cache, "val")
        drawn = build_drawings(views, count, s.styles, cache, source=self.data / "celeba.csv")
        batch = DrawnPhotographs(views, drawn, count).batch(np.random.default_rng(0))
        rows = {k: torch.from_numpy(v) for k, v in batch.items()}
        return {
            "photo": functional.adaptive_avg_pool2d(rows["photo"].float() / 127.5 - 1, side),
            "shares": shares_of(rows["labels"], side),
            "drawing": functional.adaptive_avg_pool2d(rows["drawing"].float() / 255, side),
            "style": rows["style"],
        }

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return how near drawings of validation people are to those that `styles` makes."""
        held, device = self._held(6), next(ema.parameters()).device
        drawn = ema(*(held[k].to(device) for k in ("photo", "shares", "style")))
        return {"pairs": float(_apart(drawn, held["drawing"].to(device)))}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return validation people and their drawings; below, a random head drawn from six sides in each style."""
        held, device = self._held(6), next(ema.parameters()).device
        drawn = ema(*(held[k].to(device) for k in ("photo", "shares", "style")))
        rows: list[Any] = [_grey(held["drawing"]), _grey(drawn)]
        head = self._head()
        normal = np.random.default_rng(0).standard_normal((1, head.code)) * 0.5
        z = torch.from_numpy(normal.astype(np.float32)).to(device).expand(6, -1)
        pose = torch.zeros(6, 2, device=device)
        pose[:, 0] = torch.linspace(-30, 30, 6, device=device)
        out = head(z, pose)
        for k in range(len(self.settings.styles)):
            style = torch.zeros(6, len(self.settings.styles), device=device)
            style[:, k] = 1
            rows.append(_grey(ema(out["photo"], out["labels"].softmax(1), style)))
        whole = np.concatenate([np.concatenate(list(row), 1) for row in rows])
        return np.repeat(whole[..., None], 3, 2)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph: a view, its classes and a style → the drawing."""
        side, kinds = self._head().size_px, len(self.settings.styles)
        style = torch.zeros(1, kinds)
        style[0, 0] = 1
        # an even picture is no example: norms would make a picture of its rounding
        chance = torch.Generator().manual_seed(0)
        photo = torch.rand(1, 3, side, side, generator=chance)
        shares = torch.rand(1, len(CLASSES), side, side, generator=chance) * 8
        return ExportSpec(
            name="heads-translator",
            module=ema,
            inputs={
                "photo": photo * 2 - 1,
                "labels": shares.softmax(1),
                "style": style,
            },
            outputs=("drawing",),
            ranges={"photo": (-1, 1), "labels": (0, 1), "style": (0, 1), "drawing": (0, 1)},
            purpose=f"SAGE's translator: views of heads drawn in {', '.join(self.settings.styles)}.",
            limits="At its own side only; its hand is what styles-draw taught it.",
            data=(
                ("CelebAMask-HQ", "LicenseRef-research-only"),
                ("FS2K", "LicenseRef-research-only"),
            ),
            tolerance=0.03,
        )


def _field(s: Settings) -> RadianceHead:
    if s.field:
        return load_head(Path(s.field))
    usual = head_radiance.Settings()
    side = min(usual.side, s.size_px // 2)
    return RadianceHead(code=usual.code, width=32, layers=4, side=side, size_px=s.size_px)


def _with(drawing: Tensor, style: Tensor) -> Tensor:
    planes = style[..., None, None].expand(-1, -1, *drawing.shape[2:])
    return torch.cat([drawing * 2 - 1, planes.to(drawing.dtype)], 1)


def _apart(drawn: Tensor, drawing: Tensor) -> Tensor:
    """Return the difference of two drawings, mostly at a quarter of their size: strokes may lie a pixel off."""
    small = [functional.avg_pool2d(x.float(), 4) for x in (drawn, drawing)]
    near = (drawn.float() - drawing.float()).abs().mean()
    return 0.3 * near + (small[0] - small[1]).abs().mean()


def _grey(drawings: Tensor) -> NDArray[np.uint8]:
    return (drawings[:, 0].clamp(0, 1) * 255).byte().cpu().numpy()
