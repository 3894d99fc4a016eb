"""The detector's task: one turn teaches; the judge knows a perfect net from a silent one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train.loops import small

from limner.train.losses.detection import RANGES, assign, cell_centres
from limner.train.nets.detector import STRIDES

pytestmark = pytest.mark.train
SIDE = 96


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path) -> Any:
    return small.load("detect", packs, cache)


def grids(boxes: torch.Tensor, counts: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return what a perfect detector answers."""
    out = []
    for stride, limits in zip(STRIDES, RANGES, strict=True):
        at = cell_centres((SIDE, SIDE), stride, torch.device("cpu"))
        which = assign(boxes, counts, at, stride, limits)
        grid = torch.zeros(len(boxes), len(at), 15)
        grid[..., 0] = torch.where(which >= 0, 9.0, -9.0)
        mine = boxes.gather(1, which.clamp(min=0)[..., None].expand(-1, -1, 4))
        grid[..., 1:3] = (at - mine[..., :2]) / stride
        grid[..., 3:5] = (mine[..., 2:] - at) / stride
        out.append(grid)
    return tuple(out)


def knowing(task: Any, monkeypatch: pytest.MonkeyPatch) -> small.Knows:
    """Return a net that was told the truth of the batch it is about to be shown."""
    told: list[Any] = []
    draw = task.held_out.batch

    def batch(rng: Any) -> Any:
        told.append(draw(rng))
        return told[-1]

    monkeypatch.setattr(task.held_out, "batch", batch)
    return small.Knows(
        lambda x: grids(*(torch.from_numpy(told[-1][k]) for k in ("boxes", "counts")))
    )


def test_one_turn_teaches(task: Any) -> None:
    small.assert_one_turn_teaches(task, {"net": "net"}, np.random.default_rng(3))


def test_a_perfect_net_finds_everybody_and_nobody_else(
    task: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = task.validate(knowing(task, monkeypatch))
    # a face whose middle lies beyond the edge has no cell, two in one cell share it
    assert scores["recall"] > 0.8
    assert scores["false_per_scene"] < 0.3


def test_a_silent_net_finds_nobody(task: Any) -> None:
    nobody = torch.zeros(4, 12, 4), torch.zeros(4, dtype=torch.int64)
    scores = task.validate(small.Knows(lambda x: grids(*nobody)))
    assert scores == {"recall": 0, "false_per_scene": 0}


def test_every_validation_shows_the_same_scenes(task: Any) -> None:
    net = task.nets["net"].eval()
    assert task.validate(net) == task.validate(net)


def test_the_sheet_is_a_picture_of_scenes(task: Any) -> None:
    sheet = task.sheet(task.nets["net"].eval())
    assert sheet.shape == (SIDE, 4 * SIDE, 3)
    assert sheet.dtype == np.uint8
    assert sheet.std() > 5


def test_the_graph_takes_pictures_of_any_size(task: Any) -> None:
    spec = task.export(task.nets["net"])
    small.assert_spec_fits(spec)
    assert spec.name == "faces-detect"
    assert spec.outputs == ("grid8", "grid16", "grid32")
    assert set(spec.dynamic["picture"]) == {2, 3}
