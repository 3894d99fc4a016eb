"""Teach feature mapping and synthesis: codes of sketches, trusted ink, palettes in → `sketches-synthesis`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from limner.sketches.parts import NAMES, WINDOWS
from limner.train.data.sketch_drawings import drawings
from limner.train.loops import _sketches as shared
from limner.train.loops._sketch_losses import Inputs, Weights, critics_turn, look, maker_turn
from limner.train.loops.task import ExportSpec
from limner.train.losses.adversarial import MultiScaleCritic
from limner.train.losses.projected import ProjectedCritic
from limner.train.nets.frozen import open_frozen
from limner.train.nets.sketch_parts import Parts
from limner.train.nets.sketch_project import project
from limner.train.nets.sketch_synthesis import CLASSES, Synthesis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.nets.sketch_synthesis import Made
    from limner.train.recipe import Recipe

__all__ = ["Settings", "SynthesisGraph", "SynthesisTask", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    parts : str
        The component embedding's weights: a run's folder, a file, or ``shipped``; "" only for tests.
    size_px : int
        128 or 256: side of the photographs that are compared and judged.
    grow_at : float
        Until this share of the steps 128 px are enough, whatever `size_px` says: a face is made there.
    cache, frozen : str
        Folders of the arrays built, and of ``lite1.npz`` and ``vgg.npz`` ("" asks the train extra's packages).
    perceptual_net : str
        ``vgg``, ``lite1`` or, for tests, ``random``.
    least_sharpness, real_share, scan_share, swap_share : float
        As in `sketch_parts`; share of faces with somebody else's palette.
    neighbours, people : int
        Of the projection (0 leaves codes as they are); how many people it knows, as in the bank that ships.
    told_share, told_until : float
        At first this share of pictures is painted from true classes; it falls to 0 at this share of the steps.
    critic_width : int
        Of the patch critics.
    critic_rate : float
        Learning rate of the critics as a multiple of the recipe's.
    augment : float
        Strength of the changes under which the projected critic sees pictures.
    labels, coarse, perceptual, patch, projected, matching, palette : float
        Weights of the losses.
    held_out, build_workers : int
        People in a validation; processes that build arrays.
    """

    parts: str = ""
    size_px: int = 256
    grow_at: float = 0.0
    cache: str = "runs/cache"
    frozen: str = ""
    perceptual_net: str = "vgg"
    least_sharpness: float = 80.0
    real_share: float = 0.06
    scan_share: float = 0.25
    swap_share: float = 0.1
    neighbours: int = 10
    people: int = 1480
    told_share: float = 0.5
    told_until: float = 0.35
    critic_width: int = 48
    critic_rate: float = 2.0
    augment: float = 0.5
    labels: float = 1.0
    coarse: float = 6.0
    perceptual: float = 1.5
    patch: float = 0.5
    projected: float = 0.5
    matching: float = 4.0
    palette: float = 1.0
    held_out: int = 48
    build_workers: int = 0


def make(recipe: Recipe, data: Path) -> SynthesisTask:
    """Return the task."""
    return SynthesisTask(recipe, recipe.settings(Settings), data)


class SynthesisTask:
    """The maker against a patch critic, a critic on frozen features, labels and the photograph itself."""

    ships = "net"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings = recipe, settings
        s = settings
        train, val = (
            shared.open_faces(data, s.cache, k, s.least_sharpness, workers=s.build_workers)
            for k in ("train", "val")
        )
        shares = s.real_share, s.scan_share, s.swap_share
        self.sampler = shared.open_sampler(data, train, recipe.batch, shares, cache=s.cache)
        self.faces, self.held_out = train, val
        self.foreign = drawings(data, "test", most=8, cache=Path(s.cache))
        self.parts = Parts().eval().requires_grad_(requires_grad=False)
        shared.fill(self.parts, s.parts, "sketches-parts")
        self.nets = nn.ModuleDict(
            {
                "net": Synthesis(),
                "patch": MultiScaleCritic(1 + CLASSES, s.critic_width),
                "projected": ProjectedCritic(),
            }
        )
        folder = Path(s.frozen) if s.frozen else None
        quick = "random" if s.perceptual_net == "random" else "lite1"
        self.seen = open_frozen(quick, folder)
        self.looks = (
            self.seen if s.perceptual_net == quick else open_frozen(s.perceptual_net, folder)
        )
        self.gates = shared.gates_of(256)
        self.weights = Weights(
            s.labels, s.coarse, s.perceptual, s.patch, s.projected, s.matching, s.palette, s.augment
        )
        self._bank: dict[str, Tensor] = {}
        people = min(s.people, len(train))
        self._chosen = np.unique(np.linspace(0, len(train) - 1, people).astype(int))
        row_of = np.full(len(train), -1, np.int64)
        row_of[self._chosen] = np.arange(len(self._chosen))
        self._row_of = torch.from_numpy(row_of)

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return the maker's and the critics' optimiser."""
        critics = [
            p for k in ("patch", "projected") for p in self.nets[k].parameters() if p.requires_grad
        ]
        lr, betas = self.recipe.lr, (0.0, 0.99)
        return {
            "critics": torch.optim.Adam(critics, lr=lr * self.settings.critic_rate, betas=betas),
            "net": torch.optim.Adam(self.nets["net"].parameters(), lr=lr, betas=betas),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the critics' turn, then the maker's."""
        self._follow(batch["rough"].device)
        size = self.settings.size_px if step >= self.settings.grow_at * self.recipe.steps else 128
        x = self._inputs(batch, size)
        net = self.nets["net"]
        told = self._told(x, step)
        made: Made = net(x.codes, x.ink, x.palette, x.grain, told=told, full=size == 256)
        critics = (self.nets["patch"], self.nets["projected"])
        nets = (self.seen, self.looks)
        looked = look(x, made, nets, self.weights)
        yield critics_turn(x, made, critics, self.seen, self.weights, looked)
        yield maker_turn(x, made, critics, nets, self.weights, looked)

    def _follow(self, device: torch.device) -> None:
        """Bring the nets that are not trained to the data's device."""
        if next(self.parts.parameters()).device != device or self.gates.device != device:
            for net in (self.parts, self.seen, self.looks):
                net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
            self.gates = self.gates.to(device)
            self._bank = {}
            # every batch has the same shapes: let the GPU's library choose its fastest ways once
            torch.backends.cudnn.benchmark = device.type == "cuda"

    def _inputs(self, batch: dict[str, Tensor], size: int) -> Inputs:
        """Return a batch as the nets want it: floats, projected codes, gated ink, pictures of `size` px."""
        photo = batch["photo"].permute(0, 3, 1, 2).float() / 127.5 - 1
        if photo.shape[-1] != size:
            photo = functional.avg_pool2d(photo, photo.shape[-1] // size)
        rough = batch["rough"][:, None].float() / 255
        confidence = batch["confidence"]
        labels = batch["labels"].long()
        known = labels < CLASSES
        classes = (
            functional.one_hot(labels.clamp(max=CLASSES - 1), CLASSES).permute(0, 3, 1, 2).float()
        )
        classes = functional.avg_pool2d(classes * known[:, None], 2)
        trusted = torch.einsum("np,phw->nhw", confidence, self.gates)[:, None]
        return Inputs(
            photo=photo,
            labels=labels[:, ::2, ::2],
            classes=classes,
            codes=self._codes(rough, confidence, batch),
            ink=torch.cat([rough * trusted, trusted], 1),
            palette=batch["palette"],
            grain=torch.randn(len(photo), 1, 256, 256, device=photo.device),
            paired=batch["paired"],
            own=batch["own"],
            trust=confidence.mean(1),
        )

    @torch.no_grad()
    def _codes(
        self, rough: Tensor, confidence: Tensor, batch: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        """Return the codes, drawn towards their neighbours as far as they are not trusted."""
        codes = self.parts.encode(rough)
        if not self.settings.neighbours:
            return codes
        bank = self._people(rough.device)
        row_of = self._row_of.to(rough.device)
        own = torch.where(batch["paired"] > 0, row_of[batch["index"]], -1)
        for k, name in enumerate(NAMES):
            flat = codes[name].float().flatten(1)
            near = project(flat, bank[name], own, neighbours=self.settings.neighbours)
            share = confidence[:, k : k + 1]
            codes[name] = (share * flat + (1 - share) * near).reshape(codes[name].shape)
        return codes

    def _people(self, device: torch.device) -> dict[str, Tensor]:
        """Return other people's codes, (people, D) a component; made once."""
        if not self._bank:
            found: dict[str, list[Tensor]] = {n: [] for n in NAMES}
            for start in range(0, len(self._chosen), 64):
                clean = self.faces.clean[self._chosen[start : start + 64]]
                ink = torch.from_numpy(clean).to(device)[:, None].float() / 255
                for name, code in self.parts.encode(ink).items():
                    found[name].append(code.float().flatten(1))
            self._bank = {n: torch.cat(v) for n, v in found.items()}
        return self._bank

    def _told(self, x: Inputs, step: int) -> tuple[Tensor, Tensor] | None:
        """Return true classes and for which pictures they are told, ever fewer."""
        s = self.settings
        share = s.told_share * max(0.0, 1 - step / max(1.0, s.told_until * self.recipe.steps))
        if share <= 0:
            return None
        which = (torch.rand(len(x.paired), device=x.paired.device) < share).float()
        return x.classes, which * x.paired

    @torch.no_grad()
    def make_photos(
        self, ema: nn.Module, rough: NDArray[np.uint8], palettes: NDArray[np.float32], trust: float
    ) -> Made:
        """Return photographs of sketches (N, 256, 256) at one confidence for all components."""
        device = next(ema.parameters()).device
        self._follow(device)
        n = len(rough)
        ink = torch.from_numpy(rough.astype(np.float32) / 255)[:, None].to(device)
        batch = {
            "paired": torch.zeros(n, device=device),
            "index": torch.zeros(n, dtype=torch.int64, device=device),
        }
        codes = self._codes(ink, torch.full((n, len(NAMES)), trust, device=device), batch)
        grain = torch.randn(1, 1, 256, 256, generator=torch.Generator().manual_seed(0))
        made: Made = ema(
            codes,
            torch.cat([ink * trust, torch.full_like(ink, trust)], 1),
            torch.from_numpy(palettes).to(device),
            grain.expand(n, -1, -1, -1).to(device),
            full=self.settings.size_px == 256,
        )
        return made

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return F1 of the class map and distances to the photograph, for faithful lines and rough sketches."""
        scores: dict[str, float] = {}
        for name, roughness, trust in (("faithful", 0.0, 1.0), ("rough", 0.8, 0.3)):
            batch = shared.fixed_batch(
                self.held_out, self.settings.held_out, roughness, float(trust == 1)
            )
            guesses, l1 = [], []
            for start in range(0, len(batch["rough"]), 8):
                cut = slice(start, start + 8)
                made = self.make_photos(ema, batch["rough"][cut], batch["palette"][cut], trust)
                guesses.append(made.logits.argmax(1).cpu().numpy())
                real = torch.from_numpy(batch["photo"][cut]).permute(0, 3, 1, 2).float() / 127.5 - 1
                pooled = functional.avg_pool2d(real, 8)
                ours = functional.adaptive_avg_pool2d(made.photo.float().cpu(), 32)
                l1.append(float((ours - pooled).abs().mean()))
            truth = batch["labels"][:, ::2, ::2]
            scores[f"f1_{name}"] = shared.class_f1(np.concatenate(guesses), truth)
            scores[f"l1_{name}"] = float(np.mean(l1))
        return scores

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return people: photograph, lines, result, classes, rough, result at confidence 0.3; below, real drawings."""
        rows = []
        faithful = shared.fixed_batch(self.held_out, 6, 0.0, 1.0)
        rough = shared.fixed_batch(self.held_out, 6, 0.8, 0.0)
        first = self.make_photos(ema, faithful["rough"], faithful["palette"], 1.0)
        second = self.make_photos(ema, rough["rough"], rough["palette"], 0.3)
        classes = first.logits.argmax(1).cpu().numpy()
        for k in range(len(faithful["rough"])):
            real = torch.from_numpy(faithful["photo"][k]).permute(2, 0, 1).float() / 127.5 - 1
            tiles = [
                shared.photo_tile(real),
                shared.grey_tile(faithful["rough"][k]),
                shared.photo_tile(first.photo[k]),
                shared.labels_tile(classes[k]),
                shared.grey_tile(rough["rough"][k]),
                shared.photo_tile(second.photo[k]),
            ]
            rows.append(np.concatenate(tiles, 1))
        if len(self.foreign):
            rows += self._foreign_rows(ema, faithful["palette"])
        return np.concatenate(rows)

    def _foreign_rows(
        self, ema: nn.Module, palettes: NDArray[np.float32]
    ) -> list[NDArray[np.uint8]]:
        inks = self.foreign[:4]
        colors = palettes[np.arange(len(inks)) % len(palettes)]
        full = self.make_photos(ema, inks, colors, 1.0).photo
        soft = self.make_photos(ema, inks, colors, 0.3).photo
        tiles = [
            t
            for k in range(len(inks))
            for t in (
                shared.grey_tile(inks[k]),
                shared.photo_tile(full[k]),
                shared.photo_tile(soft[k]),
            )
        ]
        tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % 6)
        return [np.concatenate(tiles[i : i + 6], 1) for i in range(0, len(tiles), 6)]

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what the graph needs."""
        assert isinstance(ema, Synthesis)  # noqa: S101
        codes = {f"{n}-code": torch.zeros(1, *WINDOWS[n].latent) for n in NAMES}
        inputs = {
            **codes,
            "ink": torch.zeros(1, 2, 256, 256),
            "palette": torch.zeros(1, 17),
            "grain": torch.zeros(1, 1, 256, 256),
        }
        return ExportSpec(
            name="sketches-synthesis",
            module=SynthesisGraph(ema),
            inputs=inputs,
            outputs=("photo", "classes", "features"),
            ranges={
                **dict.fromkeys(codes, (-1.0, 1.0)),
                "ink": (0.0, 1.0),
                "palette": (-1.0, 1.0),
                "photo": (-1.0, 1.0),
                "classes": (0.0, 1.0),
            },
            purpose="Paints a photograph of 256 px from the codes of a sketch, its ink and a palette.",
            limits="Frontal adults; glasses, hats and hands come out badly; grounds are soft.",
            data=(("CelebAMask-HQ", "LicenseRef-noncommercial-research"),),
            tolerance=0.02,
        )


class SynthesisGraph(nn.Module):
    """What ships: `Synthesis` with plain inputs; the photograph clipped, classes as shares."""

    def __init__(self, net: Synthesis) -> None:
        super().__init__()
        self.net = net

    def forward(  # noqa: PLR0913  (an exporter wants every input by name)
        self,
        rest: Tensor,
        mouth: Tensor,
        nose: Tensor,
        right: Tensor,
        left: Tensor,
        ink: Tensor,
        palette: Tensor,
        grain: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return photograph (N, 3, 256, 256), classes (N, 19, 128, 128), features (N, C, 256, 256)."""
        codes = dict(zip(NAMES, (rest, mouth, nose, right, left), strict=True))
        made = self.net(codes, ink, palette, grain)
        return made.photo.clamp(-1, 1), functional.softmax(made.logits, 1), made.features
