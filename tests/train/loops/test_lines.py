"""F's task: one network for photographs and drawings, judged by the gap between their lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train.loops import small

from limner.records import CLASSES
from limner.train.data.drawings import Sheets
from limner.train.data.line_pairs import common_lines, quiet_of, seen_by_liner

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path, sheets: Sheets) -> Any:
    assert len(sheets.ids)
    return small.load("lines", packs, cache)


def test_one_turn_teaches(task: Any) -> None:
    small.assert_one_turn_teaches(task, {"net": "net"}, np.random.default_rng(0))


def test_every_loss_is_told(task: Any) -> None:
    batch = small.batch_of(task, np.random.default_rng(0))
    batch["croquis"] = torch.ones(2)
    ((_, loss, numbers),) = task.losses(batch, 0)
    assert set(numbers) == {"teacher", "itself", "gap", "sparse", "manner"}
    assert all(v > 0 for v in numbers.values())
    batch["croquis"] = torch.zeros(2)
    ((_, _, numbers),) = task.losses(batch, 0)
    assert numbers["itself"] == 0
    assert "manner" not in numbers
    assert torch.isfinite(loss)


def test_batches_hold_pairs_in_one_frame_and_sometimes_no_classes(task: Any) -> None:
    blind = 0
    for seed in range(12):
        batch = task.sampler.batch(np.random.default_rng(seed))
        assert batch["photo"].shape == batch["sketch"].shape == (2, 20, 64, 64)
        np.testing.assert_array_equal(batch["photo"][:, 1:], batch["sketch"][:, 1:])
        blind += int((batch["photo"][:, 1:].max((1, 2, 3)) == 0).sum())
        for key, planes in (
            ("photo_lines", 2),
            ("sketch_lines", 2),
            ("drawn", 1),
            ("quiet", 1),
            ("hair", 1),
        ):
            assert batch[key].shape == (2, planes, 64, 64)
            assert 0 <= batch[key].min() <= batch[key].max() <= 1
    assert 1 <= blind <= 12


def test_walls_are_quiet_and_features_are_not() -> None:
    classes = np.zeros((60, 60), np.uint8)
    classes[20:50, 20:50] = CLASSES.index("skin")
    classes[34:36, 34:36] = CLASSES.index("l_eye")
    quiet = quiet_of(classes, near_px=3)
    assert quiet[5, 5] == 1
    assert quiet[26, 26] == 0.5
    assert quiet[35, 35] == quiet[32, 35] == 0
    assert quiet[20, 30] == 0  # the outline
    seen = seen_by_liner(np.full((60, 60), 255, np.uint8), classes)
    assert seen.shape == (20, 60, 60)
    np.testing.assert_allclose(seen[1:].sum(0), 1)


def test_only_what_both_have_is_wanted_but_features_always() -> None:
    own, other = (np.zeros((40, 40), np.float32) for _ in range(2))
    own[[5, 15, 25, 35]] = 1
    other[[7]] = 1
    classes = np.full((40, 40), CLASSES.index("skin"), np.uint8)
    classes[20:30] = CLASSES.index("l_eye")
    classes[30:] = CLASSES.index("hair")
    wanted, weight = common_lines(own, other, classes)
    np.testing.assert_allclose(wanted[[5, 15, 25, 35], 20], [1, 0, 1, 0.35])
    np.testing.assert_allclose(weight[[5, 15, 25, 35, 10], 20], [1, 0.4, 1, 0.4, 1])


def test_a_network_that_sees_no_difference_has_no_gap(task: Any) -> None:
    lines = torch.zeros(1, 1, 256, 256)
    lines[:, :, 64:66] = 1
    same = small.Knows(lambda x: lines[..., : x.shape[2], : x.shape[3]])
    scores = task.validate(same)
    assert scores["gap"] == 0
    assert scores["ink_photo"] == scores["ink_sketch"] > 0
    own = small.Knows(lambda x: (x[:, :1] < 0.5).float())
    assert task.validate(own)["gap"] > 0.1


def test_the_sheet_and_the_graph(task: Any) -> None:
    net = task.nets["net"].eval()
    assert task.sheet(net).shape[1:] == (5 * 250, 3)
    spec = task.export(net)
    small.assert_spec_fits(spec)
    assert spec.name == "lines-ink"
    assert spec.dynamic["picture"] == spec.dynamic["ink"]
