"""A shell and held-out photographs in → how far its random heads are from people, and a sheet of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from limner.errors import MissingExtra
from limner.metrics import fd
from limner.train import judge
from limner.train.data.heads import OUTSIDE
from limner.train.loops._head_views import pixels, tiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray
    from torch import Tensor, nn

    from limner.train.data.heads import HeadViews
    from limner.train.nets.head_shell import HeadShell

__all__ = ["fd_to_photographs", "random_rows", "score_random"]


def random_rows(
    shell: HeadShell, count: int, yaws: tuple[float, ...] = (-30, -12, 0, 12, 30)
) -> NDArray[np.uint8]:
    """Return a row a random head, always the same seeds: from several sides, then labels and depth."""
    device = next(shell.parameters()).device
    made = []
    for seed in range(count):
        normal = np.random.default_rng(seed).standard_normal((1, shell.sampler.seeds))
        seeds = torch.from_numpy(normal.astype(np.float32)).to(device)
        maps = shell.field.maps(shell.sample(seeds))
        row = []
        for yaw in yaws:
            seen = shell.view(maps, torch.tensor([[yaw, 0.0]], device=device))[1]
            row.append(pixels(seen.photo, seen.alpha))
        front = shell.view(maps, torch.zeros(1, 2, device=device))[1]
        row += list(tiles(front))
        made.append(np.concatenate([*row, row[len(yaws) // 2]], 1))
    return np.concatenate(made).astype(np.uint8)


def score_random(shell: HeadShell, views: HeadViews, people: int) -> dict[str, float]:
    """Return the FD of random heads to photographs, and between two halves of photographs.

    Heads alone before grey, at 128², by the judge's features (which no loss uses): comparable within these runs only.
    Empty where the judge's network is not installed.
    """
    device = next(shell.parameters()).device
    count = min(people, len(views))
    chosen = np.linspace(0, len(views) - 1, count).astype(int)
    real = (_alone(views.photos[i], views.labels[i]) for i in chosen)
    return fd_to_photographs(real, {"fd": _random_pictures(shell, views.pose_deg[chosen], device)})


def fd_to_photographs(
    real: Iterable[NDArray[np.uint8]], made: Mapping[str, Iterable[NDArray[np.uint8]]]
) -> dict[str, float]:
    """Return the FD of each kind of pictures to one half of photographs, and of the other half, ``fd_photos``.

    All are (128, 128, 3), the same number a side in every figure. Empty where the judge's network is not installed.
    """
    try:
        net = judge.load_net()
    except MissingExtra:
        return {}
    there = _features(net, real)
    ours = {name: _features(net, pictures) for name, pictures in made.items()}
    half = min(len(rows) for rows in (there, *ours.values())) // 2
    first, second = there[0 : 2 * half : 2], there[1 : 2 * half : 2]
    scores = {name: fd(rows[:half], second) for name, rows in ours.items()}
    return scores | {"fd_photos": fd(first, second)}


def _alone(photo: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the head before grey, 128²."""
    inside = ((labels & (OUTSIDE - 1)) > 0) & (labels < OUTSIDE)
    soft = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.6)[..., None]
    mixed = (photo * soft + 127.5 * (1 - soft)).astype(np.uint8)
    return np.asarray(cv2.resize(mixed, (128, 128), interpolation=cv2.INTER_AREA), np.uint8)


def _random_pictures(
    shell: HeadShell, poses: NDArray[np.float32], device: torch.device
) -> Iterable[NDArray[np.uint8]]:
    chance = np.random.default_rng(0)
    for pose in poses:
        normal = chance.standard_normal((1, shell.sampler.seeds)).astype(np.float32)
        maps = shell.field.maps(shell.sample(torch.from_numpy(normal).to(device)))
        where = torch.from_numpy(pose[None]).to(device)
        seen = shell.view(maps, where)[1]
        alpha = seen.alpha.sigmoid()
        whole = ((seen.photo * alpha + 1) * 127.5)[0].clamp(0, 255).byte().permute(1, 2, 0)
        yield np.asarray(cv2.resize(whole.cpu().numpy(), (128, 128), interpolation=cv2.INTER_AREA))


@torch.no_grad()
def _features(net: nn.Module, pictures: Iterable[NDArray[np.uint8]]) -> NDArray[np.float64]:
    found = []
    for picture in pictures:
        x: Tensor = (torch.from_numpy(picture.transpose(2, 0, 1)[None].copy()).float() - 127) / 128
        found.append(
            net.extract_features(x)  # type: ignore[operator]
            .mean((2, 3))[0]
            .double()
            .numpy()
        )
    return np.stack(found)
