"""Teach the refiner: photographs turned there and back by a trained shell in → the photographs again.

Real people have one view each. So a photograph is turned by 12–40°, what is visible then is turned back, and the
refiner learns to restore what both turns lost. Synthetic heads, of which other views exist, are turned once. A critic
on frozen features judges restored views, and freely turned ones that nothing else can judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from limner.train.data.head_pairs import HeadPairs
from limner.train.data.heads import OUTSIDE, build_real, build_synthetic
from limner.train.loops import _head_graphs as graphs
from limner.train.loops import _head_views as views
from limner.train.loops._head_sheet import with_sheet
from limner.train.loops.task import ExportSpec
from limner.train.losses import heads as losses
from limner.train.losses.perceptual import feature_distance
from limner.train.losses.projected import ProjectedCritic, hinge_critic, hinge_maker
from limner.train.nets.frozen import open_frozen
from limner.train.nets.head_decoders import smooth_labels
from limner.train.nets.head_refiner import HeadRefiner, carry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.nets.head_decoders import Decoded
    from limner.train.recipe import Recipe

__all__ = ["HeadRefineTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    shell : str
        ``shipped``, or another trained shell: a run's folder, its ``best.safetensors``, or a portable folder.
    width : int
        Channels of the refiner at full size.
    real_share : float
        How many of the pictures are photographs, turned there and back.
    look, gradient, feature, alpha : float
        Weights of the losses against the true picture.
    critic : float
        Weight of the critic's opinion; 0 trains without one.
    critic_from : int
        Step at which the critic begins to be heard.
    turned : float
        Share of the critic's opinion that is about freely turned views.
    crop_px : int
        Side of the square that is mended in a step, a multiple of 16; 256 is the whole picture.
    sheet : bool
        Let what reaches beyond the shell turn with it, as the product does.
    frozen : str
        Folder with ``lite1.npz``, where its package is not installed.
    cache : str
        Folder of the arrays built from the packs.
    people : int
        Held-out people in a validation.
    """

    shell: str = "shipped"
    width: int = 16
    real_share: float = 0.75
    look: float = 4.0
    gradient: float = 2.0
    feature: float = 0.5
    alpha: float = 0.5
    critic: float = 0.05
    critic_from: int = 1000
    turned: float = 0.5
    crop_px: int = 256
    sheet: bool = True
    frozen: str = ""
    cache: str = "runs/cache"
    people: int = 40


def make(recipe: Recipe, data: Path) -> HeadRefineTask:
    """Return the task."""
    return HeadRefineTask(recipe, recipe.settings(Settings), data)


@dataclass(frozen=True, slots=True)
class _Window:
    """A square of every picture of a batch."""

    corners: tuple[tuple[int, int], ...]
    side: int

    @classmethod
    def near_face(cls, count: int, side: int, whole: int = 256) -> _Window:
        """Return squares that lie more often on the face than at the rim."""
        room = whole - side
        at = (torch.randn(count, 2) * room / 4 + room / 2).round().clamp(0, room)
        return cls(tuple((int(y), int(x)) for y, x in at.tolist()), side)

    def __call__(self, pictures: Tensor) -> Tensor:
        """Return the squares of pictures (N, …, H, W)."""
        s = self.side
        rows = [
            p[..., y : y + s, x : x + s] for p, (y, x) in zip(pictures, self.corners, strict=True)
        ]
        return torch.stack(rows)


@dataclass(frozen=True, slots=True)
class Lost:
    """What a turn left of a batch: all at 256², the refiner's inputs and the target camera's own rendering."""

    survived: Tensor
    visible: Tensor
    seen: Decoded

    def cut(self, window: _Window) -> Lost:
        """Return what lies in a window."""
        s = self.seen
        seen = type(s)(*(window(x) for x in (s.photo, s.labels, s.alpha, s.depth)))
        return Lost(window(self.survived), window(self.visible), seen)

    def refined(self, refiner: nn.Module) -> tuple[Tensor, Tensor]:
        """Return photo and alpha logit."""
        seen = self.seen
        photo, alpha, _ = refiner(
            self.survived, self.visible, seen.photo, seen.alpha.sigmoid(), seen.labels.softmax(1)
        )
        return photo, alpha


class HeadRefineTask:
    """Turned photographs, mended."""

    ships = "refiner"

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings, self.data = recipe, settings, data
        cache = Path(settings.cache)
        self.sampler = HeadPairs(
            build_synthetic(data, cache, "train"),
            build_real(data, cache, "train"),
            batch=recipe.batch,
            real_share=settings.real_share,
            augment=0.3,
        )
        self.shell = graphs.load_shell(Path(settings.shell))
        self.nets = nn.ModuleDict({"refiner": HeadRefiner(settings.width)})
        self.features: nn.Module | None = None
        if settings.critic > 0:
            self.nets["critic"] = ProjectedCritic()
        if settings.critic > 0 or settings.feature > 0:
            folder = Path(settings.frozen) if settings.frozen else None
            self.features = open_frozen("lite1", folder)

    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return one optimiser a net."""
        lr = self.recipe.lr
        found: dict[str, torch.optim.Optimizer] = {
            "refiner": torch.optim.AdamW(
                self.nets["refiner"].parameters(), lr, betas=(0.5, 0.99), weight_decay=1e-4
            )
        }
        if "critic" in self.nets:
            heads = [p for p in self.nets["critic"].parameters() if p.requires_grad]
            found["critic"] = torch.optim.Adam(heads, lr / 2, betas=(0.0, 0.99))
        return found

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the refiner's turn, then the critic's."""
        s, refiner = self.settings, self.nets["refiner"]
        with torch.no_grad():
            back, away = self.lost(batch)
        window = _Window.near_face(len(batch["photo"]), s.crop_px)
        back, away = back.cut(window), away.cut(window)
        target = window(batch["out_photo"]).float() / 127.5 - 1
        labels = window(batch["out_labels"])
        known = ((labels & OUTSIDE) == 0).float()[:, None]
        head = losses.Truth(target, labels & (OUTSIDE - 1), known, target, target, target).head
        photo, alpha = back.refined(refiner)
        laid = photo * head + target * (1 - head)
        parts = {
            "look": ((laid - target).abs() * known).mean(),
            "gradient": losses.gradient_loss(laid, target, known),
            "alpha": _entropy(alpha, head, known),
        }
        if s.feature > 0:
            parts["feature"] = self._feature(laid, target)
        turned: Tensor | None = None
        if s.critic > 0 and step >= s.critic_from:
            free, free_alpha = away.refined(refiner)
            turned = _on_grey(free, free_alpha.sigmoid())
            restored = _on_grey(photo, head)
            opinion = (1 - s.turned) * hinge_maker(self._scores(restored))
            parts["critic"] = opinion + s.turned * hinge_maker(self._scores(turned))
        loss = torch.stack([getattr(s, k) * v for k, v in parts.items()]).sum()
        yield "refiner", loss, {k: float(v.detach()) for k, v in parts.items()}
        if turned is None:
            return
        real = self._scores(_on_grey(target, head))
        made = torch.cat([_on_grey(photo, head), turned]).detach()
        scores = self._scores(made)
        hinge = hinge_critic(real, scores)
        yield "critic", hinge, {"hinge": float(hinge.detach())}

    @torch.no_grad()
    def lost(self, batch: dict[str, Tensor], *, turn: Tensor | None = None) -> tuple[Lost, Lost]:
        """Return what is left of a batch at the camera whose picture is known, and at a free one.

        For photographs the first has been there and back; for synthetic heads it was turned once.
        """
        shell = self.shell.to(batch["photo"].device).eval()
        photo = batch["photo"].float() / 127.5 - 1
        codes = shell.encode(photo, smooth_labels(batch["labels"], 128), batch["pose"])
        # half of the heads from codes alone in part: the coarse rendering must not know the answer too well
        weak = (torch.rand(len(photo), device=photo.device) < 0.25).float()
        maps = shell.field.maps(codes.without_residual(weak))
        real = batch["real"]
        free = batch["pose"] + (_turn(len(photo), photo.device) if turn is None else turn)
        free = free.clamp(-60, 60)
        away_pose = torch.where(real[:, None] > 0, free, batch["out_pose"])
        here = shell.view(maps, batch["pose"])[1]
        away = shell.view(maps, away_pose)[1]
        depths = _solid_depth(here), _solid_depth(away)
        at_home = beyond = None
        if self.settings.sheet:
            labels = batch["labels"]
            head = ((labels & (OUTSIDE - 1) > 0) & (labels & OUTSIDE == 0)).float()[:, None]
            *solid, at_home, beyond = with_sheet(depths, (batch["pose"], away_pose), head)
            depths = solid[0], solid[1]
        known = ((batch["out_labels"] & OUTSIDE) == 0).float()[:, None]
        known = torch.where(real.view(-1, 1, 1, 1) > 0, known, torch.ones_like(known))
        gone, seen = carry(photo, depths, (batch["pose"], away_pose), known)
        again, still = carry(gone, depths[::-1], (away_pose, batch["pose"]), seen)
        pick = real.view(-1, 1, 1, 1) > 0
        if at_home is not None and beyond is not None:
            here, away = _reaching(here, at_home * still), _reaching(away, beyond * seen)
        mixed = type(here)(
            torch.where(pick, here.photo, away.photo),
            torch.where(pick, here.labels, away.labels),
            torch.where(pick, here.alpha, away.alpha),
            torch.where(pick, here.depth, away.depth),
        )
        back = Lost(torch.where(pick, again, gone), torch.where(pick, still, seen), mixed)
        return back, Lost(gone, seen, away)

    def _frozen(self, device: torch.device) -> nn.Module:
        assert self.features is not None  # noqa: S101
        return self.features.to(device)

    def _feature(self, a: Tensor, b: Tensor) -> Tensor:
        net = self._frozen(a.device)
        return feature_distance(net(a), net(b))

    def _scores(self, photo: Tensor) -> list[Tensor]:
        scores: list[Tensor] = self.nets["critic"](self._frozen(photo.device)(photo))
        return scores

    def _held_out(self, device: torch.device, count: int) -> Iterator[tuple[Tensor, Tensor, Lost]]:
        """Yield (photo, head mask, what is left) of held-out photographs, turned by 25° and back."""
        held = build_real(self.data, Path(self.settings.cache), "val")
        for i in range(0, len(held), max(1, len(held) // count)):
            batch = views.single(held, i, device)
            side = 25.0 if float(batch["pose"][0, 0]) < 0 else -25.0
            torch.manual_seed(i)
            back, _ = self.lost(batch, turn=torch.tensor([[side, 0.0]], device=device))
            head = (batch["out_labels"] & (OUTSIDE - 1) > 0).float()[:, None]
            yield batch["photo"].float() / 127.5 - 1, head, back

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return PSNR over the head of photographs turned by 25° and back: refined, and filled with the rendering."""
        device = next(ema.parameters()).device
        errors = []
        for photo, head, back in self._held_out(device, self.settings.people):
            plain = back.survived * back.visible + back.seen.photo * (1 - back.visible)
            fine, _ = back.refined(ema)
            row = [
                float((((x.clamp(-1, 1) - photo) / 2).square() * head).sum() / (3 * head.sum()))
                for x in (fine, plain)
            ]
            errors.append(row)
        fine_db, plain_db = -10 * np.log10(np.array(errors)).mean(0)
        return {"psnr": float(fine_db), "psnr_without": float(plain_db)}

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return held-out people: photograph, what survived, rendering, refined."""
        device = next(ema.parameters()).device
        made = []
        for photo, _, back in self._held_out(device, 8):
            fine, alpha = back.refined(ema)
            gone = back.survived * back.visible + 0.7 * (1 - back.visible)
            row = [views.pixels(x) for x in (photo, gone)]
            row += [views.pixels(back.seen.photo, back.seen.alpha), views.pixels(fine, alpha)]
            made.append(np.concatenate(row, 1))
        return views.stacked(made)

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph."""
        side = 256
        one = torch.zeros(1, 1, side, side)
        inputs = {
            "survived": torch.zeros(1, 3, side, side),
            "visible": one,
            "coarse": torch.zeros(1, 3, side, side),
            "alpha": one + 0.5,
            "labels": torch.full((1, 19, side, side), 1 / 19),
        }
        free = {2: "height", 3: "width"}
        return ExportSpec(
            name="heads-refiner",
            module=RefinerGraph(ema).eval(),
            inputs=inputs,
            outputs=("photo", "alpha_out"),
            dynamic=dict.fromkeys((*inputs, "photo", "alpha_out"), free),
            ranges={"survived": (-1, 1), "visible": (0, 1), "coarse": (-1, 1), "alpha": (0, 1)}
            | {"labels": (0, 1)},
            purpose="What survived of a photograph when the head turned → the finished view.",
            limits="Sides that are multiples of 16; teeth, hands and jewellery that were hidden are guessed.",
            data=(("CelebAMask-HQ", "LicenseRef-research-only"), ("synthetic heads", "CC0-1.0")),
            license="LicenseRef-research-only",
            commercial=False,
            tolerance=0.01,
        )


class RefinerGraph(nn.Module):
    """The refiner as it is exported: alpha comes out as a share, the gate stays inside."""

    def __init__(self, refiner: nn.Module) -> None:
        super().__init__()
        self.refiner = refiner

    def forward(
        self, survived: Tensor, visible: Tensor, coarse: Tensor, alpha: Tensor, labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return photo, −1 to 1, and alpha, 0 to 1."""
        photo, logit, _ = self.refiner(survived, visible, coarse, alpha, labels)
        return photo, logit.sigmoid()


def _turn(count: int, device: torch.device) -> Tensor:
    """Return random turns (N, 2): yaw 12–40° either way, pitch a little."""
    yaw = torch.rand(count, device=device) * 28 + 12
    side = torch.where(torch.rand(count, device=device) < 0.5, 1.0, -1.0)
    return torch.stack([yaw * side, torch.randn(count, device=device) * 6], 1)


def _solid_depth(seen: Decoded) -> Tensor:
    """Return the decoded depth, 0 where there is no head."""
    return seen.depth * (seen.alpha > 0)


def _reaching(seen: Decoded, beyond: Tensor) -> Decoded:
    """Return what is seen with an alpha, a logit, that holds what reaches beyond the shell."""
    share = torch.maximum(seen.alpha.sigmoid(), beyond).clamp(1e-4, 1 - 1e-4)
    return type(seen)(seen.photo, seen.labels, torch.logit(share), seen.depth)


def _on_grey(photo: Tensor, alpha: Tensor) -> Tensor:
    """Return the head alone, before mid-grey: what critics look at."""
    return photo.clamp(-1, 1) * alpha


def _entropy(logit: Tensor, goal: Tensor, known: Tensor) -> Tensor:
    lost = nn.functional.binary_cross_entropy_with_logits(logit, goal, reduction="none")
    return (lost * known).mean()
