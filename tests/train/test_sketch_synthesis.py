"""Feature mapping and synthesis: the nets, the turns, the graph."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from limner.errors import RecipeError
from limner.records import Palette
from limner.sketches.parts import NAMES, WINDOWS
from limner.train import recipe as recipes
from limner.train.loops import sketch_synthesis
from limner.train.loops._sketch_losses import look, maker_turn
from limner.train.nets.sketch_parts import Parts
from limner.train.nets.sketch_synthesis import Detail, Mapping, Synthesis, paint


@pytest.fixture(scope="module")
def net() -> Synthesis:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Synthesis().eval()


def _codes(n: int = 1) -> dict[str, Tensor]:
    return {k: torch.rand(n, *w.latent) * 2 - 1 for k, w in WINDOWS.items()}


def _rest(n: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    return torch.zeros(n, 2, 256, 256), torch.zeros(n, 17), torch.zeros(n, 1, 256, 256)


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path) -> sketch_synthesis.SynthesisTask:
    values = {
        "cache": cache,
        "parts": '""',
        "perceptual_net": "random",
        "critic_width": 4,
        "least_sharpness": 0,
        "held_out": 1,
        "people": 3,
        "neighbours": 2,
        "build_workers": 1,
        "real_share": 0.3,
        "swap_share": 0.3,
    }
    changes = ["batch=2", *(f"sketch_synthesis.{k}={v}" for k, v in values.items())]
    torch.manual_seed(0)
    return sketch_synthesis.make(recipes.read("sketch-synthesis", changes), packs)


def test_all_networks_together_stay_under_ten_million(net: Synthesis) -> None:
    count = sum(p.numel() for n in (net, Parts(), Detail()) for p in n.parameters())
    assert count < 10_000_000


def test_shapes_at_half_and_full_size(net: Synthesis) -> None:
    with torch.no_grad():
        half = net(_codes(), *_rest(), full=False)
        full = net(_codes(), *_rest())
    assert half.photo.shape == (1, 3, 128, 128)
    assert full.photo.shape == (1, 3, 256, 256)
    assert full.half.shape == (1, 3, 128, 128)
    assert full.logits.shape == (1, 19, 128, 128)
    assert full.features.shape == (1, 24, 256, 256)


def test_maps_are_merged_where_windows_lie_and_eyes_lie_over_the_nose() -> None:
    torch.manual_seed(0)
    mapping = Mapping().eval()
    codes = _codes()
    with torch.no_grad():
        before = mapping(codes)
        changed = (mapping({**codes, "left-eye": -codes["left-eye"]}) - before).abs().sum(1)[0]
        nose = (mapping({**codes, "nose": -codes["nose"]}) - before).abs().sum(1)[0]
    x, y, side = WINDOWS["left-eye"].at(128)
    outside = changed.clone()
    outside[y : y + side, x : x + side] = 0
    assert outside.max() == 0
    assert changed.max() > 0
    # deep inside the eye's window nothing of the nose shows
    assert nose[y + side // 2, x + side // 2] == 0


def test_a_change_of_one_component_leaves_no_seam() -> None:
    torch.manual_seed(0)
    mapping = Mapping().eval()
    codes = _codes()
    with torch.no_grad():
        changed = (mapping({**codes, "mouth": -codes["mouth"]}) - mapping(codes)).abs().sum(1)[0]
    x, y, side = WINDOWS["mouth"].at(128)
    rim = changed[y, x : x + side]
    middle = changed[y + side // 2, x : x + side]
    assert rim.max() < 0.1 * middle.max()


def test_classes_take_the_palettes_colours() -> None:
    classes = torch.zeros(1, 19, 2, 2)
    classes[:, 13] = 1
    code = torch.from_numpy(Palette(hair=(255, 0, 0)).as_code())[None]
    torch.testing.assert_close(paint(classes, code)[0, :, 0, 0], torch.tensor([1.0, -1, -1]))
    shares = torch.full((1, 19, 1, 1), 1 / 19)
    assert paint(shares, code).abs().max() <= 1


def test_what_is_told_replaces_the_guess(net: Synthesis) -> None:
    told = torch.zeros(2, 19, 128, 128)
    told[:, 13] = 1
    codes = {k: v.expand(2, -1, -1, -1) for k, v in _codes().items()}
    with torch.no_grad():
        made = net(codes, *_rest(2), told=(told, torch.tensor([1.0, 0.0])), full=False)
        free = net(codes, *_rest(2), full=False)
    assert (made.photo[0] - free.photo[0]).abs().max() > 1e-3
    torch.testing.assert_close(made.photo[1], free.photo[1], atol=1e-4, rtol=1e-3)


def test_grain_begins_without_effect(net: Synthesis) -> None:
    codes, (ink, palette, _) = _codes(), _rest()
    with torch.no_grad():
        a, b = (net(codes, ink, palette, g).photo for g in torch.randn(2, 1, 1, 256, 256))
    torch.testing.assert_close(a, b)


def test_the_last_stage_doubles_the_size() -> None:
    out = Detail()(
        torch.zeros(1, 24, 32, 32),
        torch.zeros(1, 3, 32, 32),
        torch.zeros(1, 2, 64, 64),
        torch.zeros(1, 1, 64, 64),
    )
    assert out.shape == (1, 3, 64, 64)


def test_both_turns_reach_all_that_is_trained(task: sketch_synthesis.SynthesisTask) -> None:
    rows = task.sampler.batch(np.random.default_rng(0))
    batch = {k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}
    task.nets.zero_grad()
    turns = []
    for name, loss, numbers in task.losses(batch, 0):
        assert all(np.isfinite(v) for v in numbers.values())
        loss.backward()  # type: ignore[no-untyped-call]
        turns.append(name)
    assert turns == ["critics", "net"]
    dry = [n for n, p in task.nets["net"].named_parameters() if p.grad is None]
    # at 128 px the last stage sleeps
    assert all(n.split(".")[0] in ("thin", "last", "finish", "rgb_last", "conditions") for n in dry)
    assert all(p.grad is None for p in task.parts.parameters())


def test_the_bank_that_teaches_leaves_the_sitter_out(
    task: sketch_synthesis.SynthesisTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Tensor] = []

    def spy(codes: Tensor, bank: Tensor, own: Tensor, *, neighbours: int) -> Tensor:
        del bank, neighbours
        seen.append(own)
        return codes

    monkeypatch.setattr(sketch_synthesis, "project", spy)
    rows = task.sampler.batch(np.random.default_rng(3))
    batch = {k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}
    batch["paired"] = torch.tensor([1.0, 0.0])
    batch["index"] = torch.tensor([0, 0])
    task._inputs(batch, 128)
    assert seen[0].tolist() == [0, -1]


def test_at_confidence_one_the_code_is_the_drawn_one(task: sketch_synthesis.SynthesisTask) -> None:
    rough = torch.rand(1, 1, 256, 256)
    batch = {"paired": torch.zeros(1), "index": torch.zeros(1, dtype=torch.int64)}
    with torch.no_grad():
        drawn = task.parts.encode(rough)
    trusted = task._codes(rough, torch.ones(1, len(NAMES)), batch)
    believed = task._codes(rough, torch.zeros(1, len(NAMES)), batch)
    for name in NAMES:
        torch.testing.assert_close(trusted[name], drawn[name])
        assert (believed[name] - drawn[name]).abs().max() > 1e-4


def test_true_classes_are_told_ever_less(task: sketch_synthesis.SynthesisTask) -> None:
    rows = task.sampler.batch(np.random.default_rng(0))
    x = task._inputs({k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}, 128)
    assert task._told(x, 0) is not None
    assert task._told(x, task.recipe.steps) is None


def test_scores_and_sheet_are_made(task: sketch_synthesis.SynthesisTask) -> None:
    scores = task.validate(task.nets["net"])
    assert set(scores) == {"f1_faithful", "l1_faithful", "f1_rough", "l1_rough"}
    assert task.sheet(task.nets["net"]).shape[2] == 3


def test_parts_that_are_not_there_are_told(packs: Path, cache: Path, tmp_path: Path) -> None:
    changes = [f"sketch_synthesis.cache={cache}", f"sketch_synthesis.parts={tmp_path}"]
    changes += ["sketch_synthesis.perceptual_net=random", "sketch_synthesis.least_sharpness=0"]
    with pytest.raises(RecipeError, match="no trained weights"):
        sketch_synthesis.make(recipes.read("sketch-synthesis", changes), packs)


def test_the_last_stage_only_enlarges_before_it_is_taught() -> None:
    net = Synthesis().eval()
    made = net(
        {n: torch.randn(1, *w.latent) for n, w in WINDOWS.items()},
        torch.rand(1, 2, 256, 256),
        torch.zeros(1, 17),
        torch.randn(1, 1, 256, 256),
    )
    large = torch.nn.functional.interpolate(made.half, scale_factor=2.0, mode="bilinear")
    torch.testing.assert_close(made.photo, large)


def test_pictures_grow_at_the_wanted_step(
    task: sketch_synthesis.SynthesisTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    inputs = task._inputs

    def noted(batch: dict[str, torch.Tensor], size_px: int) -> object:
        sizes.append(size_px)
        return inputs(batch, size_px)

    monkeypatch.setattr(task, "_inputs", noted)
    monkeypatch.setattr(
        task, "settings", dataclasses.replace(task.settings, size_px=256, grow_at=0.5)
    )
    rows = task.sampler.batch(np.random.default_rng(0))
    batch = {k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}
    half = task.recipe.steps // 2
    for step in (0, half):
        next(task.losses(batch, step))
    assert sizes == [128, 256]


def test_one_look_serves_both_turns(task: sketch_synthesis.SynthesisTask) -> None:
    rows = task.sampler.batch(np.random.default_rng(0))
    x = task._inputs({k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}, 128)
    made = task.nets["net"](x.codes, x.ink, x.palette, x.grain, full=False)
    critics = (task.nets["patch"], task.nets["projected"])
    plain = dataclasses.replace(task.weights, augment=0.0)
    looked = look(x, made, (task.seen, task.seen), plain)
    assert looked is not None
    for critic in critics:
        critic.eval()  # spectral norms stand still
    apart = maker_turn(x, made, critics, (task.seen, task.seen), plain)
    shared = maker_turn(x, made, critics, (task.seen, task.seen), plain, looked)
    torch.testing.assert_close(shared[1], apart[1])
    changed = dataclasses.replace(plain, augment=0.5)
    assert look(x, made, (task.seen, task.seen), changed) is None
