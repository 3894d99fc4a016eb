"""Teach the drawing styles: photographs beside artists' drawings in → `styles-draw`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.errors import RecipeError
from limner.lines.learned import WEIGHT
from limner.train.data.drawings import STYLES, PairSampler, picture_of
from limner.train.data.style_sheets import build_shelf
from limner.train.loops._judged import fd_of_styles, fitted, people_of
from limner.train.loops._psi import open_strokes
from limner.train.loops.task import ExportSpec
from limner.train.losses.perceptual import weighted_mean
from limner.train.losses.projected import (
    FrozenFeatures,
    ProjectedCritic,
    hinge_critic,
    hinge_maker,
)
from limner.train.losses.strokes import stroke_distance
from limner.train.nets.stylist import LINES_CLASSES_GREY, PatchCritic, Stylist
from limner.weights.ledger import row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["Settings", "StyleTask", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    size_px : int
        Side of a crop of the artists' own sheets.
    width, blocks : int
        Of the generator.
    critic_width : int
        Of the patch critic.
    coarse : float
        Weight of L1 at a quarter of the size: drawings drift 1–3 px from their photographs, so a
        comparison at full size teaches blur and pallor.
    matching : float
        Weight of feature matching in the patch critic.
    perceptual : float
        Weight of L1 between frozen features at strides 8 and 16.
    patch, projected : float
        Weights of the two critics.
    free : float
        Share of rows in which a style is asked to draw somebody whom its artist never drew, a photograph without a
        drawing: the critics alone judge it.
    only : str
        One of `STYLES`, if no other is to be taught and judged, as in an ablation; "" teaches all.
    strokes : str
        Where the stroke classifier is: ``shipped``, a graph or a run of `strokes`; "" leaves the stroke loss out.
    stroke : float
        Weight of the stroke loss, 0.002 as published.
    stroke_kind : {"norms", "squares"}
        The stroke loss as published, or as in the code that its authors released.
    lines : {"flow", "learned"}
        Which lines the generator sees; the styles' catalogue must name the same.
    lines_hash : str
        What the hash of the network of learned lines begins with: another F draws other lines. "" takes any.
    labels, cache : str
        Folders of the classes of FS2K's photographs and of the arrays built.
    judged : int
        Drawings a style in a validation.
    """

    size_px: int = 192
    width: int = 24
    blocks: int = 6
    critic_width: int = 32
    coarse: float = 15.0
    matching: float = 4.0
    perceptual: float = 1.0
    patch: float = 1.0
    projected: float = 1.0
    free: float = 0.25
    only: str = ""
    strokes: str = ""
    stroke: float = 0.002
    stroke_kind: Literal["norms", "squares"] = "norms"
    lines: Literal["flow", "learned"] = "flow"
    lines_hash: str = ""
    labels: str = "labels"
    cache: str = "runs/cache"
    judged: int = 120


def make(recipe: Recipe, data: Path) -> StyleTask:
    """Return the task."""
    return StyleTask(recipe, recipe.settings(Settings), data)


class StyleTask:
    """One generator for all styles, a patch critic and a projected critic."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        labels, cache = data / settings.labels, Path(settings.cache)
        _same_lines(settings)
        self.sampler = PairSampler(
            build_shelf(data, labels, cache, "train", lines=settings.lines),
            batch=recipe.batch,
            size_px=settings.size_px,
            free=settings.free,
            only=settings.only,
        )
        self.held_out = build_shelf(data, labels, cache, "test", lines=settings.lines)
        count = len(STYLES)
        self.nets = nn.ModuleDict(
            {
                "net": Stylist(count, settings.width, settings.blocks),
                "patch": PatchCritic(count, settings.critic_width),
                "projected": ProjectedCritic(count),
            }
        )
        self.features = FrozenFeatures()
        self.strokes = open_strokes(settings.strokes) if settings.strokes else None

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the maker's and the critics' optimiser."""
        critics = [
            p for k in ("patch", "projected") for p in self.nets[k].parameters() if p.requires_grad
        ]
        lr = self.recipe.lr
        return {
            "critics": torch.optim.Adam(critics, lr=lr, betas=(0.5, 0.99)),
            "net": torch.optim.Adam(self.nets["net"].parameters(), lr=lr, betas=(0.5, 0.99)),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the critics' turn, then the maker's."""
        del step
        picture, real, style, paired = (batch[k] for k in ("picture", "drawing", "style", "paired"))
        net, patch, projected = (self.nets[k] for k in ("net", "patch", "projected"))
        features = self.features.to(picture.device)
        noise = torch.randn_like(real)
        made = net(picture, style, noise)
        # beside somebody else's photograph a drawing is judged by itself
        beside = picture * paired[:, None, None, None]
        with torch.no_grad():
            real_features = features(real)
            made_features = features(made.detach())
        seen, real_layers = patch(real, beside, style)
        faked, _ = patch(made.detach(), beside, style)
        by_patch = hinge_critic(seen, faked)
        by_features = hinge_critic(projected(real_features, style), projected(made_features, style))
        yield (
            "critics",
            by_patch + by_features,
            {"d_patch": float(by_patch.detach()), "d_features": float(by_features.detach())},
        )
        truth = {"features": real_features, "layers": real_layers}
        yield self._maker(made, real, truth, {**batch, "picture": beside})

    def _maker(
        self, made: Tensor, real: Tensor, truth: dict[str, list[Tensor]], batch: dict[str, Tensor]
    ) -> tuple[str, Tensor, dict[str, float]]:
        weights, style, paired = self.settings, batch["style"], batch["paired"]
        judged, layers = self.nets["patch"](made, batch["picture"], style)
        made_features = self.features(made)
        adversarial = weights.patch * hinge_maker(judged) + weights.projected * hinge_maker(
            self.nets["projected"](made_features, style)
        )
        small = [functional.avg_pool2d(x.float(), 4) for x in (made, real)]
        terms = {
            "coarse": (weights.coarse, weighted_mean((small[0] - small[1]).abs(), paired)),
            "matching": (weights.matching, _apart(layers, truth["layers"], paired)),
            "perceptual": (
                weights.perceptual,
                _apart(made_features[1:3], truth["features"][1:3], paired, as_share=True),
            ),
        }
        if self.strokes is not None:
            net = self.strokes.to(made.device)
            off = stroke_distance(net, made, real, kind=weights.stroke_kind, weight=paired)
            terms["stroke"] = (weights.stroke, off)
        loss = adversarial + torch.stack([k * value for k, value in terms.values()]).sum()
        numbers = {"g": adversarial, **{name: value for name, (_, value) in terms.items()}}
        return "net", loss, {k: float(v.detach()) for k, v in numbers.items()}

    def draw(self, ema: nn.Module, sheet: NDArray[np.uint8], style: int) -> NDArray[np.uint8]:
        """Return one sheet's photograph drawn in a style, (H, W) uint8; sides cut to multiples of 4."""
        h, w = (4 * (n // 4) for n in sheet.shape[:2])
        device = next(ema.parameters()).device
        picture = torch.from_numpy(picture_of(sheet[:h, :w]))[None].to(device)
        chosen = functional.one_hot(torch.tensor([style]), len(STYLES)).float().to(device)
        noise = torch.randn(1, 1, h, w, generator=torch.Generator().manual_seed(0)).to(device)
        with torch.no_grad():
            out = ema(picture, chosen, noise)[0, 0].float().cpu().numpy()
        return np.asarray(np.rint(out * 255), np.uint8)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return FD of each style's drawings of test people to the artist's train drawings."""
        return fd_of_styles(
            partial(self.draw, ema),
            self.held_out,
            self.sampler.sheets,
            self.settings.judged,
            self.settings.only,
        )

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return test people: photograph, ink, every style, the artist's own."""
        rows = []
        for k in sorted(set(self.held_out.style.tolist())):
            for i in people_of(k, self.held_out)[:40:14]:
                sheet = self.held_out.sheet(int(i))
                tiles = [sheet[..., 0], 255 - sheet[..., 2]]
                tiles += [self.draw(ema, sheet, s) for s in range(len(STYLES))]
                tiles.append(sheet[..., 1])
                rows.append(np.concatenate([fitted(t) for t in tiles], 1))
        return np.repeat(np.concatenate(rows)[..., None], 3, 2)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; a picture's sides may be any multiple of 4."""
        free = {2: "height", 3: "width"}
        return ExportSpec(
            name="styles-draw",
            module=ema,
            inputs={
                "picture": torch.zeros(1, LINES_CLASSES_GREY, 256, 256),
                "style": torch.eye(len(STYLES))[:1],
                "noise": torch.zeros(1, 1, 256, 256),
            },
            outputs=("drawing",),
            dynamic={"picture": free, "noise": free, "drawing": free},
            ranges={"picture": (0.0, 1.0), "style": (0.0, 1.0), "drawing": (0.0, 1.0)},
            # the probes include noise, where halves of weights move single pixels most
            tolerance=0.08,
            purpose="Draws a face in the manner of FS2K's three artists (croquis, hatch, pencil), of CUFS's (graphite) "
            "and of CUFSF's (charcoal).",
            limits="Taught on adults mostly in frontal view; glasses come out faint, dark skin may be "
            "drawn as light, long hair ends early.",
            data=self._taught_by(),
        )

    def _taught_by(self) -> tuple[tuple[str, str], ...]:
        research = "LicenseRef-noncommercial-research"
        sets = [
            "FS2K: photographs and drawings",
            "CUFS: photographs and drawings",
            "CUFSF: drawings",
            "FFHQ and StyleGAN2 faces: photographs",
            "portraits of US officials: photographs",
            "Face Research Lab London Set: photographs",
        ]
        terms = {3: "CC-BY-NC-SA-4.0", 4: "LicenseRef-public-domain-unproven", 5: "CC-BY-4.0"}
        return tuple((name, terms.get(i, research)) for i, name in enumerate(sets))


def _same_lines(settings: Settings) -> None:
    if settings.lines == "learned" and settings.lines_hash:
        found = row(WEIGHT).sha256
        if not found.startswith(settings.lines_hash):
            raise RecipeError(
                f"The recipe wants the network {WEIGHT} whose hash begins with {settings.lines_hash}, here is "
                f"{found[:12]}; teach the styles on what is there with --set style.lines_hash=."
            )


def _apart(
    made: list[Tensor], real: list[Tensor], paired: Tensor, *, as_share: bool = False
) -> Tensor:
    """Return the mean L1 between maps of paired rows; on request as a share of the real maps' own size."""
    parts = []
    for a, b in zip(made, real, strict=True):
        b = b.detach().float()
        by = b.abs().mean().clamp(min=1e-3) if as_share else 1.0
        parts.append(weighted_mean((a.float() - b).abs() / by, paired))
    return torch.stack(parts).mean()
