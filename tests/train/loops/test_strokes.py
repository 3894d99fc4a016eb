"""ψ's task: balanced patches, a confusion matrix on held-out people, and a way back from a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save
from tests.train.loops import small

from limner.errors import RecipeError
from limner.metrics.strokes import STROKE_TYPES
from limner.train.data.drawings import Sheets
from limner.train.data.stroke_patches import patches_of
from limner.train.graph import to_onnx
from limner.train.loops._psi import open_strokes
from limner.train.loops.strokes import confusion_of

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path, sheets: Sheets) -> Any:
    assert len(sheets.ids)
    return small.load("strokes", packs, cache)


def test_one_turn_teaches(task: Any) -> None:
    small.assert_one_turn_teaches(task, {"net": "net"}, np.random.default_rng(0))


def test_batches_are_balanced_and_the_same_again(task: Any) -> None:
    task.sampler.count = 700
    batch = task.sampler.batch(np.random.default_rng(2))
    task.sampler.count = 2
    assert batch["patch"].shape == (700, 1, 16, 16)
    counts = np.bincount(batch["type"], minlength=len(STROKE_TYPES))
    assert counts[counts > 0].min() > 50
    assert 0 <= batch["patch"].min() < batch["patch"].max() <= 1
    again = task.sampler.batch(np.random.default_rng(3))
    twice = task.sampler.batch(np.random.default_rng(3))
    np.testing.assert_array_equal(again["patch"], twice["patch"])


def test_the_confusion_matrix_counts_every_patch_once_by_its_true_type(task: Any) -> None:
    always_hair = small.Knows(
        lambda x: torch.nn.functional.one_hot(torch.ones(len(x), dtype=torch.long), 7).float()
    )
    table = confusion_of(always_hair, task.held_out, 2)
    sheets = [task.held_out.sheet(i) for i in (0, len(task.held_out.ids) - 1)]
    types = np.concatenate([patches_of(s[..., 1], s[..., 3])[1] for s in sheets])
    np.testing.assert_array_equal(table.sum(1), np.bincount(types, minlength=7))
    assert table[:, 1].sum() == table.sum()
    scores = task.validate(always_hair)
    assert scores["recall_hair"] in (0.0, 1.0)
    assert scores["recall_skin"] == 0


def test_the_sheet_is_the_matrix_and_the_graph_takes_any_number_of_patches(task: Any) -> None:
    net = task.nets["net"].eval()
    assert task.sheet(net).dtype == np.uint8
    spec = task.export(net)
    small.assert_spec_fits(spec)
    assert spec.name == "metrics-strokes"
    assert spec.dynamic["patch"] == {0: "n"}


def test_the_classifier_comes_back_from_a_run_and_from_a_graph(task: Any, tmp_path: Path) -> None:
    net = task.nets["net"].eval()
    (tmp_path / "best.safetensors").write_bytes(save(net.state_dict()))
    (tmp_path / "psi.onnx").write_bytes(to_onnx(task.export(net), f16=False))
    patches = torch.rand(3, 1, 16, 16)
    for source in (tmp_path, tmp_path / "psi.onnx"):
        found = open_strokes(str(source))
        assert not found.training
        assert not any(p.requires_grad for p in found.parameters())
        torch.testing.assert_close(found(patches), net(patches), rtol=1e-4, atol=1e-4)
    with pytest.raises(RecipeError, match="limner train strokes"):
        open_strokes(str(tmp_path / "nothing"))
