"""sRender as published, made tiny: two steps by hand, drawings from lines alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train.loops import small

from limner.train import recipe as recipes
from limner.train.data.drawings import Sheets

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path, sheets: Sheets) -> Any:
    assert len(sheets.ids)
    return small.load("style_paper", packs, cache)


def test_two_steps_teach_both_and_leave_the_frozen_nets_alone(task: Any) -> None:
    frozen = [p.clone() for net in (task.strokes, task.features) for p in net.parameters()]
    for seed in range(2):
        small.assert_one_turn_teaches(
            task, {"critics": "critics", "net": "net"}, np.random.default_rng(seed)
        )
    after = [p for net in (task.strokes, task.features) for p in net.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(frozen, after, strict=True))


def test_the_recipe_has_the_papers_sizes_and_weights() -> None:
    table = recipes.resolve(recipes.read("style-paper")).table
    wanted: dict[str, float] = {"ngf": 64, "ndf": 64, "blocks": 9, "size_px": 512}
    wanted |= {"matching": 100.0, "perceptual": 10.0, "stroke": 0.002}
    assert {k: table[k] for k in wanted} == wanted
    assert recipes.read("style-paper").batch == 1


def test_lines_are_the_drawings_own_and_crops_lie_together(task: Any) -> None:
    batch = task.sampler.batch(np.random.default_rng(1))
    assert batch["lines"].shape == batch["drawing"].shape == (2, 1, 64, 64)
    for array in batch.values():
        assert array.dtype == np.float32
        assert -1.001 <= array.min() <= array.max() <= 1.001
    # where lines were found, the drawing is darker than where not
    ink = batch["lines"] < 0
    assert ink.any()
    assert batch["drawing"][ink].mean() < batch["drawing"][~ink].mean()
    assert set(task.sampler.sheets.style.tolist()) == {0}


def test_a_photograph_is_drawn_from_its_lines_alone(task: Any) -> None:
    net = task.nets["net"].eval()
    sheet = np.array(task.held_out.sheet(0))
    drawn = task.draw(net, sheet)
    assert drawn.shape == sheet.shape[:2]
    sheet[..., [0, 1, 3]] = 0
    np.testing.assert_array_equal(task.draw(net, sheet), drawn)
    assert task.sheet(net).shape[1:] == (4 * 250, 3)


def test_only_the_chosen_artist_is_judged(task: Any) -> None:
    assert set(task.validate(task.nets["net"].eval())) == {"fd_croquis", "fd"}


def test_the_graph_takes_lines(task: Any) -> None:
    small.assert_spec_fits(task.export(task.nets["net"]))
