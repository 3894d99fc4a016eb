"""A face is looked at once, however many styles draw it, and forgotten with its photograph."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from tests.api import fakes

from limner import api, weights
from limner.api import _seen
from limner.records import Face, Photo


@pytest.fixture(autouse=True)
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Face]:
    """Return the faces that were looked at, as they are."""
    fakes.install(monkeypatch)
    counted: list[Face] = []

    def look(photo: Photo, face: Face) -> object:
        counted.append(face)
        return fakes.look_wide(photo, face)

    monkeypatch.setattr("limner.faces.look_wide", look)
    return counted


def portrait() -> tuple[Photo, tuple[Face, ...]]:
    photo = fakes.picture((10, 10, 40), (90, 20, 60))
    return photo, api.detect_faces(photo)


def test_every_style_looks_at_a_face_once(looks: list[Face]) -> None:
    photo, faces = portrait()
    first = [api.draw(photo, style=s, faces=faces).pixels for s in fakes.STYLES]
    assert len(looks) == 2
    fresh = fakes.picture((10, 10, 40), (90, 20, 60))
    again = [api.draw(fresh, style=s).pixels for s in fakes.STYLES]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_another_photograph_or_session_is_looked_at_anew(
    looks: list[Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo, faces = portrait()
    api.draw(photo, faces=faces)
    api.draw(Photo(photo.pixels.copy()), faces=faces)
    assert len(looks) == 4
    other = weights.Session()
    monkeypatch.setattr("limner.weights.session", lambda: other)
    api.draw(photo, faces=faces)
    assert len(looks) == 6


def test_nothing_outlives_the_photograph_and_little_is_kept() -> None:
    photo, faces = portrait()
    api.draw(photo, faces=faces)
    key = id(photo.pixels), id(faces[0])
    assert key in _seen._known
    del photo
    gc.collect()
    assert key not in _seen._known
    kept = [portrait() for _ in range(2 * _seen._MOST)]
    for one, found in kept:
        api.draw(one, faces=found)
    assert len(_seen._known) == _seen._MOST
