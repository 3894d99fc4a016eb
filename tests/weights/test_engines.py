"""Which engine runs a network, and what is said when it cannot."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.weights.graphs import doubling

from limner.errors import BadShape, CorruptWeights, MissingExtra, UnknownName
from limner.weights import ledger
from limner.weights.engines import ENGINES, chosen_engine, opened


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIMNER_ENGINE", raising=False)


def test_openvino_runs_networks_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert chosen_engine() == "openvino"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert chosen_engine() == "onnxruntime"


def test_the_environment_chooses_and_the_caller_overrules_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIMNER_ENGINE", "onnxruntime")
    assert chosen_engine() == "onnxruntime"
    assert chosen_engine("openvino") == "openvino"


def test_an_engine_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(UnknownName, match=r"'openvno'.*'openvino'.*onnxruntime"):
        chosen_engine("openvno")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_graph_that_cannot_be_opened_is_named(engine: str, tmp_path: Path) -> None:
    pytest.importorskip(engine)
    with pytest.raises(CorruptWeights, match="cannot open broken"):
        opened(engine, b"no graph", "broken", threads=1, precision="f32", cache=tmp_path)


@pytest.mark.parametrize("engine", ENGINES)
def test_inputs_that_do_not_fit_are_refused(engine: str, tmp_path: Path) -> None:
    pytest.importorskip(engine)
    net = opened(engine, doubling(), "twice", threads=1, precision="f32", cache=tmp_path)
    assert net.run({"x": np.ones(3, np.float32)})["y"].tolist() == [2, 2, 2]
    with pytest.raises(BadShape, match="do not fit"):
        net.run({"x": np.ones((2, 2), np.float32)})


def test_an_engine_that_is_absent_names_its_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtra, match=r"limner\[openvino\]"):
        opened("openvino", doubling(), "twice", threads=1, precision="f32", cache=tmp_path)


@pytest.mark.parametrize("at_once", [1, 2])
def test_what_is_kept_in_eight_bits_is_widened_alike(at_once: int, tmp_path: Path) -> None:
    """OpenVINO left alone answers at random here where several streams compile at once."""
    pytest.importorskip("openvino")
    row = ledger.row("faces-parse-clean")
    (name, told), *_ = row.inputs.items()
    inputs = {name: np.random.default_rng(0).uniform(-1, 1, told["shape"]).astype(np.float32)}
    data = row.path.read_bytes()
    found, wanted = (
        opened(engine, data, "eight", threads=1, precision="f32", at_once=at_once, cache=tmp_path)
        for engine in ENGINES
    )
    for one, other in zip(found.run(inputs).values(), wanted.run(inputs).values(), strict=True):
        assert np.abs(one - other).max() < 1e-4 * np.abs(other).max()


def test_threads_are_not_pinned_to_cores(tmp_path: Path) -> None:
    """Else several processes, a cluster's workers or the studio's, would share the first core."""
    pytest.importorskip("openvino")
    net = opened("openvino", doubling(), "twice", threads=1, precision="f32", cache=tmp_path)
    stages = net.compiled  # type: ignore[attr-defined]
    assert [one.get_property("ENABLE_CPU_PINNING") for one in stages] == [False]
