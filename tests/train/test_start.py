"""First weights: by name from a graph, whole from a portable folder, refused where they do not fit."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from tests.train import toy

from limner.errors import RecipeError, UnknownName
from limner.train.graph import to_onnx
from limner.train.loops._sketches import fill
from limner.train.loops.start import from_graph, save_portable, start
from limner.train.nets.sketch_parts import Parts
from limner.train.nets.sketch_synthesis import Synthesis

pytestmark = pytest.mark.train


def task(seed: int, width: int = 16) -> toy.ToyTask:
    torch.manual_seed(seed)
    made = toy.ToyTask(toy.recipe(width=width))
    with torch.no_grad():
        made.nets["net"].norm.running_mean.normal_()  # type: ignore[union-attr,operator]
    return made


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("f16", [True, False])
def test_a_graph_gives_back_every_parameter_by_name(
    wrapped: bool, f16: bool, tmp_path: Path
) -> None:
    spec = task(1).export(task(1).nets["net"])
    if not wrapped:
        spec = dataclasses.replace(spec, module=task(1).nets["net"])
    (tmp_path / "a.onnx").write_bytes(to_onnx(spec, f16=f16))
    net = task(2).nets["net"]
    from_graph(tmp_path / "a.onnx", net)
    expected = task(1).nets["net"].state_dict()
    for name, value in net.state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(value, expected[name], rtol=1e-3, atol=1e-6)


def test_a_graph_of_another_net_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(to_onnx(task(1, width=4).export(task(1, width=4).nets["net"])))
    with pytest.raises(RecipeError, match=r"shape \(4, 3, 3, 3\), wanted \(16, 3, 3, 3\)"):
        from_graph(path, task(1).nets["net"])
    with pytest.raises(RecipeError, match="parameters are not in it"):
        from_graph(path, torch.nn.ModuleDict({"other": torch.nn.Linear(2, 2)}))


def test_what_is_no_graph_is_refused(tmp_path: Path) -> None:
    nets = task(1).nets
    (tmp_path / "a.onnx").write_bytes(b"no graph at all")
    with pytest.raises(RecipeError, match="this is no ONNX graph"):
        start(str(tmp_path / "a.onnx"), nets, ships="net", graph="styles-toy")
    with pytest.raises(RecipeError, match="wanted 'shipped'"):
        start(str(tmp_path / "a.pt"), nets, ships="net", graph="styles-toy")
    with pytest.raises(RecipeError, match="no whole portable folder"):
        start(str(tmp_path), nets, ships="net", graph="styles-toy")
    with pytest.raises(UnknownName, match="styles-toy"):
        start("shipped", nets, ships="net", graph="styles-toy")


def test_portable_parts_stay_small_and_come_back(tmp_path: Path) -> None:
    wide = torch.nn.ModuleDict({k: torch.nn.Linear(1500, 3000) for k in ("a", "b", "c")})
    average = {k: v * 2 for k, v in wide["a"].state_dict().items()}
    nets = {"ema": average} | {k: n.state_dict() for k, n in wide.items()}
    (tmp_path / "part-07.safetensors").write_bytes(b"of an earlier call")
    parts = save_portable(tmp_path, nets, {"step": 3})
    assert len(parts) == 4
    assert sorted(tmp_path.glob("part-*")) == parts
    assert all(p.stat().st_size <= 16 * 2**20 for p in parts)
    again = torch.nn.ModuleDict({k: torch.nn.Linear(1500, 3000) for k in ("a", "b", "c")})
    got = start(str(tmp_path), again, ships="a", graph="x-y")
    assert got is not None
    torch.testing.assert_close(got["weight"], average["weight"], rtol=1e-3, atol=1e-6)
    weight = again["c"].weight
    torch.testing.assert_close(weight, wide["c"].weight, rtol=1e-3, atol=1e-6)


def test_numbers_too_large_for_f16_are_kept_long(tmp_path: Path) -> None:
    net = torch.nn.ModuleDict({"a": torch.nn.Linear(2, 2)})
    state = {"weight": torch.full((2, 2), 1e6), "bias": torch.ones(2)}
    save_portable(tmp_path, {"ema": state, "a": state}, {})
    start(str(tmp_path), net, ships="a", graph="x-y")
    assert torch.equal(net["a"].state_dict()["weight"], state["weight"])


def test_the_stylist_of_more_styles_begins_from_a_graph_of_fewer(tmp_path: Path) -> None:
    from limner.train.loops.task import ExportSpec
    from limner.train.nets.stylist import Stylist

    few = Stylist(3, width=4, blocks=1)
    inputs = {
        "picture": torch.zeros(1, 21, 16, 16),
        "style": torch.eye(3)[:1],
        "noise": torch.zeros(1, 1, 16, 16),
    }
    path = tmp_path / "few.onnx"
    path.write_bytes(to_onnx(ExportSpec("styles-few", few, inputs, ("drawing",)), f16=False))
    more = Stylist(5, width=4, blocks=1)
    with torch.no_grad():
        more.norm.scale.weight.zero_()
    from_graph(path, more)
    torch.testing.assert_close(more.enter.weight, few.enter.weight)
    assert more.norm.scale.weight.shape == (4, 5)
    torch.testing.assert_close(more.norm.scale.weight[:, :3], few.norm.scale.weight)


def test_shipped_sketch_graphs_begin_a_training_with_their_grain() -> None:
    parts, synthesis = Parts(), Synthesis()
    fill(parts, "shipped", "sketches-parts")
    fill(synthesis, "shipped", "sketches-synthesis")
    grains = [v for k, v in synthesis.state_dict().items() if k.endswith("grain")]
    assert len(grains) == 11
    assert all(float(v.abs().max()) > 0 for v in grains)
