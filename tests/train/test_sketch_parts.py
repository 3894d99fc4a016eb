"""Component embedding: the nets, what one turn teaches, and the graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from limner.sketches import parts as room
from limner.sketches.parts import NAMES, WINDOWS
from limner.train import graph
from limner.train import recipe as recipes
from limner.train.loops import sketch_parts
from limner.train.nets.sketch_parts import LABEL_GROUPS, Parts, PartsGraph, crop


@pytest.fixture(scope="module")
def net() -> Parts:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Parts().eval()


@pytest.fixture(scope="module")
def task(packs: Path, cache: Path) -> sketch_parts.PartsTask:
    changes = ["batch=2", f"sketch_parts.cache={cache}", "sketch_parts.build_workers=1"]
    changes += ["sketch_parts.least_sharpness=0", "sketch_parts.held_out=2"]
    torch.manual_seed(0)
    return sketch_parts.make(recipes.read("sketch-parts", changes), packs)


def test_codes_have_the_shapes_that_the_room_promises(net: Parts) -> None:
    with torch.no_grad():
        codes = net.encode(torch.rand(2, 1, 256, 256))
        for name, code in codes.items():
            assert code.shape == (2, *WINDOWS[name].latent)
            assert code.abs().max() <= 1
            side = 128 if name == "rest" else WINDOWS[name].side
            assert net.decode_part(name, code).shape == (2, 1, side, side)


def test_crops_are_the_rooms_crops() -> None:
    ink = np.random.default_rng(0).random((256, 256), np.float32)
    for name in NAMES:
        got = crop(torch.from_numpy(ink)[None, None], name)[0, 0].numpy()
        np.testing.assert_array_equal(got, room.cut(ink, name))


def test_every_class_belongs_to_one_group() -> None:
    assert sorted(c for group in LABEL_GROUPS for c in group) == list(range(19))


def test_encoders_and_decoders_stay_small(net: Parts) -> None:
    assert sum(p.numel() for p in net.parameters()) < 3_000_000


def test_the_graph_computes_what_is_asked_for_and_nothing_else(net: Parts) -> None:
    spec = sketch_parts.PartsTask.export(None, net)  # type: ignore[arg-type]
    session = onnxruntime.InferenceSession(graph.to_onnx(spec), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    counts = {"nose-ink": 1, "mouth-code": 3}
    inputs = {
        k: rng.random((counts.get(k, 0), *v.shape[1:]), np.float32) for k, v in spec.inputs.items()
    }
    got = dict(zip(spec.outputs, session.run(list(spec.outputs), inputs), strict=True))
    with torch.no_grad():
        wanted = PartsGraph(net)(*[torch.from_numpy(v) for v in inputs.values()])
    for name, want in zip(spec.outputs, wanted, strict=True):
        assert got[name].shape == tuple(want.shape)
        np.testing.assert_allclose(got[name], want.numpy(), atol=2e-3)
    assert len(got["nose-coded"]) == 1
    assert len(got["mouth-drawn"]) == 3
    assert len(got["rest-coded"]) == 0


def test_a_turn_is_finite_and_a_few_lower_the_loss(task: sketch_parts.PartsTask) -> None:
    rows = task.sampler.batch(np.random.default_rng(0))
    batch = {k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}
    optimizer = task.optimizers()["net"]
    losses = []
    for _ in range(6):
        ((name, loss, numbers),) = task.losses(batch, 0)
        assert name == "net"
        assert all(np.isfinite(v) for v in numbers.values())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


def test_a_batch_of_real_drawings_only_teaches_too(task: sketch_parts.PartsTask) -> None:
    rows = task.sampler.batch(np.random.default_rng(0))
    batch = {k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}
    batch["labels"][:] = 255
    batch["paired"][:] = 0
    ((_, loss, _),) = task.losses(batch, 0)
    assert torch.isfinite(loss)


def test_scores_and_sheet_are_of_people_held_out(task: sketch_parts.PartsTask) -> None:
    assert not set(task.held_out.ids) & set(task.sampler.faces.ids)
    scores = task.validate(task.nets["net"])
    assert set(scores) == {"ink_faithful", "ink_rough", "ink"}
    assert all(0 <= v <= 1 for v in scores.values())
    sheet = task.sheet(task.nets["net"])
    assert sheet.dtype == np.uint8
    assert sheet.shape[2] == 3


def test_ink_f1_forgives_two_pixels_and_not_ten() -> None:
    drawn = np.zeros((1, 64, 64), bool)
    drawn[:, 20] = True
    assert sketch_parts._ink_f1(np.roll(drawn, 2, 1), drawn) == pytest.approx(1)
    assert sketch_parts._ink_f1(np.roll(drawn, 10, 1), drawn) == 0
