"""Whether drawings are known to be of their sitters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.api import fakes

from limner.api import _likeness as likeness
from limner.errors import InputError, MissingWeights
from limner.heads.encode import template
from limner.records import Face, Photo


class Pixels:
    """A judge that knows people by every pixel."""

    size_px = 16

    def describe(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert pixels.shape == (16, 16, 3)
        return pixels.astype(np.float32).ravel() - 128


JUDGE = cast("Any", Pixels())


def seen(photo: Photo) -> tuple[Face, ...]:
    """Find one face in whatever is not blank."""
    if np.ptp(photo.pixels) == 0:
        return ()
    points = template()[0][:, :2] * [1, -1]
    points = (points - points.mean(0)) / np.ptp(points, axis=0).max() * 180 + 128
    return (replace(fakes.face_at(40, 40, 180), landmarks=points.astype(np.float32)),)


@pytest.fixture
def sitters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.setattr("limner.api._photo.detect_faces", seen)
    made = {}
    for k, name in enumerate("abcd"):
        noise = np.random.default_rng(k).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        made[name] = tmp_path / f"{name}.png"
        Image.fromarray(noise).resize((300, 400), Image.Resampling.BICUBIC).save(made[name])
    return made


def drawing_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as photo:
        return np.asarray(photo.convert("L").resize((256, 256)))


def test_who_draws_people_as_they_are_is_known_and_who_mistakes_them_is_not(
    sitters: dict[str, Path],
) -> None:
    himself = {name: drawing_of(path) for name, path in sitters.items()}
    exchanged = dict(zip(himself, [*list(himself.values())[1:], himself["a"]], strict=True))
    half = {"a": himself["a"], "b": np.full((256, 256), 255, np.uint8)}
    strangers = {"nobody": himself["a"]}
    hands = {"himself": himself, "exchanged": exchanged, "half": half, "strangers": strangers}
    rates = likeness.likeness(hands, sitters, JUDGE, 1.0)
    assert rates == {"himself": 1.0, "exchanged": 0.0, "half": 0.5, "strangers": None}


def test_one_person_alone_cannot_be_mistaken(sitters: dict[str, Path]) -> None:
    alone = {"a": sitters["a"]}
    hands = {"himself": {"a": drawing_of(sitters["a"])}}
    assert likeness.likeness(hands, alone, JUDGE, 1.0) == {"himself": None}


def test_a_judge_that_cannot_be_used_is_said() -> None:
    assert likeness.judge_of(None, "-1..1", 1.0) is None
    with pytest.raises(InputError, match=r"0\.3 to 1"):
        likeness.judge_of(None, "-1..1", 2.0)
    with pytest.raises(MissingWeights):
        likeness.judge_of("gone.onnx", "-1..1", 1.0)
