"""What of a photograph a view may use: which pixels, how deep they lie, and what a mirror makes of them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heads.conftest import FakeSession, source

from limner.geometry.camera import Camera
from limner.heads import HeadRenderer, encode
from limner.heads.ground import behind
from limner.heads.own import Own, grown
from limner.records import CLASSES


def own_of(yaw_deg: float = 0.0, edited: tuple[str, ...] = ()) -> Own:
    photo = source(yaw_deg)
    camera = Camera(yaw_deg, 0.0, 256)
    seen = HeadRenderer(encode.from_source(photo), own_pixels=False).render(camera)
    return Own.of(photo, camera, seen, edited, behind(photo, 256))


def test_a_grown_mask_is_wider_with_a_soft_rim() -> None:
    mask = np.zeros((256, 256), np.uint8)
    mask[100:150, 100:150] = 1
    wide = grown(mask)
    assert wide[125, 99] > 0.9
    assert 0 < wide[125, 96] < 1
    assert not wide[125, 85:90].any()


def test_pixels_at_the_silhouette_are_not_used(graphs: FakeSession) -> None:
    del graphs
    own = own_of()
    head = source().semantic.labels > 0
    assert not own.known[~head].any()
    assert 0.85 < own.known[head].mean() < 1
    row = np.flatnonzero(head[128])
    assert not own.known[128, row[0]]
    assert own.known[128, row[0] + 8]
    assert own.planes.shape == (256, 256, 3 + len(CLASSES))
    assert ((own.depth > 0) >= (own.known > 0)).all()


def test_edited_parts_are_not_used(graphs: FakeSession) -> None:
    del graphs
    own, other = own_of(), own_of(edited=("nose",))
    nose = source().semantic.labels == CLASSES.index("nose")
    assert own.known[nose].all()
    assert other.known[nose].max() < 0.05
    assert other.known.sum() > 0.8 * own.known.sum()


def test_without_a_relief_nothing_is_put_right(
    graphs: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    del graphs
    monkeypatch.setattr("limner.heads.own.relief_of", lambda *_: None)
    own = own_of()
    away = Camera(20, 0, 256)
    seen = HeadRenderer(encode.from_source(source()), own_pixels=False).render(away)
    assert own.put_right(seen, away) is seen


def test_a_mirrored_photograph_shows_the_other_side(graphs: FakeSession) -> None:
    del graphs
    own = own_of(30.0)
    back = Camera(-30.0, 0.0, 256)
    glass = own.flipped(back, own.depth[:, ::-1])
    assert glass.camera is back
    assert np.array_equal(glass.known, own.known[:, ::-1])
    assert np.array_equal(glass.planes[..., :3], own.planes[:, ::-1, :3])
