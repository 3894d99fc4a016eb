"""The landmark network's task: one turn teaches; errors are shares of the distance of the eyes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train.loops import small

from limner.train.data.face_crops import CROP_PX

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path) -> Any:
    return small.load("landmarks", packs, cache)


def knowing(task: Any, *, off_px: float = 0.0, yaw_off: float = 0.0) -> small.Knows:
    """Return a net that answers each kind's held-out crops in turn, off by so much."""
    kinds = [k for k in (0, 1, 2) if (task.held_out.kind == k).any()]
    truth = iter([task._crops(k)[1:] for k in kinds])

    def answer(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        points, yaw = next(truth)
        assert len(points) == len(x)
        found = np.zeros((len(x), 478, 3), np.float32)
        found[..., :2] = (points + [off_px, 0] + 0.5) / CROP_PX
        pose = np.stack([np.nan_to_num(yaw) + yaw_off, np.zeros(len(x))], 1).astype(np.float32)
        return torch.from_numpy(found), torch.from_numpy(pose), torch.zeros(len(x), 1)

    return small.Knows(answer)


def test_one_turn_teaches(task: Any) -> None:
    small.assert_one_turn_teaches(task, {"net": "net"}, np.random.default_rng(3))


def test_the_trunk_learns_more_slowly(task: Any) -> None:
    trunk, rest = task.optimizers()["net"].param_groups
    assert trunk["lr"] == pytest.approx(0.4 * rest["lr"])
    assert len(trunk["params"]) + len(rest["params"]) == len(list(task.nets["net"].parameters()))


def test_the_net_begins_at_the_average_of_its_own_crops(task: Any) -> None:
    mean = task.nets["net"].state_dict()["mean_shape"]
    assert mean.shape == (478, 3)
    assert mean[33, 0] < mean[1, 0] < mean[263, 0]
    assert mean[33, 1] < mean[1, 1] < mean[152, 1]
    assert float(mean[:468, :2].mean()) == pytest.approx(0.5, abs=0.08)


def test_a_perfect_net_is_off_by_nothing(task: Any) -> None:
    scores = task.validate(knowing(task))
    assert {"nme_photo", "nme_drawing", "nme_head", "yaw_photo"} <= set(scores)
    assert all(scores[k] < 0.01 for k in scores)


def test_errors_are_told_in_hundredths_of_the_eyes_distance_and_degrees(task: Any) -> None:
    scores = task.validate(knowing(task, off_px=3, yaw_off=7))
    points = task._crops(0)[1]
    eyes = np.linalg.norm(points[:, 468] - points[:, 473], axis=1)
    assert scores["nme_photo"] == pytest.approx(float((300 / eyes).mean()), rel=1e-3)
    assert scores["yaw_head"] == pytest.approx(7, abs=0.01)


def test_held_out_crops_are_the_same_every_time_and_hold_their_points(task: Any) -> None:
    for kind in (0, 1, 2):
        crops, points, _ = task._crops(kind)
        again = task._crops(kind)
        np.testing.assert_array_equal(crops, again[0])
        assert crops.shape[1:] == (CROP_PX, CROP_PX, 3)
        assert ((points > -10) & (points < CROP_PX + 10)).mean() > 0.98


def test_the_sheet_shows_eight_crops_a_row(task: Any) -> None:
    sheet = task.sheet(task.nets["net"].eval())
    assert sheet.shape[1:] == (8 * CROP_PX, 3)
    assert sheet.shape[0] % CROP_PX == 0
    assert sheet.dtype == np.uint8


def test_the_graph_gives_points_pose_and_presence(task: Any) -> None:
    spec = task.export(task.nets["net"])
    small.assert_spec_fits(spec)
    assert (spec.name, spec.outputs) == ("faces-landmarks", ("points", "pose", "presence"))
