"""The log goes on where its training does."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from limner.train.loops.log import Log

pytestmark = pytest.mark.train


def rows(folder: Path) -> list[tuple[int, str, float]]:
    with (folder / "metrics.csv").open(newline="") as stream:
        return [(int(r["step"]), r["name"], float(r["value"])) for r in csv.DictReader(stream)]


def test_numbers_are_kept_to_the_last_bit(tmp_path: Path) -> None:
    with Log(tmp_path, step=0, tensorboard=False) as log:
        log.numbers(3, 24, {"b": 0.1 + 0.2, "a": float("nan")})
    assert rows(tmp_path)[1] == (3, "b", 0.1 + 0.2)
    assert (tmp_path / "metrics.csv").read_text().startswith("step,pictures,name,value\n3,24,a,nan")


def test_what_is_trained_again_is_logged_once(tmp_path: Path) -> None:
    with Log(tmp_path, step=0, tensorboard=False) as log:
        for step in (10, 20, 30):
            log.numbers(step, step, {"a": step})
    with Log(tmp_path, step=20, tensorboard=False) as log:
        log.numbers(30, 30, {"a": 31})
    assert rows(tmp_path) == [(10, "a", 10.0), (20, "a", 20.0), (30, "a", 31.0)]


def test_a_row_cut_by_a_kill_is_taken_out(tmp_path: Path) -> None:
    with Log(tmp_path, step=0, tensorboard=False) as log:
        log.numbers(10, 10, {"a": 1, "b": 2})
    path = tmp_path / "metrics.csv"
    path.write_text(path.read_text()[:-4])
    with Log(tmp_path, step=10, tensorboard=False):
        pass
    assert rows(tmp_path) == [(10, "a", 1.0)]


def test_a_sheet_is_a_picture_in_the_samples(tmp_path: Path) -> None:
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    with Log(tmp_path, step=0, tensorboard=True) as log:
        path = log.sheet(7, pixels)
        log.numbers(7, 7, {"a": 1.0})
    assert path == tmp_path / "samples" / "step-00000007.png"
    assert np.array_equal(np.asarray(Image.open(path)), pixels)
    assert any((tmp_path / "tensorboard").iterdir())
