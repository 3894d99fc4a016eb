"""What styles are compared with: each method's turns teach, draws at the sheet's size, and sees only what it may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.train.loops import small

from limner.train.data.drawings import STYLES, Sheets
from limner.train.loops import style_rivals
from limner.train.losses.adversarial import MultiScaleCritic

pytestmark = pytest.mark.train

TURNS = {
    "pix2pix": {"critics": "critic", "net": "net"},
    "cyclegan": {"critics": "critic_drawing", "net": "net"},
    "adain": {"net": "net"},
}


@pytest.fixture(scope="module", params=sorted(TURNS))
def task(request: pytest.FixtureRequest, packs: Path, cache: Path, sheets: Sheets) -> Any:
    assert len(sheets.ids)
    return small.load("style_rivals", packs, cache, shipped=f"style-{request.param}")


def test_every_turn_teaches(task: Any) -> None:
    for seed in range(2):
        small.assert_one_turn_teaches(
            task, TURNS[task.settings.method], np.random.default_rng(seed)
        )


def test_every_net_has_an_optimiser_and_frozen_features_have_none(task: Any) -> None:
    learnt = {
        id(p) for o in task.optimizers().values() for g in o.param_groups for p in g["params"]
    }
    assert learnt == {id(p) for p in task.nets.parameters()}


def test_the_methods_differ_in_pairs(task: Any) -> None:
    batch = task.sampler.batch(np.random.default_rng(1))
    assert bool(batch["paired"].all()) == (task.settings.method == "pix2pix")
    assert set(batch["style"].argmax(1).tolist()) == {STYLES.index("croquis")}


def test_a_photograph_is_drawn_at_its_size_from_what_the_method_may_see(task: Any) -> None:
    net = task.nets["net"].eval()
    sheet = np.array(task.held_out.sheet(0))[:50, :46]
    drawn = task.draw(net, sheet)
    assert drawn.shape == (48, 44)
    assert drawn.dtype == np.uint8
    sheet[..., 1] = 0  # the artist's own drawing
    np.testing.assert_array_equal(task.draw(net, sheet), drawn)
    sheet[..., 2] = 255 - sheet[..., 2]  # lines
    same = bool((task.draw(net, sheet) == drawn).all())
    assert same == (task.settings.method != "pix2pix")


def test_only_the_artist_who_taught_is_judged(task: Any) -> None:
    assert set(task.validate(task.nets["net"].eval())) == {"fd_croquis", "fd"}
    assert task.sheet(task.nets["net"].eval()).shape[1] == 3 * 250


def test_the_graph_takes_a_picture(task: Any) -> None:
    spec = task.export(task.nets["net"])
    small.assert_spec_fits(spec)
    assert spec.name == f"styles-{task.settings.method}"


def test_a_critics_turn_does_not_reach_the_maker() -> None:
    made = torch.zeros(1, 1, 32, 32, requires_grad=True)
    critic = MultiScaleCritic(0, 4, scales=1, channels=1)
    _, loss, _ = style_rivals._judged("critics", critic, torch.ones(1, 1, 32, 32), made)
    loss.backward()  # type: ignore[no-untyped-call]
    assert made.grad is None
