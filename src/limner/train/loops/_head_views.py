"""What the heads' tasks share: a batch → the truth of its rays; a shell and held-out people → scores and sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from limner.records import CLASS_COLORS, CLASSES
from limner.train.data.head_pairs import look
from limner.train.data.heads import OUTSIDE
from limner.train.losses.heads import Truth
from limner.train.nets.head_chart import picture_grid
from limner.train.nets.head_decoders import smooth_labels
from limner.train.nets.head_render import FAR_M, NEAR_M, Maps
from limner.train.nets.head_shell import RAYS, HeadShell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from limner.train.data.heads import HeadViews
    from limner.train.nets.head_decoders import Decoded
    from limner.train.nets.head_field import Codes

__all__ = [
    "Maps",
    "as_shell",
    "encoded",
    "people_codes",
    "pixels",
    "rows",
    "score_again",
    "score_turned",
    "single",
    "stacked",
    "tiles",
    "truth",
]

_GREY = 0.0


def truth(batch: dict[str, Tensor], rays: int) -> Truth:
    """Return what a square of rays should meet, chosen near the face where it is not the whole picture."""
    photo = batch["out_photo"].float() / 127.5 - 1
    labels = batch["out_labels"]
    known = ((labels & OUTSIDE) == 0).float()[:, None]
    classes = (labels & (OUTSIDE - 1)).long()
    depth = batch["out_depth"][:, None].float()
    n, device = len(photo), photo.device
    if rays >= RAYS:
        where = picture_grid(RAYS, device).expand(n, RAYS * RAYS, 2)
        return Truth(photo, classes, known, depth, batch["out_pose"], where)
    # normal around the face's middle, a little below the picture's
    middle = torch.tensor([0.55, 0.5], device=device) * RAYS - rays / 2
    start = (middle + torch.randn(n, 2, device=device) * 0.16 * RAYS).round()
    start = start.clamp(0, RAYS - rays).long()
    steps = torch.arange(rays, device=device)
    y = (start[:, :1] + steps)[:, :, None].expand(n, rays, rays)
    x = (start[:, 1:] + steps)[:, None, :].expand(n, rays, rays)
    where = (torch.stack([x, y], -1).view(n, -1, 2).float() + 0.5) * (2 / RAYS) - 1

    def cut(whole: Tensor, scale: int) -> Tensor:
        side = rays * scale
        corners = (start * scale).tolist()
        return torch.stack(
            [p[..., a : a + side, b : b + side] for p, (a, b) in zip(whole, corners, strict=True)]
        )

    return Truth(
        cut(photo, 4), cut(classes, 4), cut(known, 4), cut(depth, 2), batch["out_pose"], where
    )


def _tensors(
    views: HeadViews, chosen: Sequence[int], device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """Return photographs −1 to 1, classes and poses of some views."""
    photos = np.stack([views.photos[i] for i in chosen]).transpose(0, 3, 1, 2)
    labels = np.stack([views.labels[i] for i in chosen])
    return (
        torch.from_numpy(np.ascontiguousarray(photos)).to(device).float() / 127.5 - 1,
        torch.from_numpy(labels).to(device).long(),
        torch.from_numpy(views.pose_deg[list(chosen)]).to(device),
    )


def encoded(shell: HeadShell, views: HeadViews, chosen: Sequence[int]) -> Codes:
    """Return the codes of some views."""
    device = next(shell.parameters()).device
    photo, labels, pose = _tensors(views, chosen, device)
    labels = torch.where(labels >= OUTSIDE, torch.zeros_like(labels), labels)
    codes: Codes = shell.encode(photo, smooth_labels(labels, 128), pose)
    return codes


@torch.no_grad()
def people_codes(shell: HeadShell, real: HeadViews, count: int) -> Tensor:
    """Return codes of photographs, (n, base + parts · codes), for a sampler to begin from."""
    chosen = np.linspace(0, len(real) - 1, min(len(real), count)).astype(int)
    found = []
    for start in range(0, len(chosen), 16):
        codes = encoded(shell, real, chosen[start : start + 16].tolist())
        found.append(torch.cat([codes.base, codes.parts.flatten(1)], 1))
    return torch.cat(found)


def as_shell(net: object) -> HeadShell:
    """Return a net of which the caller knows that it is a shell."""
    if not isinstance(net, HeadShell):
        raise TypeError(f"{type(net).__name__} is no shell.")
    return net


def single(views: HeadViews, i: int, device: torch.device) -> dict[str, Tensor]:
    """Return one photograph as a batch of one, foretelling itself."""
    row = look(views, i)
    labels = torch.from_numpy(row["labels"].copy())[None].to(device)
    photo = torch.from_numpy(row["photo"].transpose(2, 0, 1).copy())[None].to(device)
    pose = torch.from_numpy(row["pose"].copy())[None].to(device)
    return {
        "photo": photo,
        "labels": torch.where(labels >= OUTSIDE, torch.zeros_like(labels), labels),
        "pose": pose,
        "out_photo": photo,
        "out_labels": labels,
        "out_pose": pose,
        "real": torch.ones(1, device=device),
    }


def _half(x: Tensor) -> Tensor:
    return torch.nn.functional.avg_pool2d(x, 2)


class _Tally:
    """Sums over views: squared error over the union of head masks, classes hit, depth off."""

    def __init__(self) -> None:
        self.square = self.pixels = self.off_mm = self.depths = 0.0
        self.both = np.zeros(len(CLASSES))
        self.either = np.zeros(len(CLASSES))

    def add(self, seen: Decoded, photo: Tensor, labels: Tensor, depth: Tensor | None) -> None:
        """Add one view, (1, …), compared at 128²."""
        known = (labels & OUTSIDE) == 0
        labels = labels & (OUTSIDE - 1)
        hard = (labels > 0).float()[:, None]
        soft = seen.alpha.sigmoid()
        mine = _half(seen.photo * soft + _GREY * (1 - soft))
        theirs = _half(photo * hard + _GREY * (1 - hard))
        inside = _half(known.float()[:, None]) > 0.99
        union = ((_half(soft) > 0.5) | (_half(hard) > 0.5)) & inside
        gap = ((mine - theirs) / 2).square().mean(1, keepdim=True)
        self.square += float(gap[union].sum())
        self.pixels += float(union.sum())
        found = _half(seen.labels.softmax(1)).argmax(1)[inside[:, 0]].cpu().numpy()
        true = _half(smooth_labels(labels, 256)).argmax(1)[inside[:, 0]].cpu().numpy()
        n = len(CLASSES)
        both = np.bincount(true[true == found], minlength=n)
        self.both += both
        self.either += np.bincount(true, minlength=n) + np.bincount(found, minlength=n) - both
        if depth is not None:
            there = (depth > 0) & (_half(soft) > 0.5)
            self.off_mm += float(((_half(seen.depth) - depth).abs() * there).sum()) * 1000
            self.depths += float(there.sum())

    def scores(self, prefix: str = "") -> dict[str, float]:
        """Return psnr, miou, iou of eyes, brows, lips and hair, depth_mm."""
        present = np.flatnonzero(self.both + self.either > 0)
        iou = self.both / np.maximum(self.either, 1)
        groups = {"eyes": (4, 5), "brows": (6, 7), "lips": (11, 12), "nose": (2,), "hair": (13,)}
        scores = {
            "psnr": -10 * float(np.log10(max(self.square / max(self.pixels, 1), 1e-9))),
            "miou": float(iou[present].mean()),
        }
        scores |= {k: float(iou[list(v)].mean()) for k, v in groups.items()}
        if self.depths:
            scores["depth_mm"] = self.off_mm / self.depths
        return {prefix + k: v for k, v in scores.items()}


def score_turned(shell: HeadShell, views: HeadViews, people: int) -> dict[str, float]:
    """Return how well the other views of synthetic heads follow from the frontal one."""
    whole, alone = _Tally(), _Tally()
    for head in np.unique(views.head)[:people]:
        first, *others = np.flatnonzero(views.head == head).tolist()
        codes = encoded(shell, views, [first])
        kinds = ((whole, codes), (alone, codes.without_residual()))
        photo, labels, pose = _tensors(views, others, codes.base.device)
        assert views.depth_mm is not None  # noqa: S101
        for tally, some in kinds:
            maps = shell.field.maps(some)
            for k, i in enumerate(others):
                seen = shell.view(maps, pose[k : k + 1])[1]
                depth = torch.from_numpy(views.depth_mm[i].astype(np.float32) / 1000)
                depth = depth.to(pose.device)[None, None]
                tally.add(seen, photo[k : k + 1], labels[k : k + 1], depth)
    picked = ("psnr", "miou")
    return whole.scores() | {k: v for k, v in alone.scores("codes_").items() if k[6:] in picked}


def score_again(shell: HeadShell, views: HeadViews, people: int) -> dict[str, float]:
    """Return how well photographs come back in their own view: maps and codes, and codes alone."""
    whole, alone = _Tally(), _Tally()
    for i in range(min(people, len(views))):
        codes = encoded(shell, views, [i])
        photo, labels, pose = _tensors(views, [i], codes.base.device)
        for tally, some in ((whole, codes), (alone, codes.without_residual())):
            maps = shell.field.maps(some)
            tally.add(shell.view(maps, pose)[1], photo, labels, None)
    picked = ("psnr", "miou")
    scores = whole.scores("real_") | alone.scores("real_codes_")
    return {k: v for k, v in scores.items() if k.rsplit("_", 1)[1] in picked}


def pixels(photo: Tensor, alpha: Tensor | None = None) -> NDArray[np.uint8]:
    """Return (H, W, 3) uint8 of (1, 3, H, W), −1 to 1, over light grey where `alpha` is given."""
    x = photo[0].float().cpu()
    if alpha is not None:
        a = alpha[0].sigmoid().float().cpu()
        x = x * a + 0.7 * (1 - a)
    return ((x.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()


def tiles(seen: Decoded) -> Iterator[NDArray[np.uint8]]:
    """Yield labels and depth of a view as pictures."""
    colors = np.array(CLASS_COLORS, np.uint8)
    yield colors[seen.labels.argmax(1)[0].cpu().numpy()]
    depth = seen.depth[0, 0].float().cpu().numpy()
    near = np.clip((FAR_M - 0.05 - depth) / (FAR_M - NEAR_M - 0.1), 0, 1)
    near = near * (seen.alpha[0, 0].sigmoid().float().cpu().numpy() > 0.5)
    yield np.repeat((near * 255).astype(np.uint8)[..., None], 3, 2)


def rows(
    shell: HeadShell, views: HeadViews, chosen: Sequence[int], yaws: Sequence[float] = (-30, 0, 30)
) -> NDArray[np.uint8]:
    """Return a row a head: seen, again, from codes alone, turned, labels and depth of the last."""
    made = []
    for i in sorted({c % len(views) for c in chosen}):
        codes = encoded(shell, views, [i])
        pose = torch.from_numpy(views.pose_deg[[i]]).to(codes.base.device)
        maps = shell.field.maps(codes)
        again = shell.view(maps, pose)[1]
        alone = shell.view(shell.field.maps(codes.without_residual()), pose)[1]
        row = [np.asarray(views.photos[i])]
        row += [pixels(v.photo, v.alpha) for v in (again, alone)]
        row += list(tiles(again))
        turned = again
        for yaw in yaws:
            turned = shell.view(maps, torch.tensor([[yaw, 0.0]], device=pose.device))[1]
            row.append(pixels(turned.photo, turned.alpha))
        row += list(tiles(turned))
        made.append(np.concatenate(row, 1))
    return np.concatenate(made).astype(np.uint8)


def stacked(parts: Sequence[NDArray[np.uint8]], scale: float = 0.5) -> NDArray[np.uint8]:
    """Return sheets of one width under each other, smaller."""
    whole = np.concatenate(parts)
    small = cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
