"""Batches come in order and from their number alone, whoever makes them."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.train.toy import Pictures

from limner.errors import TrainingStopped
from limner.train.loops.prefetch import Prefetch, generator

pytestmark = pytest.mark.train


@dataclass(frozen=True)
class Mapped:
    array: NDArray[Any]
    part: NDArray[Any]

    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        x = self.array[rng.integers(0, len(self.array), 2)]
        is_map = isinstance(self.array, np.memmap)
        return {
            "x": x,
            "part": self.part[::-1],
            "pid": np.array([os.getpid(), is_map]),
            "none": x[:0],
        }


@dataclass(frozen=True)
class Suicidal:
    def batch(self, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
        del rng
        os.kill(os.getpid(), signal.SIGKILL)
        return {}


def batches(workers: int, sampler: Any = None, *, shards: range = range(2)) -> list[Any]:
    sampler = sampler or Pictures(2)
    with Prefetch(sampler, seed=3, steps=range(4, 9), shards=shards, workers=workers) as made:
        return list(made)


def test_workers_make_what_would_be_made_without_them() -> None:
    alone, many = batches(0), batches(3)
    assert len(alone) == len(many) == 10
    for a, b in zip(alone, many, strict=True):
        assert a.keys() == b.keys()
        assert all(np.array_equal(a[k], b[k]) for k in a)
        assert all(b[k].flags.writeable for k in b)


def test_a_batch_depends_on_seed_step_and_shard_alone() -> None:
    draws = {key: generator(*key).random() for key in [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]}
    assert len(set(draws.values())) == 4
    assert generator(0, 1, 0).random() == draws[0, 1, 0]
    odd = batches(1, shards=range(1, 2))
    assert np.array_equal(odd[2]["x"], batches(0)[5]["x"])


def test_mapped_files_are_opened_by_the_workers_and_not_sent(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(50, dtype=np.uint8).reshape(10, 5))
    array = np.load(tmp_path / "a.npy", mmap_mode="r")
    made = batches(1, Mapped(array, array[3:5]))
    assert made[0]["pid"][0] != os.getpid()
    assert made[0]["pid"][1]
    assert np.array_equal(made[0]["part"], array[3:5][::-1])
    assert made[0]["none"].shape == (0, 5)
    assert np.array_equal(made[3]["x"], batches(0, Mapped(array, array))[3]["x"])


def test_a_workers_error_is_told_with_its_place() -> None:
    with pytest.raises(TrainingStopped, match=r"Making batch 4\.0 failed:(?s:.*)the disk is gone"):
        batches(2, Pictures(2, fail=True))
    with pytest.raises(OSError, match="the disk is gone"):
        batches(0, Pictures(2, fail=True))


def test_a_worker_that_dies_is_noticed() -> None:
    with pytest.raises(TrainingStopped, match="died"):
        batches(2, Suicidal())


def test_leaving_early_ends_the_workers() -> None:
    with Prefetch(Pictures(2), seed=0, steps=range(10**6), shards=range(1), workers=2) as made:
        next(iter(made))
        processes = made._processes
    assert not any(p.is_alive() for p in processes)
