"""Teach sRender as published: an artist's drawings with their own lines in → one style from lines alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.train.data.drawings import STYLES, build_sheets, kept_sheets
from limner.train.data.style_sheets import relined
from limner.train.loops._judged import fd_of_styles, fitted
from limner.train.loops._psi import open_strokes
from limner.train.loops.task import ExportSpec
from limner.train.losses.adversarial import critic_loss, maker_loss
from limner.train.losses.strokes import stroke_distance
from limner.train.nets.frozen import open_frozen
from limner.train.nets.stylist_paper import PaperCritic, PaperStylist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.data.drawings import Sheets
    from limner.train.recipe import Recipe

__all__ = ["LinesSampler", "PaperTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    style : str
        Whose drawings; the paper's network knows one artist.
    size_px : int
        Side of a crop; drawings are brought to 542 / 512 of it first.
    ngf, ndf, blocks : int
        Width of generator and critics; residual blocks.
    matching, perceptual, stroke : float
        The paper's λ: 100, 10, 0.002. The code that its authors released has 10 for the first.
    stroke_kind : {"norms", "squares"}
        The loss as published, or as in the released code.
    strokes : str
        Where ψ is: ``shipped``, a graph or a run; "" leaves the stroke loss out.
    features : str
        Frozen net of the perceptual loss (`limner.train.nets.frozen`); the paper's VGG19 has no free source of weights
        here, so VGG16's first three blocks stand for it.
    labels, cache : str
        Folders of the classes of FS2K's photographs and of the arrays built.
    judged : int
        Drawings in a validation.
    """

    style: Literal["croquis", "hatch", "pencil"] = "croquis"
    size_px: int = 512
    ngf: int = 64
    ndf: int = 64
    blocks: int = 9
    matching: float = 100.0
    perceptual: float = 10.0
    stroke: float = 0.002
    stroke_kind: Literal["norms", "squares"] = "norms"
    strokes: str = "shipped"
    features: str = "vgg"
    labels: str = "labels"
    cache: str = "runs/cache"
    judged: int = 120


def make(recipe: Recipe, data: Path) -> PaperTask:
    """Return the task."""
    return PaperTask(recipe, recipe.settings(Settings), data)


class LinesSampler:
    """Batches of an artist's drawings and their own lines.

    Parameters
    ----------
    sheets : Sheets
        Grey, drawing, lines of the drawing, class; of one artist.
    batch, size_px : int
        Crops a batch, their side.
    """

    def __init__(self, sheets: Sheets, *, batch: int, size_px: int) -> None:
        self.sheets, self.count, self.size = sheets, batch, size_px

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return lines and drawing, (N, 1, S, S) float32, −1 ink to 1 paper."""
        drawn = [self._crop(rng) for _ in range(self.count)]
        return {
            "lines": np.stack([lines for lines, _ in drawn]),
            "drawing": np.stack([drawing for _, drawing in drawn]),
        }

    def _crop(self, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        sheet = self.sheets.sheet(int(rng.integers(len(self.sheets.ids))))
        side = round(self.size * 542 / 512)
        big = cv2.resize(
            np.ascontiguousarray(sheet[..., 1:3]), (side, side), interpolation=cv2.INTER_CUBIC
        )
        y, x = rng.integers(0, side - self.size + 1, 2)
        crop = big[y : y + self.size, x : x + self.size].astype(np.float32)
        if rng.random() < 0.5:
            crop = crop[:, ::-1]
        return 1 - crop[None, ..., 1] / 127.5, crop[None, ..., 0] / 127.5 - 1


class PaperTask:
    """LSGAN with feature matching, a perceptual and a stroke loss."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        labels, cache = data / settings.labels, Path(settings.cache)
        everybody = build_sheets(data, labels, cache, "train")
        self.train = everybody
        self.sampler = LinesSampler(
            _own_lines(everybody, settings.style, cache),
            batch=recipe.batch,
            size_px=settings.size_px,
        )
        self.held_out = build_sheets(data, labels, cache, "test")
        self.nets = nn.ModuleDict(
            {
                "net": PaperStylist(settings.ngf, blocks=settings.blocks),
                "critics": PaperCritic(settings.ndf),
            }
        )
        self.features = open_frozen(settings.features)
        self.strokes = open_strokes(settings.strokes) if settings.strokes else None

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the maker's and the critics' Adam."""
        lr = self.recipe.lr
        return {
            k: torch.optim.Adam(self.nets[k].parameters(), lr=lr, betas=(0.5, 0.999))
            for k in ("critics", "net")
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the critics' turn, then the maker's."""
        del step
        lines, real = batch["lines"], batch["drawing"]
        critics = self.nets["critics"]
        made = self.nets["net"](lines)
        seen, faked = critics(real, lines), critics(made.detach(), lines)
        scales = len(seen)
        # the mean over scales of real plus made, made into half their sum
        loss = (
            0.5 * scales * critic_loss([m[-1] for m in seen], [m[-1] for m in faked], kind="lsgan")
        )
        yield "critics", loss, {"d": float(loss.detach())}
        yield self._maker(made, real, lines, seen)

    def _maker(
        self, made: Tensor, real: Tensor, lines: Tensor, truth: list[list[Tensor]]
    ) -> tuple[str, Tensor, dict[str, float]]:
        weights = self.settings
        judged = self.nets["critics"](made, lines)
        adversarial = len(judged) * maker_loss([m[-1] for m in judged], kind="lsgan")
        pairs = [
            (a, b.detach())
            for m, r in zip(judged, truth, strict=True)
            for a, b in zip(m[:-1], r[:-1], strict=True)
        ]
        matching = (
            0.5 * torch.stack([functional.l1_loss(a.float(), b.float()) for a, b in pairs]).sum()
        )
        numbers = {"g": adversarial, "matching": matching, "perceptual": self._looks(made, real)}
        loss = (
            adversarial + weights.matching * matching + weights.perceptual * numbers["perceptual"]
        )
        if self.strokes is not None:
            net = self.strokes.to(made.device)
            numbers["stroke"] = stroke_distance(
                net, (made + 1) / 2, (real + 1) / 2, kind=weights.stroke_kind
            )
            loss = loss + weights.stroke * numbers["stroke"]
        return "net", loss, {k: float(v.detach()) for k, v in numbers.items()}

    def _looks(self, made: Tensor, real: Tensor) -> Tensor:
        """Return L1 between frozen maps, halved from each to the next finer, as the paper weighs its five."""
        net = self.features.to(made.device)
        with torch.no_grad():
            truth = net(real.expand(-1, 3, -1, -1))
        maps = net(made.expand(-1, 3, -1, -1))
        parts = [functional.l1_loss(a.float(), b.float()) for a, b in zip(maps, truth, strict=True)]
        return torch.stack([p / 2 ** (len(parts) - 1 - i) for i, p in enumerate(parts)]).sum()

    def draw(self, ema: nn.Module, sheet: NDArray[np.uint8], style: int = 0) -> NDArray[np.uint8]:
        """Return one sheet's photograph drawn from its lines alone, at the drawing's own size, (H, W) uint8."""
        del style
        h, w = sheet.shape[:2]
        side = self.settings.size_px
        ink = cv2.resize(np.ascontiguousarray(sheet[..., 2]), (side, side))
        lines = torch.from_numpy(1 - ink[None, None].astype(np.float32) / 127.5)
        with torch.no_grad():
            out = ema(lines.to(next(ema.parameters()).device))[0, 0].float().cpu().numpy()
        grey = np.asarray(np.rint((out + 1) * 127.5), np.uint8)
        return np.asarray(cv2.resize(grey, (w, h), interpolation=cv2.INTER_AREA), np.uint8)

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return FD of the drawings of test people to the artist's train drawings."""
        return fd_of_styles(
            partial(self.draw, ema),
            self.held_out,
            self.train,
            self.settings.judged,
            self.settings.style,
        )

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return test people: photograph, lines, drawing, the artist's own."""
        chosen = np.flatnonzero(self.held_out.style == STYLES.index(self.settings.style))
        rows = []
        for i in chosen[:60:10]:
            sheet = self.held_out.sheet(int(i))
            tiles = [sheet[..., 0], 255 - sheet[..., 2], self.draw(ema, sheet), sheet[..., 1]]
            rows.append(np.concatenate([fitted(t) for t in tiles], 1))
        return np.repeat(np.concatenate(rows)[..., None], 3, 2)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs; it is for comparison and never ships."""
        side = self.settings.size_px
        return ExportSpec(
            name="styles-paper",
            module=ema,
            # Not an even sheet: instance normalisation would divide by its spread of nothing, and blow up rounding.
            inputs={"lines": torch.linspace(-1, 1, side).expand(1, 1, side, side).contiguous()},
            outputs=("drawing",),
            ranges={"lines": (-1.0, 1.0), "drawing": (-1.0, 1.0)},
            tolerance=0.06,
            purpose=f"sRender as published, {self.settings.style} from lines alone, for comparison.",
            limits="One style, 512² only, 365 MB at the paper's width: it is measured, not shipped.",
            data=(("FS2K: drawings", "LicenseRef-noncommercial-research"),),
        )


def _own_lines(sheets: Sheets, style: str, cache: Path) -> Sheets:
    """Return an artist's sheets with the lines of the drawing in the photograph's lines' place: F(y), as published."""

    def made() -> list[tuple[str, int, NDArray[np.uint8]]]:
        rows = []
        for i in np.flatnonzero(sheets.style == STYLES.index(style)):
            sheet = relined(sheets.sheet(int(i)), of_drawing=True)
            rows.append((sheets.ids[int(i)], STYLES.index(style), sheet))
        return rows

    return kept_sheets(cache / f"sheets-paper-{style}", made)
