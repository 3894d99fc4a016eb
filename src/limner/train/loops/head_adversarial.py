"""Teach random people: a trained shell and photographs in → codes that, sampled, give heads like photographs.

Stage 1, as 3D-SSGAN trains: critics of the picture and of the classes, R1, an average of the weights; codes come from
the sampler, cameras from the photographs. The supervised losses of stage 0 stay beside it, so that geometry stays exact
and the encoder's codes and the sampler's stay one space.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from limner.heads.encode import template
from limner.train.data.head_pairs import HeadPairs
from limner.train.data.heads import OUTSIDE, build_real, build_synthetic
from limner.train.loops import _head_graphs as graphs
from limner.train.loops import _head_random as randoms
from limner.train.loops import _head_views as views
from limner.train.loops import head_shell
from limner.train.losses.projected import ProjectedCritic, hinge_critic, hinge_maker
from limner.train.nets.frozen import open_frozen
from limner.train.nets.head_chart import PARTS
from limner.train.nets.head_critic import HeadCritic, logistic_critic, logistic_maker, r1
from limner.train.nets.head_decoders import smooth_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.loops.task import ExportSpec
    from limner.train.nets.head_field import Codes
    from limner.train.nets.head_shell import HeadShell
    from limner.train.recipe import Recipe

__all__ = ["HeadAdversarialTask", "Settings", "make"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The task's own settings.

    Parameters
    ----------
    shell : str
        ``shipped``, or another trained shell: a run's folder, its ``best.safetensors``, or a portable folder.
    size_px : int
        What the picture's critic looks at: 128, then 256.
    photos : int
        Photographs, and random heads, in a step.
    keep : float
        Weight of the supervised losses of stage 0 on the step's pairs.
    picture, classes, features : float
        Weights of the critics' opinions: of the picture, of classes with picture, of frozen features.
    r1_picture, r1_classes, r1_every : float, float, int
        Gradient penalties, and how often they are taken (then as many times as strong).
    pose : float
        Weight of the camera that the critics read off.
    mix : float
        How often parts of two random heads are mixed, so that a part can be sampled alone.
    part_lr : float
        Share of the learning rate that encoder, field and decoder take; the sampler takes all.
    people_codes : int
        Photographs whose codes give the sampler its first axes.
    critic_width : int
        Channels of the critics at full size.
    rays, real_share, feature : int, float, float
        Of the supervised losses; see `head_shell`.
    frozen : str
        Folder with ``lite1.npz``, where its package is not installed.
    cache : str
        Folder of the arrays built from the packs.
    people : int
        Random heads and photographs in a validation.
    """

    shell: str = "shipped"
    size_px: int = 128
    photos: int = 16
    keep: float = 1.0
    picture: float = 0.1
    classes: float = 0.1
    features: float = 0.05
    r1_picture: float = 10.0
    r1_classes: float = 100.0
    r1_every: int = 16
    pose: float = 0.2
    mix: float = 0.2
    part_lr: float = 0.3
    people_codes: int = 800
    critic_width: int = 24
    rays: int = 64
    real_share: float = 0.5
    feature: float = 0.0
    frozen: str = ""
    cache: str = "runs/cache"
    people: int = 200


def make(recipe: Recipe, data: Path) -> HeadAdversarialTask:
    """Return the task."""
    return HeadAdversarialTask(recipe, recipe.settings(Settings), data)


class PairsAndPhotos:
    """Batches of `HeadPairs` with as many photographs beside them, under ``real_…``."""

    def __init__(self, pairs: HeadPairs, photos: HeadPairs) -> None:
        self.pairs, self.photos = pairs, photos

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        """Return the pairs' arrays, and real_photo, real_labels, real_pose of the photographs."""
        made = self.pairs.batch(rng)
        other = self.photos.batch(rng)
        for ours, theirs in (
            ("photo", "out_photo"),
            ("labels", "out_labels"),
            ("pose", "out_pose"),
        ):
            made[f"real_{ours}"] = other[theirs]
        return made


class HeadAdversarialTask:
    """Random heads against critics, beside the shell's own lessons."""

    ships = "shell"
    pieces = head_shell.HeadShellTask.pieces

    def __init__(self, recipe: Recipe, settings: Settings, data: Path) -> None:
        self.recipe, self.settings, self.data = recipe, settings, data
        self.piece = self.pieces[0]
        cache = Path(settings.cache)
        real = build_real(data, cache, "train")
        pairs = HeadPairs(
            build_synthetic(data, cache, "train"),
            real,
            batch=recipe.batch,
            real_share=settings.real_share,
        )
        photos = HeadPairs(
            pairs.synthetic, real, batch=settings.photos, real_share=1.0, augment=0.0
        )
        self.sampler = PairsAndPhotos(pairs, photos)
        shell = graphs.load_shell(Path(settings.shell)).requires_grad_(requires_grad=True)
        shell.sampler.set_people(views.people_codes(shell, real, settings.people_codes))
        self.lessons = self._lessons(cache)
        size, width = settings.size_px, settings.critic_width
        self.nets = nn.ModuleDict(
            {
                "shell": shell,
                "picture": HeadCritic(3, size, width),
                "classes": HeadCritic(22, 128, width),
                "projected": ProjectedCritic(),
            }
        )
        folder = Path(settings.frozen) if settings.frozen else None
        self.frozen = open_frozen("lite1", folder)

    def _lessons(self, cache: Path) -> head_shell.HeadShellTask:
        """Return the shell's own task without its data: only its losses are asked for."""
        del cache
        task = head_shell.HeadShellTask.__new__(head_shell.HeadShellTask)
        same = {f.name for f in fields(head_shell.Settings)} & {f.name for f in fields(Settings)}
        values = {k: getattr(self.settings, k) for k in same}
        task.settings = replace(head_shell.Settings(), **values)
        task.mesh = torch.from_numpy(template()[0])
        task.features = None
        return task

    @torch.no_grad()
    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """Return one for the shell, quicker in its sampler, and one for all critics."""
        lr, shell = self.recipe.lr, views.as_shell(self.nets["shell"])
        sampler = list(shell.sampler.parameters())
        mine = {id(p) for p in sampler}
        rest = [p for p in shell.parameters() if id(p) not in mine]
        groups = [{"params": sampler, "lr": lr}, {"params": rest, "lr": lr * self.settings.part_lr}]
        critics = [
            p
            for name in ("picture", "classes", "projected")
            for p in self.nets[name].parameters()
            if p.requires_grad
        ]
        return {
            "shell": torch.optim.Adam(groups, lr, betas=(0.0, 0.99)),
            "critics": torch.optim.Adam(critics, lr, betas=(0.0, 0.99)),
        }

    def losses(
        self, batch: dict[str, Tensor], step: int
    ) -> Iterator[tuple[str, Tensor, dict[str, float]]]:
        """Yield the shell's turn, then the critics'."""
        s, shell = self.settings, views.as_shell(self.nets["shell"])
        real, pose = _real(batch)
        turned = pose[torch.randperm(len(pose), device=pose.device)]
        made = self._made(shell, turned, batch)
        parts = self._opinions(made, turned)
        loss = torch.stack([getattr(s, k) * v for k, v in parts.items()]).sum()
        if s.keep > 0:
            taught, log = self._taught(shell, batch)
            loss, parts = loss + s.keep * taught, parts | log
        yield "shell", loss, {k: float(v.detach()) for k, v in parts.items()}
        made = {k: v.detach() for k, v in made.items()}
        loss, log = self._judged(real, pose, made, step)
        yield "critics", loss, {k: float(v.detach()) for k, v in log.items()}

    def _made(self, shell: HeadShell, pose: Tensor, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return random heads as critics look at them: picture, and classes with picture at 128²."""
        seen = shell.view(shell.field.maps(self._random(shell, len(pose))), pose)[1]
        known = ((batch["real_labels"] & OUTSIDE) == 0).float()[:, None]
        alpha = seen.alpha.sigmoid() * known
        shares = seen.labels.softmax(1)
        ground = torch.cat([torch.ones_like(known), torch.zeros_like(shares[:, 1:])], 1)
        return _looks(seen.photo * alpha, shares * known + ground * (1 - known))

    def _random(self, shell: HeadShell, count: int) -> Codes:
        """Return codes of random heads, some with parts of a second one."""
        device = next(shell.parameters()).device
        size = shell.sampler.seeds
        codes: Codes = shell.sample(torch.randn(count, size, device=device))
        other = codes.parts.roll(1, 0)
        swap = torch.rand(count, len(PARTS), 1, device=device) < 0.3
        swap &= torch.rand(count, 1, 1, device=device) < self.settings.mix
        return replace(codes, parts=torch.where(swap, other, codes.parts))

    def _opinions(self, made: dict[str, Tensor], pose: Tensor) -> dict[str, Tensor]:
        """Return what the critics say of made heads, as losses of the maker."""
        picture, read = self.nets["picture"](self._sized(made["picture"]))
        classes, _ = self.nets["classes"](made["classes"])
        scores = self.nets["projected"](self.frozen.to(pose.device)(made["picture"]))
        return {
            "picture": logistic_maker(picture),
            "classes": logistic_maker(classes),
            "features": hinge_maker(scores),
            "pose": functional.mse_loss(read, pose / 45),
        }

    def _taught(
        self, shell: HeadShell, batch: dict[str, Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        photo = batch["photo"].float() / 127.5 - 1
        codes = shell.encode(photo, smooth_labels(batch["labels"], 128), batch["pose"])
        lessons = self.lessons
        found = lessons.parts(shell, lessons._tired(codes), batch)
        found["code"] = (codes.base.square().mean() + codes.parts.square().mean()) / 2
        terms = [getattr(lessons.settings, k) * v for k, v in found.items()]
        return torch.stack(terms).sum(), {f"taught_{k}": v for k, v in found.items()}

    def _judged(
        self, real: dict[str, Tensor], pose: Tensor, made: dict[str, Tensor], step: int
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the critics' loss."""
        s, nets = self.settings, self.nets
        true, read = nets["picture"](self._sized(real["picture"]))
        false, _ = nets["picture"](self._sized(made["picture"]))
        frozen = self.frozen.to(pose.device)
        both = [frozen(x["picture"]) for x in (real, made)]
        log = {
            "d_picture": logistic_critic(true, false),
            "d_classes": logistic_critic(
                nets["classes"](real["classes"])[0], nets["classes"](made["classes"])[0]
            ),
            "d_features": hinge_critic(nets["projected"](both[0]), nets["projected"](both[1])),
            "d_pose": functional.mse_loss(read, pose / 45),
        }
        loss = torch.stack(list(log.values())).sum()
        if s.r1_every > 0 and step % s.r1_every == 0:
            slopes = {
                "r1_picture": r1(nets["picture"], self._sized(real["picture"])),
                "r1_classes": r1(nets["classes"], real["classes"]),
            }
            # half of gamma, once in a while but as many times as strong
            for k, v in slopes.items():
                loss = loss + 0.5 * s.r1_every * getattr(s, k) / 100 * v
            log |= slopes
        return loss, log

    def _sized(self, picture: Tensor) -> Tensor:
        factor = picture.shape[-1] // self.settings.size_px
        return functional.avg_pool2d(picture, factor) if factor > 1 else picture

    def validate(self, ema: nn.Module) -> dict[str, float]:
        """Return stage 0's scores, and the FD of random heads to held-out photographs, heads alone before grey."""
        cache, some = Path(self.settings.cache), min(self.settings.people, 12)
        shell = views.as_shell(ema)
        held = build_real(self.data, cache, "val")
        scores = views.score_turned(shell, build_synthetic(self.data, cache, "val"), some)
        scores |= views.score_again(shell, held, some)
        return scores | randoms.score_random(shell, held, self.settings.people)

    def sheet(self, ema: nn.Module) -> NDArray[np.uint8]:
        """Return eight random heads, from three sides, with labels; then two people seen."""
        held = build_real(self.data, Path(self.settings.cache), "val")
        return views.stacked(
            [
                randoms.random_rows(views.as_shell(ema), 8),
                views.rows(views.as_shell(ema), held, (3, 60))[:, : 256 * 8],
            ]
        )

    def export(self, ema: nn.Module) -> ExportSpec:
        """Return what is needed to write the graph named by `piece`."""
        return graphs.spec(views.as_shell(ema), self.piece, real=True)


def _looks(photo: Tensor, shares: Tensor) -> dict[str, Tensor]:
    small = functional.avg_pool2d(torch.cat([shares, photo], 1), 2)
    return {"picture": photo, "classes": small}


def _real(batch: dict[str, Tensor]) -> tuple[dict[str, Tensor], Tensor]:
    """Return the batch's photographs as critics look at them, and their cameras."""
    labels = batch["real_labels"]
    known = ((labels & OUTSIDE) == 0).float()[:, None]
    classes = torch.where(labels >= OUTSIDE, torch.zeros_like(labels), labels)
    hard = (classes > 0).float()[:, None]
    soft = functional.avg_pool2d(functional.pad(hard, (1, 1, 1, 1), mode="replicate"), 3, 1) * known
    photo = batch["real_photo"].float() / 127.5 - 1
    # nobody is sure of every pixel; a critic must not find made maps by their softness
    shares = smooth_labels(classes, 256) * 0.9 + 0.1 / 19
    return _looks(photo * soft, shares), batch["real_pose"]
