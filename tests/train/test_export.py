"""From a run to a pack: checked against torch in every runtime, with a row and a card."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train import toy

from limner.errors import CorruptWeights, RecipeError
from limner.train import export
from limner.train.graph import to_onnx
from limner.train.loops import engine, precision
from limner.train.loops.job import Job, Machine, Options
from limner.weights import Session
from limner.weights.ledger import audited_bytes, read_rows

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    options = Options(tensorboard=False)
    engine.run(Job(toy.recipe(), folder, folder, Machine("cpu", threads=1), options, toy.make))
    return folder


@pytest.fixture(scope="module")
def pack(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    (folder / "ledger.toml").write_text("# kept\n\n[a-other]\nbytes = 1  # too\n")
    path = export.export_run(run, toy.ToyTask(toy.recipe()), folder)
    assert path == folder / "graphs" / "styles-toy.onnx"
    return folder


def test_a_row_tells_all_of_a_graph(pack: Path) -> None:
    import tomllib

    text = (pack / "ledger.toml").read_text()
    assert text.startswith("# kept\n\n[a-other]\nbytes = 1  # too\n")
    table = tomllib.loads(text)["styles-toy"]
    data = (pack / "graphs" / "styles-toy.onnx").read_bytes()
    assert table["sha256"] == hashlib.sha256(data).hexdigest()
    assert table["bytes"] == len(data)
    assert table["inputs"]["photo"] == {
        "shape": [1, 3, "height", "width"],
        "dtype": "float32",
        "range": [0.0, 255.0],
    }
    assert table["outputs"]["ink"]["range"] == [0.0, 1.0]
    assert (table["room"], table["recipe"], table["pictures"]) == ("styles", "toy", 12)
    assert set(table["scores"]) == {"l1"}
    assert table["data"] == [{"name": "random numbers", "license": "CC0-1.0"}]
    assert table["precision"] in {"f32", "bf16"}
    assert "What for" in (pack / "cards" / "styles-toy.md").read_text()


@pytest.mark.parametrize("engine_name", ["openvino", "onnxruntime"])
def test_both_runtimes_run_the_pack(pack: Path, run: Path, engine_name: str) -> None:
    (pack / "ledger.toml").write_text(
        (pack / "ledger.toml").read_text().replace("[a-other]\nbytes = 1  # too\n\n", "")
    )
    (row,) = read_rows(pack / "ledger.toml", pack / "graphs")
    audited_bytes(row)
    from safetensors.torch import load

    task = toy.ToyTask(toy.recipe())
    task.nets["net"].load_state_dict(load((run / "best.safetensors").read_bytes()))
    module = task.export(task.nets["net"]).module.eval()
    photo = np.random.default_rng(0).uniform(0, 255, (1, 3, 12, 16)).astype(np.float32)
    got = Session(engine=engine_name, precision="f32", threads=1).run(row, {"photo": photo})["ink"]
    with torch.no_grad():
        expected = module(torch.from_numpy(photo)).numpy()
    np.testing.assert_allclose(got, expected, atol=2e-3)


def spec(**changes: Any) -> Any:
    torch.manual_seed(0)
    task = toy.ToyTask(toy.recipe(width=16))
    return dataclasses.replace(task.export(task.nets["net"].eval()), **changes)


def test_a_graph_that_computes_something_else_is_refused() -> None:
    graph = to_onnx(spec())
    assert export.check(spec(), graph) < 2e-3
    other = spec()
    with torch.no_grad():
        other.module.net.last.bias.add_(0.5)
    with pytest.raises(CorruptWeights, match="ink from openvino differs from torch by"):
        export.check(other, graph)


def test_outputs_that_jump_are_compared_on_average() -> None:
    expected = np.linspace(0, 1, 1000)
    got = expected.copy()
    got[7] += 0.5
    assert export._difference(got, expected, jumps=False) == pytest.approx(0.5)
    assert export._difference(got, expected, jumps=True) == pytest.approx(0.0005)
    assert export._difference(got[:5], expected, jumps=True) == float("inf")


def test_bf16_is_measured_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = to_onnx(spec())
    if precision.choose("auto", cuda=False) == "bf16":
        assert 0 < export.bf16_error(spec(), graph) < 0.1
    monkeypatch.setattr(precision, "choose", lambda *_, **__: "f32")
    assert export.bf16_error(spec(), graph) == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": ()}, "names no data set"),
        ({"data": (("a", "free for research"),)}, "the licence of a is 'free for research'"),
        ({"license": "mine, all mine"}, "the licence of the weight itself"),
    ],
)
def test_terms_must_be_said_in_spdx(run: Path, tmp_path: Path, change: Any, message: str) -> None:
    class Loose(toy.ToyTask):
        def export(self, ema: torch.nn.Module) -> Any:
            return dataclasses.replace(super().export(ema), **change)

    with pytest.raises(RecipeError, match=message):
        export.export_run(run, Loose(toy.recipe()), tmp_path, scores={})
    assert not (tmp_path / "ledger.toml").exists()


def test_pieces_are_exported_one_by_one(run: Path, tmp_path: Path) -> None:
    class Two(toy.ToyTask):
        pieces = ("toy", "twin")
        piece = "toy"

        def export(self, ema: torch.nn.Module) -> Any:
            return dataclasses.replace(super().export(ema), name=f"styles-{self.piece}")

    assert export.export_run(run, Two(toy.recipe()), tmp_path, scores={"l1": 1.0}) == tmp_path
    rows = read_rows(tmp_path / "ledger.toml", tmp_path / "graphs")
    assert [r.name for r in rows] == ["styles-toy", "styles-twin"]


def test_a_folder_without_weights_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="holds no checkpoint"):
        export.export_run(tmp_path, toy.ToyTask(toy.recipe()), tmp_path)
