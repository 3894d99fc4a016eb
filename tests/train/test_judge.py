"""The judge's graph is what its publishers made."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from limner import weights
from limner.train import judge
from limner.weights import Row, ledger

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def net() -> nn.Module:
    """Return the published network."""
    return judge.load_net()


def run(model: onnx.ModelProto, pixels: np.ndarray, folder: Path) -> dict[str, np.ndarray]:
    """Run a graph through the product's own session."""
    data = model.SerializeToString(deterministic=True)
    (folder / "metrics-trial.onnx").write_bytes(data)
    row = Row(
        name="metrics-trial",
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        room="metrics",
        license="Apache-2.0",
        commercial=True,
        inputs={"pixels": {}},
        folder=folder,
    )
    return weights.Session().run(row, {"pixels": pixels})


@pytest.mark.parametrize("side", [128, 224])
def test_the_graph_computes_what_torch_does(net: Any, side: int, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).uniform(-1, 1, (3, 3, side, side)).astype(np.float32)
    found = run(judge.build(net, half=False), pixels, tmp_path)
    with torch.no_grad():
        expected = net.extract_features(torch.from_numpy(pixels)).mean((2, 3)).numpy()
    assert np.abs(found["pooled"] - expected).max() < 1e-3
    assert found["early"].shape == (3, 24, side // 4, side // 4)


def test_the_early_features_are_the_third_block(net: Any, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).uniform(-1, 1, (1, 3, 64, 64)).astype(np.float32)
    caught = []
    hook = net._blocks[2].register_forward_hook(lambda _net, _given, out: caught.append(out))
    with torch.no_grad():
        net.extract_features(torch.from_numpy(pixels))
    hook.remove()
    found = run(judge.build(net, half=False), pixels, tmp_path)
    assert np.abs(found["early"] - caught[0].numpy()).max() < 1e-3


def test_the_same_weights_give_the_bytes_that_ship(net: Any) -> None:
    data = judge.build(net).SerializeToString(deterministic=True)
    assert hashlib.sha256(data).hexdigest() == ledger.row(judge.NAME).sha256


def test_halves_are_half_as_large_and_hardly_different(net: Any, tmp_path: Path) -> None:
    half, full = judge.build(net), judge.build(net, half=False)
    assert half.ByteSize() < 0.6 * full.ByteSize()
    pixels = np.random.default_rng(2).uniform(-1, 1, (2, 3, 128, 128)).astype(np.float32)
    one, other = (run(m, pixels, tmp_path)["pooled"] for m in (half, full))
    assert 0 < np.abs(one - other).mean() < 0.005 * other.std()


def test_the_program_writes_the_graph_and_says_its_hash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge.main([str(tmp_path / "new")]) == 0
    data = (tmp_path / "new" / "metrics-features.onnx").read_bytes()
    said = capsys.readouterr().out
    assert hashlib.sha256(data).hexdigest() in said
    assert f"bytes = {len(data)}" in said
