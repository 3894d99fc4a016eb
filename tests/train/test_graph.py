"""Graphs: parameters by name, short weights, the same bytes, nothing about this machine."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from tests.train import toy

from limner.errors import RecipeError
from limner.train.graph import to_onnx
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
