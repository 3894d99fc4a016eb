"""A graph is cut between its geometry and its convolutions, and what comes out stays what it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from limner.weights.stages import Chain, apart

openvino = pytest.importorskip("openvino")
ops = pytest.importorskip("openvino.opset9")


def _looking(*, convolved: bool, looked_up: bool = True) -> Any:
    """Return a model that looks a picture up at given places, convolves it, and adds the places to it."""
    picture = ops.parameter([1, 2, 8, 8], np.float32)
    place = ops.parameter([1, 8, 8, 2], np.float32)
    seen = ops.grid_sample(picture, place, {}) if looked_up else picture
    depth = ops.reduce_sum(place, np.array([3]), keep_dims=False)
    depth = ops.unsqueeze(ops.multiply(depth, np.float32(0.5)), np.array([1]))
    weight = np.linspace(-1, 1, 1 * 2 * 3 * 3, dtype=np.float32).reshape(1, 2, 3, 3)
    found = (
        ops.convolution(seen, weight, [1, 1], [1, 1], [1, 1], [1, 1])
        if convolved
        else ops.reduce_sum(seen, np.array([1]), keep_dims=True)
    )
    both = ops.result(ops.add(found, depth))
    both.output(0).get_tensor().set_names({"both"})
    alone = ops.result(depth)
    alone.output(0).get_tensor().set_names({"depth"})
    for one, name in ((picture, "picture"), (place, "place")):
        one.output(0).get_tensor().set_names({name})
    return openvino.Model([both, alone], [picture, place], "looking")


def _answer(models: list[Any]) -> dict[str, Any]:
    core = openvino.Core()
    hint = {"INFERENCE_PRECISION_HINT": "f32"}
    chain = Chain([core.compile_model(m, "CPU", hint) for m in models], {"both", "depth"})
    chance = np.random.default_rng(0)
    for name, shape in (("picture", (1, 2, 8, 8)), ("place", (1, 8, 8, 2))):
        chain.get_tensor(name).data[:] = chance.uniform(-1, 1, shape)
    return chain.infer()


def test_geometry_comes_first_and_convolutions_take_what_it_found() -> None:
    models = apart(openvino, _looking(convolved=True))
    kinds = [{op.get_type_name() for op in m.get_ops()} for m in models]
    assert len(models) == 2
    assert "GridSample" in kinds[0]
    assert "Convolution" not in kinds[0]
    assert "GridSample" not in kinds[1]
    assert "Convolution" in kinds[1]


def test_a_graph_cut_in_two_answers_as_it_did_in_one() -> None:
    whole = _answer([_looking(convolved=True)])
    halves = _answer(apart(openvino, _looking(convolved=True)))
    assert set(whole) == set(halves) == {"both", "depth"}
    for name, value in whole.items():
        np.testing.assert_allclose(halves[name], value, atol=1e-6)


def test_later_answers_do_not_change_earlier_ones() -> None:
    core = openvino.Core()
    models = apart(openvino, _looking(convolved=True))
    chain = Chain([core.compile_model(m, "CPU") for m in models], {"both", "depth"})
    chain.get_tensor("place").data[:] = 1.0
    first = chain.infer()["depth"]
    chain.get_tensor("place").data[:] = 0.0
    chain.infer()
    assert first.min() == 1.0


@pytest.mark.parametrize(("convolved", "looked_up"), [(True, False), (False, True), (False, False)])
def test_what_has_no_geometry_before_convolutions_stays_whole(
    convolved: bool, looked_up: bool
) -> None:
    model = _looking(convolved=convolved, looked_up=looked_up)
    assert apart(openvino, model) == [model]
