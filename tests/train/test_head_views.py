"""What the heads' tasks share: patches of truth, tallies that know a perfect view from a bad one."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from limner.train.data.heads import OUTSIDE, build_real, build_synthetic
from limner.train.loops import _head_views as views
from limner.train.nets.head_decoders import Decoded, smooth_labels
from limner.train.nets.head_shell import HeadShell


def batch(n: int = 2) -> dict[str, torch.Tensor]:
    grid = torch.arange(256, dtype=torch.uint8)
    rows = grid[:, None].expand(256, 256)
    photo = torch.stack([rows, rows.t(), torch.zeros_like(rows)])
    labels = torch.zeros(256, 256, dtype=torch.uint8)
    labels[128:] = 13
    labels[:, :8] |= OUTSIDE
    depth = torch.arange(128.0)[:, None].expand(128, 128) / 1000
    return {
        "out_photo": photo.expand(n, 3, 256, 256),
        "out_labels": labels.expand(n, 256, 256),
        "out_depth": depth.expand(n, 128, 128),
        "out_pose": torch.zeros(n, 2),
    }


def test_the_whole_picture_is_asked_for_as_it_is() -> None:
    found = views.truth(batch(), 64)
    assert found.side == 64
    assert found.where.shape == (2, 4096, 2)
    assert found.known[0, 0, 0, 4] == 0
    assert found.known[0, 0, 0, 20] == 1
    assert found.labels.max() == 13


def test_a_patch_of_truth_lies_under_its_rays() -> None:
    torch.manual_seed(0)
    found = views.truth(batch(), 12)
    assert found.photo.shape == (2, 3, 48, 48)
    assert found.depth.shape == (2, 1, 24, 24)
    for i in range(2):
        # the ray's own place in px of the picture is the mean of the sixteen pixels beneath it
        px = (found.where[i].view(12, 12, 2) + 1) * 128 - 0.5
        value = (found.photo[i] + 1) * 127.5
        under = torch.nn.functional.avg_pool2d(value, 4)
        assert under[0].numpy() == pytest.approx(px[..., 1].numpy(), abs=0.01)
        assert under[1].numpy() == pytest.approx(px[..., 0].numpy(), abs=0.01)
        rows = torch.nn.functional.avg_pool2d(found.depth[i], 2)[0] * 1000
        assert rows.numpy() == pytest.approx((px[..., 1].numpy() - 0.5) / 2, abs=0.02)


def decoded(photo: torch.Tensor, labels: torch.Tensor, depth: float) -> Decoded:
    logits = smooth_labels(labels, 256) * 20 - 10
    alpha = ((labels > 0).float() * 20 - 10)[:, None]
    return Decoded(photo, logits, alpha, torch.full((1, 1, 256, 256), depth))


def test_a_perfect_view_has_perfect_scores_and_a_shifted_one_has_not() -> None:
    labels = torch.zeros(1, 256, 256, dtype=torch.long)
    labels[:, 60:200, 60:200] = 1
    labels[:, 100:120, 80:100] = 5
    photo = torch.rand(1, 3, 256, 256) * 2 - 1
    depth = (torch.nn.functional.avg_pool2d((labels > 0).float()[:, None], 2) > 0.5).float() * 1.05
    good, bad = views._Tally(), views._Tally()
    good.add(decoded(photo, labels, 1.05), photo, labels, depth)
    bad.add(decoded(photo.roll(9, 3), labels.roll(9, 2), 1.07), photo, labels, depth)
    best, worst = good.scores(), bad.scores()
    assert best["psnr"] > 60
    assert best["miou"] == 1
    assert best["depth_mm"] == pytest.approx(0, abs=1e-3)
    assert worst["psnr"] < 20
    assert worst["miou"] < 0.9
    assert worst["depth_mm"] == pytest.approx(20, abs=0.5)


def test_what_lies_outside_the_photograph_is_not_counted() -> None:
    labels = torch.zeros(1, 256, 256, dtype=torch.long)
    labels[:, 60:200, 60:200] = 1
    photo = torch.zeros(1, 3, 256, 256)
    wrong = photo.clone()
    wrong[..., :100] = 1
    marked = labels.clone()
    marked[..., :100] |= OUTSIDE
    tally = views._Tally()
    tally.add(decoded(wrong, labels, 1.0), photo, marked, None)
    assert tally.scores()["psnr"] > 60


def test_scores_of_an_untrained_shell_are_numbers(
    small_shell: HeadShell, head_packs: Path, head_cache: Path
) -> None:
    with torch.no_grad():
        turned = views.score_turned(small_shell, build_synthetic(head_packs, head_cache, "val"), 1)
        again = views.score_again(small_shell, build_real(head_packs, head_cache, "val"), 1)
    assert all(math.isfinite(v) for v in {**turned, **again}.values())
    assert {"codes_miou", "depth_mm"} <= set(turned)
    assert set(again) == {"real_psnr", "real_miou", "real_codes_psnr", "real_codes_miou"}


def test_a_sheet_has_a_row_a_head(
    small_shell: HeadShell, head_packs: Path, head_cache: Path
) -> None:
    with torch.no_grad():
        held = build_real(head_packs, head_cache, "val")
        sheet = views.rows(small_shell, held, (0, 1), (0.0,))
    assert sheet.shape == (512, 8 * 256, 3)
    assert views.stacked([sheet, sheet]).shape == (512, 4 * 256, 3)
    assert sheet.dtype == np.uint8


def test_only_a_shell_is_a_shell(small_shell: HeadShell) -> None:
    assert views.as_shell(small_shell) is small_shell
    with pytest.raises(TypeError, match="no shell"):
        views.as_shell(torch.nn.Linear(1, 1))
