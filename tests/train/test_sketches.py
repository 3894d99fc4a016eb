"""What the sketch trainings share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from limner.errors import RecipeError
from limner.sketches.parts import NAMES, gate_map
from limner.train.data.sketch_faces import build_faces, chosen
from limner.train.loops import _sketches as shared
from limner.train.loops import checkpoint
from limner.train.loops.start import save_portable


def test_gates_add_up_to_the_rooms_gate() -> None:
    values = dict(zip(NAMES, (0.2, 0.9, 0.4, 0.0, 1.0), strict=True))
    each = shared.gates_of(128)
    mixed = torch.einsum("p,phw->hw", torch.tensor([values[n] for n in NAMES]), each)
    np.testing.assert_allclose(mixed.numpy(), gate_map(values, 128), atol=1e-5)


def test_f1_is_one_for_the_truth_and_counts_missing_parts() -> None:
    truth = np.zeros((1, 32, 32), np.uint8)
    truth[:, 4:20, 4:20] = 1
    truth[:, 8:10, 8:14] = 6
    assert shared.class_f1(truth, truth) == 1
    lost = np.where(truth == 6, 1, truth)
    assert 0.4 < shared.class_f1(lost, truth) < 0.6


def test_held_out_people_are_sketched_the_same_each_time(packs: Path, cache: Path) -> None:
    faces = build_faces(chosen(packs, "val", 0)[:2], cache, "sketch-two", workers=1)
    a, b = (shared.fixed_batch(faces, 2, 0.5, 0.0) for _ in range(2))
    for key in a:
        np.testing.assert_array_equal(a[key], b[key])
    np.testing.assert_array_equal(a["photo"][0], faces.photos[0])


@pytest.mark.parametrize("kind", ["best", "checkpoint", "portable", "file"])
def test_weights_come_from_whatever_a_run_left(kind: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    source, target = nn.Linear(3, 2), nn.Linear(3, 2)
    state = {k: v.clone() for k, v in source.state_dict().items()}
    path = tmp_path
    if kind == "best":
        save_file(state, tmp_path / "best.safetensors")
    elif kind == "checkpoint":
        checkpoint.save(tmp_path / "checkpoints", 3, {"ema": state})
    elif kind == "portable":
        save_portable(tmp_path, {"ema": state}, {"step": 1})
    else:
        path = tmp_path / "weights.safetensors"
        save_file(state, path)
    shared.fill(target, str(path), "none")
    torch.testing.assert_close(target.weight, source.weight, atol=1e-3, rtol=1e-3)


def test_weights_that_do_not_fit_or_are_not_there_are_told(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(5, 5)}, tmp_path / "best.safetensors")
    with pytest.raises(RecipeError, match="does not fit"):
        shared.fill(nn.Linear(3, 2), str(tmp_path), "none")
    with pytest.raises(RecipeError, match="not there"):
        shared.fill(nn.Linear(3, 2), str(tmp_path / "nowhere"), "none")


def test_no_source_leaves_the_net_as_it_is() -> None:
    net = nn.Linear(2, 2)
    before = net.weight.detach().clone()
    shared.fill(net, "", "none")
    torch.testing.assert_close(net.weight.detach(), before)


def test_tiles_have_one_size() -> None:
    ink = np.zeros((256, 256), np.uint8)
    assert shared.grey_tile(ink, 96).shape == (96, 96, 3)
    assert shared.grey_tile(ink, 96).min() == 255
    assert shared.photo_tile(torch.zeros(3, 64, 64), 96).shape == (96, 96, 3)
    assert shared.labels_tile(np.full((128, 128), 255), 96).shape == (96, 96, 3)
