"""The published networks, at published sizes, and two turns of each stage in miniature."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from torch import nn

from limner.train import recipe as recipes
from limner.train.loops import sketch_paper
from limner.train.nets.sketch_paper import (
    ORDER,
    PAPER_WINDOWS,
    PaperEncoder,
    PaperFeatures,
    PaperImage,
    PaperPainter,
    merge,
)

#: Millions of parameters: encoder, feature decoder, image decoder.
PUBLISHED = {
    "right-eye": (13.3, 15.7, 13.3),
    "left-eye": (13.3, 15.7, 13.3),
    "nose": (15.6, 18.0, 15.7),
    "mouth": (18.5, 20.9, 18.6),
    "rest": (76.2, 78.7, 76.4),
}


def _millions(net: nn.Module) -> float:
    return sum(p.numel() for p in net.parameters()) / 1e6


def test_the_networks_have_their_published_sizes() -> None:
    whole = 0.0
    with torch.device("meta"):
        for name, (_, _, side) in PAPER_WINDOWS.items():
            got = tuple(_millions(kind(side)) for kind in (PaperEncoder, PaperFeatures, PaperImage))
            assert got == pytest.approx(PUBLISHED[name], abs=0.06)
            whole += sum(got)
        painter = _millions(PaperPainter())
    assert painter == pytest.approx(139.8, abs=0.06)
    assert whole + painter == pytest.approx(563, abs=1)


def test_shapes_go_through_a_code_of_512() -> None:
    code = PaperEncoder(160, 2)(torch.zeros(2, 1, 160, 160))
    assert code.shape == (2, 512)
    assert PaperImage(160, 2)(code).shape == (2, 1, 160, 160)
    assert PaperFeatures(160, 2)(code).shape == (2, 32, 160, 160)


def test_maps_overwrite_what_lies_below() -> None:
    maps = {
        n: torch.full((1, 1, s, s), float(k))
        for k, (n, (_, _, s)) in enumerate(PAPER_WINDOWS.items())
    }
    merged = merge(maps)[0, 0]
    assert merged[0, 0] == ORDER.index("rest")
    assert merged[460, 256] == ORDER.index("mouth")
    # the nose's window meets the mouth's: the nose lies on top
    assert merged[380, 256] == ORDER.index("nose")
    assert merged[250, 200] == ORDER.index("right-eye")


@pytest.mark.parametrize("stage", ["parts", "synthesis"])
def test_two_turns_of_each_stage(
    stage: Literal["parts", "synthesis"], packs: Path, cache: Path
) -> None:
    values = {
        "stage": stage,
        "width": 2,
        "painter_width": 2,
        "blocks": 1,
        "cache": cache,
        "perceptual_net": "random",
        "build_workers": 1,
        "held_out": 1,
    }
    changes = ["batch=2", *(f"sketch_paper.{k}={v}" for k, v in values.items())]
    task = sketch_paper.make(recipes.read("sketch-paper", changes), packs)
    optimizers = task.optimizers()
    for step in range(2):
        rows = task.sampler.batch(np.random.default_rng(step))
        batch = {k: torch.from_numpy(np.asarray(v)) for k, v in rows.items()}
        for name, loss, _ in task.losses(batch, step):
            assert torch.isfinite(loss)
            optimizers[name].zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizers[name].step()
    fixed = stage == "synthesis"
    net = task.nets["net"]
    assert all(
        (p.grad is None) == fixed for n, p in net.named_parameters() if n.startswith("encoders")
    )
    assert np.isfinite(task.validate(net.eval())["l1"])
