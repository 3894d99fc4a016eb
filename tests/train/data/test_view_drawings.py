"""Synthesised pairs: every person in every style, drawn once; batches are the same for the same seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from limner import styles
from limner.train.data.heads import OUTSIDE, HeadViews
from limner.train.data.view_drawings import DrawnPhotographs, build_drawings, drawing_of


def people() -> HeadViews:
    photos = np.full((3, 32, 32, 3), 120, np.uint8)
    labels = np.ones((3, 32, 32), np.uint8)
    labels[:, :4] = OUTSIDE
    return HeadViews(
        photos, labels, None, np.zeros((3, 2), np.float32), np.arange(3, dtype=np.int32), None
    )


def test_people_are_drawn_once_in_every_style(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def render_crop(pixels: np.ndarray, *_: object, style: str, **__: object) -> np.ndarray:
        asked.append(style)
        return np.full(pixels.shape[:2] + ((3,) if style == "oil" else ()), 90, np.uint8)

    monkeypatch.setattr(styles, "render_crop", render_crop)
    (tmp_path / "celeba.csv").write_text("a")
    pack = tmp_path / "celeba.csv"
    first, made = (
        build_drawings(people(), 2, ["hatch", "oil"], tmp_path / "c", source=pack) for _ in range(2)
    )
    assert (first == made).all()
    assert made.shape == (2, 2, 32, 32)
    assert asked == ["hatch", "oil"] * 2
    assert drawing_of(people().photos[0], people().labels[0], "oil").shape == (32, 32)


def test_the_same_seed_gives_the_same_batch() -> None:
    drawings = np.random.default_rng(0).integers(0, 256, (3, 2, 32, 32)).astype(np.uint8)
    sampler = DrawnPhotographs(people(), drawings, 4)
    one, other = (sampler.batch(np.random.default_rng(7)) for _ in range(2))
    assert all((one[k] == other[k]).all() for k in one)
    assert one["photo"].shape == (4, 3, 32, 32)
    assert one["labels"].max() == 1
    assert one["style"].sum(1).tolist() == [1, 1, 1, 1]
