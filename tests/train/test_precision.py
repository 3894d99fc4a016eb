"""The number format follows from what the machine says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from limner.train.loops import precision

pytestmark = pytest.mark.train


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("flags : fpu avx2 avx512f avx512_bf16 amx_bf16", "bf16"),
        ("flags : fpu avx2 avx512f avx512bw", "f32"),
        ("Features : fp asimd bf16", "f32"),
    ],
)
def test_a_cpu_trains_in_bf16_only_where_it_computes_in_it(flags: str, expected: str) -> None:
    assert precision.choose("auto", cuda=False, cpuinfo=flags) == expected


def test_a_gpu_trains_in_bf16() -> None:
    assert precision.choose("auto", cuda=True, cpuinfo="flags : avx2") == "bf16"


def test_what_is_asked_for_is_taken() -> None:
    for wanted in ("bf16", "f32", "f64"):
        assert precision.choose(wanted, cuda=False, cpuinfo="x") == wanted


def test_a_machine_that_says_nothing_trains_in_f32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_CPUINFO", Path("/nowhere/cpuinfo"))
    assert precision.choose("auto", cuda=False) == "f32"
