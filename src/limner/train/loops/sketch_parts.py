"""Teach component embedding: sketches of faces, rough and clean, in → `sketches-parts`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.sketches.parts import NAMES, WINDOWS
from limner.train.data.sketch_drawings import drawings
from limner.train.loops import _sketches as shared
from limner.train.loops.task import ExportSpec
from limner.train.losses.perceptual import weighted_mean
from limner.train.nets.sketch_parts import LABEL_GROUPS, Parts, PartsGraph, crop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["PartsTask", "Settings", "make"]

#: Deviation of each number of a code over people.
_WANTED_SPREAD = 0.3


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    cache : str
        Folder of the arrays built.
    least_sharpness : float
        Smallest variance of the Laplacian of a photograph stored at 256 px.
    real_share, scan_share : float
        Share of real drawings in a batch; share of rasters among the others.
    same : float
        Weight of the distance between the codes of a rough and of the clean sketch of one face.
    spread : float
        Weight of how far people's codes lie apart less than they should: without it "all alike" is the easiest answer
        to `same`.
    labels : float
        Weight of the classes that the decoders also learn.
    noise : float
        Deviation of noise on codes: they live as int8, and between people.
    held_out : int
        People in a validation.
    build_workers : int
        Processes that build the arrays; 0 = one a core.
    """

    cache: str = "runs/cache"
    least_sharpness: float = 80.0
    real_share: float = 0.12
    scan_share: float = 0.2
    same: float = 0.25
    spread: float = 1.0
    labels: float = 0.1
    noise: float = 0.03
    held_out: int = 64
    build_workers: int = 0


def make(recipe: Recipe, data: Path) -> PartsTask:
    """Return the task."""
    return PartsTask(recipe, recipe.settings(Settings), data)


class PartsTask:
    """Five denoising auto-encoders, taught together."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        how = {"cache": settings.cache, "least_sharpness": settings.least_sharpness}
        faces = shared.open_faces(data, split="train", workers=settings.build_workers, **how)  # type: ignore[arg-type]
        shares = settings.real_share, settings.scan_share, 0.0
        self.sampler = shared.open_sampler(data, faces, recipe.batch, shares, cache=settings.cache)
        self.held_out = shared.open_faces(data, split="val", workers=settings.build_workers, **how)  # type: ignore[arg-type]
        self.foreign = drawings(data, "test", most=8, cache=Path(settings.cache))
        self.nets = nn.ModuleDict({"net": Parts()})
        table = np.full(256, 255, np.uint8)
        for k, group in enumerate(LABEL_GROUPS):
            table[list(group)] = k
        self._group_of = torch.from_numpy(table.astype(np.int64))

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser."""
        lr = self.recipe.lr
        return {"net": torch.optim.AdamW(self.nets.parameters(), lr=lr, weight_decay=1e-4)}

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn: ink, classes and codes of all five components."""
        del step
        net = self.nets["net"]
        assert isinstance(net, Parts)  # noqa: S101
        rough, clean = (batch[k][:, None].float() / 255 for k in ("rough", "clean"))
        groups = self._group_of.to(rough.device)[batch["labels"].long()]
        ink_loss, same_loss, spread_loss, label_loss = [], [], [], []
        for name in NAMES:
            code = net.encode_part(name, crop(rough, name)).float()
            target = crop(clean, name)
            with torch.no_grad():
                wanted = net.encode_part(name, target).float()
            same_loss.append(weighted_mean((code - wanted).abs(), batch["paired"]))
            spread_loss.append(_too_near(code))
            logits, classes = net.decode_labels(
                name, code + self.settings.noise * torch.randn_like(code)
            )
            ink_loss.append(_ink_distance(logits.float(), target))
            x, y, side = WINDOWS[name].at(256)
            truth = groups[:, y : y + side, x : x + side]
            step_px = side // classes.shape[-1]
            label_loss.append(
                functional.cross_entropy(
                    classes.float(), truth[:, ::step_px, ::step_px], ignore_index=255
                )
            )
        # a batch of real drawings only has no class to learn
        labels = torch.nan_to_num(torch.stack(label_loss)).mean()
        ink, same = torch.stack(ink_loss).mean(), torch.stack(same_loss).mean()
        spread = torch.stack(spread_loss).mean()
        weights = self.settings
        loss = ink + weights.same * same + weights.spread * spread + weights.labels * labels
        numbers = {"ink": ink, "same": same, "spread": spread, "labels": labels}
        yield "net", loss, {k: float(v.detach()) for k, v in numbers.items()}

    @torch.no_grad()
    def _drawn(self, ema: nn.Module, rough: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the decoders' drawings merged on 256 px, (N, 256, 256), 0–1."""
        assert isinstance(ema, Parts)  # noqa: S101
        device = next(ema.parameters()).device
        out = np.zeros(rough.shape, np.float32)
        for start in range(0, len(rough), 16):
            ink = torch.from_numpy(rough[start : start + 16].astype(np.float32) / 255)[:, None]
            for name, code in ema.encode(ink.to(device)).items():
                part = torch.sigmoid(ema.decode_part(name, code))[:, 0].float().cpu().numpy()
                x, y, side = WINDOWS[name].at(256)
                for k, tile in enumerate(part):
                    sized = cv2.resize(tile, (side, side)) if tile.shape[0] != side else tile
                    out[start + k, y : y + side, x : x + side] = sized
        return out

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return how well drawings of people never seen come back: F1 of ink within 2 px, faithful and rough."""
        scores = {}
        for name, roughness in (("faithful", 0.05), ("rough", 0.8)):
            batch = shared.fixed_batch(self.held_out, self.settings.held_out, roughness, 0.0)
            drawn = self._drawn(ema, batch["rough"])
            scores[f"ink_{name}"] = _ink_f1(drawn > 0.5, batch["clean"] > 127)
        scores["ink"] = (scores["ink_faithful"] + scores["ink_rough"]) / 2
        return scores

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return held-out people: rough, drawn anew, clean; below, drawings by people."""
        rows = []
        for roughness in (0.1, 0.5, 0.9):
            batch = shared.fixed_batch(self.held_out, 6, roughness, 0.2)
            drawn = np.rint(255 * self._drawn(ema, batch["rough"])).astype(np.uint8)
            for k in (0, 3):
                tiles = [
                    t[i] for i in range(k, k + 3) for t in (batch["rough"], drawn, batch["clean"])
                ]
                rows.append(np.concatenate([shared.grey_tile(t) for t in tiles], 1))
        if len(self.foreign) >= 4:
            drawn = np.rint(255 * self._drawn(ema, self.foreign[:4])).astype(np.uint8)
            tiles = [t[i] for i in range(4) for t in (self.foreign, drawn)]
            row = np.concatenate([shared.grey_tile(t) for t in tiles], 1)
            rows.append(np.pad(row, ((0, 0), (0, 192), (0, 0)), constant_values=255))
        return np.concatenate(rows)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs: ten inputs and outputs, each with a batch of its own."""
        assert isinstance(ema, Parts)  # noqa: S101
        inks = {f"{n}-ink": torch.zeros(1, 1, WINDOWS[n].side, WINDOWS[n].side) for n in NAMES}
        codes = {f"{n}-code": torch.zeros(1, *WINDOWS[n].latent) for n in NAMES}
        outputs = (*(f"{n}-coded" for n in NAMES), *(f"{n}-drawn" for n in NAMES))
        dynamic = {
            f"{n}-{k}": {0: f"{n.replace('-', '_')}_{k}s"} for n in NAMES for k in ("ink", "code")
        }
        return ExportSpec(
            name="sketches-parts",
            module=PartsGraph(ema),
            inputs={**inks, **codes},
            outputs=outputs,
            dynamic=dynamic,
            ranges={
                **dict.fromkeys(inks, (0.0, 1.0)),
                **dict.fromkeys(codes, (-1.0, 1.0)),
                **{o: (-1.0, 1.0) if o.endswith("coded") else (0.0, 1.0) for o in outputs},
            },
            purpose="Encodes the five components of a face's sketch and draws what a code stands for.",
            limits="Frontal faces within 20 degrees; hats, glasses and beards are few among its teachers.",
            data=(
                ("CelebAMask-HQ", "LicenseRef-noncommercial-research"),
                ("FS2K: photographs and drawings", "LicenseRef-noncommercial-research"),
                ("CUFS", "LicenseRef-noncommercial-research"),
            ),
        )


def _too_near(code: Tensor) -> Tensor:
    """Return by how much the numbers of a batch's codes deviate less than wanted, mean over numbers.

    References
    ----------
    Bardes, Ponce, LeCun, "VICReg", ICLR 2022, sec. 4.1 (the variance term).
    """
    if len(code) < 2:
        return code.sum() * 0
    deviation = (code.flatten(1).var(0) + 1e-4).sqrt()
    return functional.relu(_WANTED_SPREAD - deviation).mean()


def _ink_distance(logits: Tensor, target: Tensor) -> Tensor:
    """Return how far drawn ink is from the wanted ink: exact where it can be, blurred where it can't."""
    if target.shape[-1] != logits.shape[-1]:
        target = functional.max_pool2d(target, target.shape[-1] // logits.shape[-1])
    weight = 1 + 3 * target
    exact = functional.binary_cross_entropy_with_logits(logits, target, weight=weight)
    drawn = torch.sigmoid(logits)
    soft = [
        (functional.avg_pool2d(drawn, k) - functional.avg_pool2d(target, k)).abs().mean()
        for k in (2, 4)
    ]
    return exact + 2 * torch.stack(soft).mean()


def _ink_f1(drawn: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of the shares of ink that lie within 2 px of the other's."""
    kernel = np.ones((5, 5), np.uint8)
    scores = []
    for a, b in zip(drawn.astype(np.uint8), wanted.astype(np.uint8), strict=True):
        found = (a & cv2.dilate(b, kernel)).sum() / max(int(a.sum()), 1)
        kept = (b & cv2.dilate(a, kernel)).sum() / max(int(b.sum()), 1)
        scores.append(2 * found * kept / max(found + kept, 1e-9))
    return float(np.mean(scores))
