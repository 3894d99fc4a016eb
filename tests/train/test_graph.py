"""Graphs: parameters by name, short weights, the same bytes, nothing about this machine."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from tests.train import toy

from limner.errors import RecipeError
from limner.train.export import check
from limner.train.graph import SCALE, to_onnx, widened
from limner.train.loops.start import from_graph
from limner.train.loops.task import ExportSpec
from limner.weights import audit

pytestmark = pytest.mark.train


def spec(width: int = 32) -> ExportSpec:
    torch.manual_seed(0)
    task = toy.ToyTask(toy.recipe(width=width))
    return task.export(task.nets["net"])


@functools.cache
def graph() -> bytes:
    return to_onnx(spec())


def model() -> onnx.ModelProto:
    return onnx.load_from_string(graph())


def arrays() -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    return {i.name: numpy_helper.to_array(i) for i in model().graph.initializer}


def test_every_parameter_keeps_its_name() -> None:
    wanted = {k for k, v in spec().module.state_dict().items() if v.is_floating_point()}
    assert wanted <= set(arrays())


def test_large_weights_are_short_and_the_rest_is_not() -> None:
    types = {k: str(v.dtype) for k, v in arrays().items()}
    assert types["net.first.weight"] == "float16"
    assert types["net.first.bias"] == types["net.norm.running_var"] == "float32"
    assert types["net.last.weight"] == "float32"  # 32 numbers gain nothing


def test_weights_in_eight_bits_are_smaller_and_nearly_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("limner.train.graph._EIGHT_FROM", 256)
    made = dataclasses.replace(spec(256), eight_bits=True, tolerance=0.05)
    small, usual = to_onnx(made), to_onnx(spec(256))
    assert len(small) < len(usual)
    kept = {
        i.name: numpy_helper.to_array(i) for i in onnx.load_from_string(small).graph.initializer
    }
    name = "net.first.weight"
    assert kept[name].dtype == np.int8
    assert kept[name + SCALE].shape == kept[name].shape[:1]
    true = spec(256).module.state_dict()[name].numpy()
    step = kept[name + SCALE].reshape(-1, *[1] * (true.ndim - 1))
    assert (np.abs(widened(kept)[name] - true) <= 0.5001 * step).all()
    audit(small)
    made.module.eval()
    assert 0 < check(made, small) <= 0.05


def test_a_training_begins_from_weights_in_eight_bits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("limner.train.graph._EIGHT_FROM", 256)
    (tmp_path / "toy.onnx").write_bytes(to_onnx(dataclasses.replace(spec(256), eight_bits=True)))
    net = toy.ToyTask(toy.recipe(width=256)).nets["net"]
    from_graph(tmp_path / "toy.onnx", net)
    true = spec(256).module.state_dict()
    for name, value in net.state_dict().items():
        torch.testing.assert_close(value, true[f"net.{name}"], atol=0.02, rtol=0)


def test_the_same_net_gives_the_same_bytes() -> None:
    assert to_onnx(spec()) == graph()


def test_a_graph_stands_alone_and_says_nothing_of_this_machine() -> None:
    audit(graph())
    made = model()
    assert made.producer_name == "limner"
    assert not made.metadata_props
    assert not any(n.metadata_props or n.doc_string or n.name for n in made.graph.node)
    assert b".py" not in graph()
    assert b"/" not in graph().replace(b"//", b"/") or b"site-packages" not in graph()


def test_free_axes_bear_their_names() -> None:
    dims = model().graph.input[0].type.tensor_type.shape.dim
    assert [d.dim_param or d.dim_value for d in dims] == [1, 3, "height", "width"]


def test_a_training_net_is_exported_in_eval_mode_and_left_training() -> None:
    one = spec()
    one.module.train()
    norm = one.module.get_submodule("net.norm").eval()
    assert to_onnx(one) == graph()
    assert one.module.training
    assert not norm.training


def test_an_axis_that_the_net_fixes_is_refused() -> None:
    class Fixed(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.reshape(1, 3 * 8 * 8)

    free = {"photo": {2: "height"}}
    with pytest.raises(RecipeError, match="styles-toy"):
        to_onnx(dataclasses.replace(spec(), module=Fixed(), dynamic=free))


def test_a_net_that_is_no_graph_is_said() -> None:
    class Moody(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x if float(x.sum()) > 0 else -x

    with pytest.raises(RecipeError, match="cannot be turned into a graph"):
        to_onnx(dataclasses.replace(spec(), module=Moody(), dynamic={}))
