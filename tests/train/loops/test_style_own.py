"""A style of one's own: only the modulation learns, beginning from the shipped style that is nearest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tests.train.loops import small

from limner.train import recipe as recipes
from limner.train.loops import style_own
from limner.train.loops import task as tasks
from limner.train.loops.start import from_graph
from limner.train.nets.stylist import Stylist
from limner.weights import ledger

pytestmark = pytest.mark.train


def sheets(count: int) -> list[NDArray[np.uint8]]:
    """Return sheets of wide grey strokes on white."""
    made = []
    for i in range(count):
        sheet = np.zeros((96, 96, 4), np.uint8)
        sheet[..., 1] = 255
        sheet[10 + i : 90 : 12, :, 1] = 90
        sheet[..., 2] = (sheet[..., 1] < 128) * 255
        sheet[20:80, 20:80, 3] = 1
        made.append(sheet)
    return made


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    monkeypatch.setattr(style_own, "read_drawings", lambda folder: (sheets(9), 74))
    changes = ["name=ada", "batch=2", "style_own.size_px=64", *getattr(request, "param", ())]
    return tasks.load(recipes.resolve(recipes.read("style-own", changes)), tmp_path)


RANDOM = ('style_own.base="random"', "style_own.width=8", "style_own.blocks=1")


@pytest.mark.parametrize("task", [RANDOM], indirect=True)
def test_one_turn_teaches_the_modulation_and_nothing_else(task: Any) -> None:
    before = {k: p.clone() for k, p in task.nets["net"].named_parameters()}
    small.assert_one_turn_teaches(task, {"net": "net"}, np.random.default_rng(0))
    moved = {
        k.rsplit(".", 2)[-2]
        for k, p in task.nets["net"].named_parameters()
        if not torch.equal(p, before[k])
    }
    assert moved
    assert moved <= {"scale", "shift", "grain"}


@pytest.mark.parametrize("task", [RANDOM], indirect=True)
def test_drawings_held_back_never_teach(task: Any) -> None:
    assert len(task.held_out) == 1
    assert len(task.sampler.sheets) == 8
    assert not any(s is h for s in task.sampler.sheets for h in task.held_out)
    assert set(task.validate(task.nets["net"])) == {"coarse", "perceptual", "manner"}
    assert task.sheet(task.nets["net"]).shape == (320, 4 * 320, 3)


@pytest.mark.parametrize("task", [RANDOM], indirect=True)
def test_the_graph_is_called_after_the_style(task: Any) -> None:
    spec = task.export(task.nets["net"])
    small.assert_spec_fits(spec)
    assert spec.name == "styles-ada"
    assert spec.data[0][0] == "9 drawings of ada"


def test_it_begins_as_the_nearest_of_the_shipped_styles(task: Any) -> None:
    row = ledger.row(style_own.BASE)
    net = task.nets["net"]
    assert net.norm.scale.weight.shape[1] == 1
    scores = sum(task.validate(net).values())
    whole = Stylist(int(row.inputs["style"]["shape"][1]), 24, 6)
    from_graph(row.path, whole)
    others = [
        sum(task.validate(style_own._one_of(whole, k, task.settings)).values())
        for k in range(whole.styles)
    ]
    assert scores == pytest.approx(min(others))
    assert task.export(net).data[1:]  # what taught the shipped network taught this one too
