"""Teach a style of one's own: some drawings by one hand in → the shipped stylist with that hand's modulation.

Only what a style owns in the network is learnt, its scales, shifts and grain: a few thousand numbers, which ten
drawings can bear. What a face is, and how strokes are made, stays as the shipped styles taught it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from limner.train.data.drawings import picture_of
from limner.train.data.own_drawings import OwnSampler, read_drawings, toned
from limner.train.loops._judged import fitted
from limner.train.loops.start import from_graph
from limner.train.loops.task import ExportSpec
from limner.train.losses.lines import manner
from limner.train.losses.perceptual import feature_distance, pooled_l1
from limner.train.losses.projected import FrozenFeatures
from limner.train.nets.stylist import LINES_CLASSES_GREY, Stylist
from limner.weights import ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["BASE", "OwnStyleTask", "Settings", "make"]

#: The graph that a style of one's own begins from.
BASE = "styles-draw"
_OWN_TERMS = "LicenseRef-own-drawings"


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    size_px : int
        Side of a crop.
    width, blocks : int
        Of the shipped network.
    base : {"shipped", "random"}
        What to begin from; "random" is for tests.
    coarse : float
        Weight of L1 at a quarter of the size.
    perceptual : float
        Weight of L1 between frozen features.
    manner : float
        Weight of the difference of those features' means and deviations: tone, grain, the width of strokes.
    """

    size_px: int = 192
    width: int = 24
    blocks: int = 6
    base: str = "shipped"
    coarse: float = 8.0
    perceptual: float = 1.0
    manner: float = 2.0


def make(recipe: Recipe, data: Path) -> OwnStyleTask:
    """Return the task."""
    return OwnStyleTask(recipe, recipe.settings(Settings), data)


class OwnStyleTask:
    """The shipped stylist, of which only the modulation learns."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        sheets, self.side_px = read_drawings(data)
        self.count = len(sheets)
        held = max(1, len(sheets) // 8)
        self.held_out = sheets[:: len(sheets) // held][:held]
        mine = [s for s in sheets if not any(s is h for h in self.held_out)]
        self.sampler = OwnSampler(mine, batch=recipe.batch, size_px=settings.size_px)
        self.features = FrozenFeatures()
        self.nets = nn.ModuleDict({"net": self._begun()})
        for name, p in self.nets["net"].named_parameters():
            p.requires_grad = _is_modulation(name)

    def _begun(self) -> Stylist:
        """Return a stylist of one style: the one of the shipped styles that comes nearest to the drawings."""
        s = self.settings
        if s.base != "shipped":
            return Stylist(1, s.width, s.blocks)
        row = ledger.row(BASE)
        whole = Stylist(int(row.inputs["style"]["shape"][1]), s.width, s.blocks)
        from_graph(row.path, whole)
        candidates = [_one_of(whole, k, s) for k in range(whole.styles)]
        return min(candidates, key=lambda net: sum(self.validate(net).values()))

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser."""
        learns = [p for p in self.nets["net"].parameters() if p.requires_grad]
        return {"net": torch.optim.Adam(learns, lr=self.recipe.lr, betas=(0.8, 0.99))}

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn."""
        del step
        picture, real = batch["picture"], batch["drawing"]
        made = self.nets["net"](picture, picture.new_ones(len(picture), 1), torch.randn_like(real))
        terms = self._terms(made, real)
        loss = torch.stack([k * v for k, v in terms.values()]).sum()
        yield "net", loss, {name: float(v.detach()) for name, (_, v) in terms.items()}

    def _terms(self, made: Tensor, real: Tensor) -> dict[str, tuple[float, Tensor]]:
        weights, features = self.settings, self.features.to(made.device)
        with torch.no_grad():
            truth = features(real)
        maps = features(made)
        return {
            "coarse": (weights.coarse, pooled_l1(made, real, (4,))),
            "perceptual": (weights.perceptual, feature_distance(maps[1:3], truth[1:3])),
            "manner": (weights.manner, manner(maps[:3], truth[:3])),
        }

    def draw(self, ema: nn.Module, sheet: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return one sheet drawn anew from its lines, classes and tones, (H, W) uint8."""
        shown = toned(sheet, np.random.default_rng(0))
        return np.asarray(np.rint(self._made(ema, shown)[0, 0].cpu().numpy() * 255), np.uint8)

    @staticmethod
    def _made(ema: nn.Module, sheet: NDArray[np.uint8]) -> Tensor:
        device = next(ema.parameters()).device
        picture = torch.from_numpy(picture_of(sheet))[None]
        noise = torch.randn(1, 1, *sheet.shape[:2], generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            out: Tensor = ema(picture.to(device), torch.ones(1, 1).to(device), noise.to(device))
        return out.float()

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return how far the drawings held back are from what is made of their lines, term by term, weighted."""
        sums: dict[str, float] = {}
        for sheet in self.held_out:
            made = self._made(ema, toned(sheet, np.random.default_rng(0)))
            real = torch.from_numpy(sheet[None, None, ..., 1].astype(np.float32) / 255)
            for name, (k, value) in self._terms(made, real.to(made.device)).items():
                sums[name] = sums.get(name, 0.0) + k * float(value) / len(self.held_out)
        return sums

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return drawings held back: tones, lines, drawn anew, the artist's own."""
        rows = []
        for sheet in self.held_out[:8]:
            shown = toned(sheet, np.random.default_rng(0))
            tiles = [shown[..., 0], 255 - sheet[..., 2], self.draw(ema, sheet), sheet[..., 1]]
            rows.append(np.concatenate([fitted(t, 320) for t in tiles], 1))
        return np.repeat(np.concatenate(rows)[..., None], 3, 2)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; a picture's sides may be any multiple of 4."""
        free = {2: "height", 3: "width"}
        theirs = () if self.settings.base != "shipped" else ledger.row(BASE).data
        return ExportSpec(
            name=f"styles-{self.recipe.name}",
            module=ema,
            inputs={
                "picture": torch.zeros(1, LINES_CLASSES_GREY, 256, 256),
                "style": torch.ones(1, 1),
                "noise": torch.zeros(1, 1, 256, 256),
            },
            outputs=("drawing",),
            dynamic={"picture": free, "noise": free, "drawing": free},
            ranges={"picture": (0.0, 1.0), "style": (0.0, 1.0), "drawing": (0.0, 1.0)},
            tolerance=0.06,
            purpose=f"Draws a face in the manner of {self.count} drawings, called {self.recipe.name}.",
            limits="Learnt from few drawings: what they never show (glasses, beards, hats) is drawn as the shipped "
            "styles draw it.",
            data=(
                (f"{self.count} drawings of {self.recipe.name}", _OWN_TERMS),
                *((str(d["name"]), str(d["license"])) for d in theirs),
            ),
        )


def _is_modulation(name: str) -> bool:
    return name.rsplit(".", 2)[-2] in ("scale", "shift", "grain")


def _one_of(whole: Stylist, style: int, settings: Settings) -> Stylist:
    """Return a stylist that knows one of another's styles."""
    made = Stylist(1, settings.width, settings.blocks)
    state = {
        k: v[:, style : style + 1].clone() if _is_modulation(k) else v.clone()
        for k, v in whole.state_dict().items()
    }
    made.load_state_dict(state)
    return made
