"""The shell as a whole, and two steps of its training; its graphs compute what torch computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from limner.train import export, graph
from limner.train import recipe as recipes
from limner.train.loops import _head_graphs as graphs
from limner.train.loops import head_shell
from limner.train.nets.head_chart import PARTS, picture_grid
from limner.train.nets.head_field import Codes, part_template
from limner.train.nets.head_shell import HeadShell, Sampler
from limner.weights import Session

SMALL = [
    "encoder_width=8",
    "field_width=4",
    "decoder_width=16",
    "channels=8",
    "rays=12",
    "people=1",
]


def task(packs: Path, cache: Path, *changes: str) -> head_shell.HeadShellTask:
    keys = [f"head_shell.{c}" for c in (*SMALL, f"cache='{cache}'", *changes)]
    recipe = recipes.read("head-shell", ["batch=2", "workers=0", *keys])
    torch.manual_seed(0)
    return head_shell.make(recipe, packs)


def batch_of(made: head_shell.HeadShellTask, seed: int = 0) -> dict[str, torch.Tensor]:
    rows = made.sampler.batch(np.random.default_rng(seed))
    return {k: torch.from_numpy(v) for k, v in rows.items()}


def test_a_view_has_four_pixels_a_ray(small_shell: HeadShell) -> None:
    with torch.no_grad():
        maps = small_shell.field.maps(small_shell.sample(torch.zeros(1, 128)))
        rendered, seen = small_shell.view(maps, torch.zeros(1, 2), picture_grid(8)[None])
    assert seen.photo.shape == (1, 3, 32, 32)
    assert rendered.masks.shape == (1, len(PARTS) + 1, 64)


def test_the_sampler_begins_from_the_spread_of_people() -> None:
    torch.manual_seed(0)
    people = torch.randn(400, 4 + len(PARTS) * 2) @ torch.diag(torch.linspace(0.1, 2, 28)) + 3
    sampler = Sampler(base=4, codes=2, seeds=28)
    sampler.set_people(people)
    base, parts = sampler(torch.randn(4000, 28))
    drawn = torch.cat([base, parts.flatten(1)], 1)
    assert (drawn.mean(0) - people.mean(0)).abs().max() < 0.15
    assert (drawn.std(0) / people.std(0) - 1).abs().max() < 0.15


def test_the_middle_of_the_seeds_is_the_average_person() -> None:
    sampler = Sampler(base=4, codes=2, seeds=8)
    people = torch.randn(50, 28) + 1
    sampler.set_people(people)
    base, _ = sampler(torch.zeros(1, 8))
    assert torch.allclose(base[0], people.mean(0)[:4], atol=1e-5)


def test_learning_from_one_batch_lowers_its_loss(head_packs: Path, head_cache: Path) -> None:
    made = task(head_packs, head_cache, "real_share=0.5", "drop_residual=0.0", "code_noise=0.0")
    optimizer = made.optimizers()["shell"]
    for group in optimizer.param_groups:
        group["lr"] = 4e-3
    batch = batch_of(made, 3)
    totals = []
    for step in range(8):
        torch.manual_seed(1)  # the same patch each time
        ((name, loss, log),) = made.losses(batch, step)
        assert name == "shell"
        assert {"look", "labels", "masks", "depth", "surface"} <= set(log)
        totals.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert totals[-1] < 0.85 * totals[0]


def test_every_trained_weight_is_reached(head_packs: Path, head_cache: Path) -> None:
    made = task(head_packs, head_cache, "drop_residual=0.0")
    torch.nn.init.normal_(made.nets["shell"].field.to_solid.weight, std=0.05)  # type: ignore[union-attr,arg-type]
    for p in made.nets["shell"].decoder.modules():  # type: ignore[union-attr]
        if isinstance(p, torch.nn.Conv2d):
            torch.nn.init.normal_(p.weight, std=0.05)
    ((_, loss, _),) = made.losses(batch_of(made), 0)
    loss.backward()  # type: ignore[no-untyped-call]
    idle = [
        n
        for n, p in made.nets["shell"].named_parameters()
        if not n.startswith("sampler.") and (p.grad is None or not p.grad.abs().sum() > 0)
    ]
    assert not idle


@pytest.mark.slow
def test_validation_and_sheet_of_an_untrained_shell(head_packs: Path, head_cache: Path) -> None:
    made = task(head_packs, head_cache)
    ema = made.nets["shell"].eval()
    with torch.no_grad():
        scores, sheet = made.validate(ema), made.sheet(ema)
    assert {"psnr", "miou", "eyes", "depth_mm", "codes_psnr", "real_psnr"} <= set(scores)
    assert all(np.isfinite(v) for v in scores.values())
    assert sheet.dtype == np.uint8
    assert sheet.shape[2] == 3


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["field", "renderer"])
def test_the_graph_computes_what_torch_computes(
    piece: str, small_shell: HeadShell, tmp_path: Path
) -> None:
    small_shell.field.set_template(part_template() + 0.0)
    torch.nn.init.normal_(small_shell.field.to_solid.weight, std=0.2)
    spec = graphs.spec(small_shell, piece, real=True)
    if piece == "renderer":  # a head as the field makes it, rather than the plainest
        torch.manual_seed(0)
        with torch.no_grad():
            none = small_shell.sample(torch.zeros(1, 128))
            codes = Codes(none.base + 0.3, torch.randn_like(none.parts), none.residual)
            maps = small_shell.field.maps(codes)
        for key in ("radius", "density", "features"):
            spec.inputs[key].copy_(getattr(maps, key))
        spec.inputs["pose_deg"].copy_(torch.tensor([[22.0, -9.0]]))
    data = graph.to_onnx(spec, f16=False)
    row = export._temporary(spec, data, tmp_path)
    for engine in ("openvino", "onnxruntime"):
        session = Session(engine=engine, precision="f32")
        inputs = {k: v.numpy() for k, v in spec.inputs.items()}
        expected = export._torch(spec.module, inputs, spec.outputs)
        got = session.run(row, inputs)
        for name, value in expected.items():
            off = np.abs(got[name] - value) / max(np.ptp(value), 1e-6)
            assert off.mean() < 1e-4, (engine, name)
            assert np.quantile(off, 0.999) < 1e-3, (engine, name)
