"""A shell that tells one class too readily is exported telling it less; the shell itself stays."""

from __future__ import annotations

import copy
from pathlib import Path

import torch

from limner.records import CLASSES, MIRRORED
from limner.train.data.heads import build_synthetic
from limner.train.loops._head_labels import with_adjusted_labels
from limner.train.nets.head_shell import HeadShell


def test_an_eager_class_is_held_back(
    small_shell: HeadShell, head_packs: Path, head_cache: Path
) -> None:
    shell = copy.deepcopy(small_shell)
    weight, bias = (shell.get_parameter(f"decoder.to_rest.1.{k}") for k in ("weight", "bias"))
    hat, eye = CLASSES.index("hat"), CLASSES.index("l_eye")
    with torch.no_grad():
        weight.mul_(0.01)  # scores all but alike, so that the hat's lead decides
        bias[:] = 0
        bias[hat] = 0.1
    before = bias.detach().clone()
    made = with_adjusted_labels(shell, build_synthetic(head_packs, head_cache, "train"), 3)
    moved = made.get_parameter("decoder.to_rest.1.bias").detach() - before
    assert moved[hat] < 0
    assert moved[0] == 0
    assert moved[eye] == moved[MIRRORED[eye]]
    assert not moved[len(CLASSES) :].any()  # alpha and depth are no classes
    assert torch.equal(bias, before)
