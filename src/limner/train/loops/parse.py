"""Teach the parsing network: labelled crops in → `faces-parse`."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import nn

from limner.records import CLASS_COLORS, CLASSES, MIRRORED
from limner.train.data.own_faces import Terms, terms_of
from limner.train.data.packs import Pack
from limner.train.data.parse_crops import (
    ParseSampler,
    build_own_parse_arrays,
    build_parse_arrays,
)
from limner.train.loops.detect import OWN_TOLERANCE, TURNHEADS
from limner.train.loops.task import ExportSpec
from limner.train.losses.logit_adjustment import logit_adjustment
from limner.train.losses.segmentation import parsing_loss
from limner.train.nets.parser import Parser, full_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.recipe import Recipe

__all__ = ["ParseTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    size_px : int
        Side of a crop, and of the network's input when it ships.
    dice : float
        Weight of Dice beside the cross-entropy.
    trunk_lr : float
        Share of the learning rate that the ImageNet trunk takes.
    imagenet : bool
        Start the trunk from ImageNet.
    synthetic : float
        Share of synthetic heads.
    donated : float
        Share of crops that are given another person's glasses, hat or necklace.
    small : float
        Share of crops that look as if they came from a face of few pixels: taught without, the network forgets them.
    frozen_norms : bool
        Normalise by the statistics that the weights came with. For going on from trained weights: batch statistics
        let the picture-wide mean grow without bound, and the average no longer fits its statistics (F1 .80 to .55).
    photos, labels : str
        Folders below the data's: photographs that may be taught with for any use, and what `limner train label` made of
        them. They take CelebAMask-HQ's place, and the network that comes of it is `faces-parse-clean`.
    cache : str
        Folder of the arrays built from the packs.
    people : int
        Held-out people in a validation.
    adjusted_on : int
        So many people who were taught with tell, when the network is exported, how readily it should tell each class;
        0 leaves it as it was taught. Only where people labelled.
    """

    size_px: int = 256
    dice: float = 1.0
    trunk_lr: float = 0.5
    imagenet: bool = True
    synthetic: float = 0.08
    donated: float = 0.2
    small: float = 0.1
    frozen_norms: bool = False
    photos: str = ""
    labels: str = "labels"
    cache: str = "runs/cache"
    people: int = 300
    adjusted_on: int = 400


_LIMITS = (
    "Necklaces, earrings and hats are weak, as are the human labels; a second person in "
    "the crop may be labelled too; hands over a face become skin."
)
_LIMITS_OWN = (
    "No person labelled a pixel: the outlines of eyes, brows, nose and lips are a mesh's. Glasses, hats and jewellery "
    "are known from synthetic heads alone and mostly missed."
)


def make(recipe: Recipe, data: Path) -> ParseTask:
    """Return the task."""
    return ParseTask(recipe, recipe.settings(Settings), data)


class ParseTask:
    """The 19 classes of an aligned crop."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings, self.data = recipe, settings, data
        cache = Path(settings.cache)
        photos, labels, real = (
            build_own_parse_arrays(data, data / settings.photos, data / settings.labels, cache)
            if settings.photos
            else build_parse_arrays(data, cache)
        )
        self.sampler = ParseSampler(
            photos,
            labels,
            real=real,
            batch=recipe.batch,
            size_px=settings.size_px,
            synthetic=settings.synthetic,
            donated=settings.donated,
            small=settings.small,
        )
        net = Parser(len(CLASSES))
        if settings.imagenet:
            net.trunk.load_imagenet()
        self.nets = nn.ModuleDict({"net": net})

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the one optimiser, slower for the trunk."""
        net, lr = self.nets["net"], self.recipe.lr
        assert isinstance(net, Parser)  # noqa: S101  (for type checkers)
        trunk = {id(p) for p in net.trunk.parameters()}
        groups = [
            {
                "params": [p for p in net.parameters() if id(p) in trunk],
                "lr": lr * self.settings.trunk_lr,
            },
            {"params": [p for p in net.parameters() if id(p) not in trunk], "lr": lr},
        ]
        return {"net": torch.optim.AdamW(groups, lr=lr, weight_decay=1e-4)}

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the one turn."""
        del step
        if self.settings.frozen_norms:
            for module in self.nets["net"].modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        logits = self.nets["net"]((batch["pictures"].float() - 127) / 128)
        parts = parsing_loss(logits, batch["shares"])
        loss = parts["entropy"] + self.settings.dice * parts["dice"]
        yield "net", loss, {k: float(v.detach()) for k, v in parts.items()}

    @torch.no_grad()
    def _logits(self, net: nn.Module, photo: NDArray[np.uint8]) -> Tensor:
        """Return what a net says of a photograph brought to the size of its crops, (1, 19, h, w)."""
        side = self.settings.size_px
        small = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)
        x = torch.from_numpy(small.transpose(2, 0, 1)[None].copy())
        found: Tensor = net((x.to(next(net.parameters()).device).float() - 127) / 128)
        return found

    def _pairs(self, ema: nn.Module, count: int) -> Iterator[tuple[NDArray[np.uint8], ...]]:
        """Yield (photograph, human labels, found labels) of held-out people, at the labels' size."""
        pack = Pack(self.data / "celeba-val.tar")
        for name in pack.ids("photo")[:count]:
            photo, true = pack.rgb("photo", name), pack.labels(name)
            found = full_size(self._logits(ema, photo), (true.shape[0], true.shape[1]))
            yield photo, true, found[0].cpu().numpy()

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return mean F1 of the parts present, mIoU, and F1 of each class."""
        n = len(CLASSES)
        both, found_n, true_n = np.zeros(n), np.zeros(n), np.zeros(n)
        for _, true, found in self._pairs(ema, self.settings.people):
            both += np.bincount(true[true == found], minlength=n)
            found_n += np.bincount(found.ravel(), minlength=n)
            true_n += np.bincount(true.ravel(), minlength=n)
        f1 = 2 * both / np.maximum(found_n + true_n, 1)
        iou = both / np.maximum(found_n + true_n - both, 1)
        parts = np.flatnonzero(true_n[1:]) + 1
        scores = {"f1": float(f1[parts].mean()), "miou": float(iou[true_n > 0].mean())}
        return scores | {f"f1_{CLASSES[k]}": float(f1[k]) for k in parts}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return held-out photographs above the human labels and the labels found."""
        colors = np.array(CLASS_COLORS, np.uint8)
        columns = [
            np.concatenate(
                [
                    cv2.resize(a, (192, 192), interpolation=cv2.INTER_AREA)
                    for a in (photo, colors[true], colors[found])
                ]
            )
            for photo, true, found in self._pairs(ema, 8)
        ]
        return np.concatenate(columns, 1).astype(np.uint8)

    def adjusted(self, ema: nn.Module) -> nn.Module:
        """Return the net with each class told as readily as serves people it was taught with best."""
        s, net = self.sampler, copy.deepcopy(ema).eval()
        rows = np.unique(np.linspace(0, s.real - 1, self.settings.adjusted_on).astype(int))
        logits, labels = [], []
        for row in rows:
            true = cv2.resize(s.labels[row], (s.size, s.size), interpolation=cv2.INTER_NEAREST)
            found = self._logits(net, s.photos[row])[0].flatten(1).T
            logits.append(found.float().cpu().numpy())
            labels.append(true[::2, ::2].ravel())
        offsets = logit_adjustment(np.concatenate(logits), np.concatenate(labels), MIRRORED)
        with torch.no_grad():
            bias = net.get_parameter("head.bias")
            bias.add_(torch.from_numpy(offsets).to(bias.device))
        return net

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs."""
        side, own = self.settings.size_px, bool(self.settings.photos)
        celeba = (("CelebAMask-HQ", "LicenseRef-noncommercial-research"),)
        packs = Terms("LicenseRef-research-only", commercial=False, data=celeba)
        terms = terms_of(self.data / self.settings.photos) if own else packs
        return ExportSpec(
            name="faces-parse-clean" if own else "faces-parse",
            module=ema if own or not self.settings.adjusted_on else self.adjusted(ema),
            inputs={"crop": torch.zeros(1, 3, side, side)},
            outputs=("logits",),
            ranges={"crop": (-1.0, 1.0)},
            purpose="What each pixel of an aligned face shows: 19 classes in CelebAMask-HQ's order.",
            limits=_LIMITS_OWN if own else _LIMITS,
            commercial=terms.commercial,
            license=terms.license,
            eight_bits=own,
            tolerance=OWN_TOLERANCE if own else 0.01,
            data=(
                *terms.data,
                TURNHEADS,
                ("ImageNet weights of EfficientNet-Lite0 (trunk)", "Apache-2.0"),
            ),
        )
