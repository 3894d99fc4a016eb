"""Painted maps: what is painted in one view is there in the others, in map and photograph; nonsense gives a picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.heads.conftest import egg

from limner.errors import BadShape, InputError
from limner.geometry.camera import Camera
from limner.heads import HeadRenderer, decode_head, encode_head, paint_map
from limner.heads.paint import MOST_PAINTED
from limner.records import CLASSES, Head, SemanticMap, View

_HAIR, _SKIN, _NOSE, _LIPS = (CLASSES.index(n) for n in ("hair", "skin", "nose", "l_lip"))


def painted(head: Head, spot: tuple[slice, slice], klass: int, yaw: float = 0.0) -> Head:
    """Return a head with a rectangle of one class painted on a view."""
    turn = HeadRenderer(head)
    labels = np.array(turn.view(yaw_deg=yaw).semantic.labels)
    labels[spot] = klass
    return paint_map(turn, SemanticMap(labels), yaw_deg=yaw, pitch_deg=0)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize("klass", [_HAIR, _LIPS])
@pytest.mark.parametrize(("drawn_at", "seen_at"), [(0.0, 20.0), (15.0, -5.0)])
def test_an_edit_is_seen_from_twenty_degrees_away(
    egg_head: Head, klass: int, drawn_at: float, seen_at: float
) -> None:
    spot = (slice(150, 180), slice(110, 150))
    head = painted(egg_head, spot, klass, drawn_at)
    found = HeadRenderer(head).view(yaw_deg=seen_at).semantic.labels == klass
    # the truth: every point of the egg that lay on the painted rectangle
    points = egg(Camera(seen_at, 0, 256))[2]
    place, _ = Camera(drawn_at, 0, 256).project(points)
    inside = (np.abs(place[..., 0] - 129.5) <= 20) & (np.abs(place[..., 1] - 164.5) <= 15)
    true = inside & (egg(Camera(seen_at, 0, 256))[0] > 0) & (points[..., 2] > 0)
    if klass == _HAIR:  # that there is hair above is not of the edit
        found = found & (egg(Camera(seen_at, 0, 256))[1] != _HAIR)
    assert overlap(found, true) > 0.8


def covered(view: View) -> int:
    """Return how many pixels the head takes."""
    assert view.photo.alpha is not None
    return int((view.photo.alpha > 128).sum())


def test_hair_painted_beside_the_head_makes_the_head_larger(egg_head: Head) -> None:
    head = painted(egg_head, (slice(60, 120), slice(25, 75)), _HAIR)
    for yaw in (0.0, 20.0, -20.0):
        before, after = (HeadRenderer(h).view(yaw_deg=yaw) for h in (egg_head, head))
        more = covered(after) - covered(before)
        assert more > 300
        assert (after.depth_m > 0).sum() > (before.depth_m > 0).sum()


def test_what_is_painted_away_is_gone(egg_head: Head) -> None:
    head = painted(egg_head, (slice(0, 60), slice(0, 256)), 0)
    view = HeadRenderer(head).view(yaw_deg=10)
    assert (view.semantic.labels[:55] == 0).all()
    assert view.depth_m[:55].max() == 0


def test_what_is_not_painted_stays_as_it_was(egg_head: Head) -> None:
    head = painted(egg_head, (slice(150, 170), slice(120, 140)), _LIPS)
    before, after = (HeadRenderer(h).view(yaw_deg=15) for h in (egg_head, head))
    near = after.semantic.labels == _LIPS
    far = np.abs(np.argwhere(~near)[:, None] - np.argwhere(near)[::40]).max(-1).min(1) > 25
    where = tuple(np.argwhere(~near)[far].T)
    assert (before.photo.pixels[where] == after.photo.pixels[where]).all()


def test_the_far_side_is_hidden(egg_head: Head) -> None:
    head = painted(egg_head, (slice(120, 150), slice(60, 80)), _LIPS, yaw=-40)
    assert (HeadRenderer(head).view(yaw_deg=-40).semantic.labels == _LIPS).sum() > 300
    assert (HeadRenderer(head).view(yaw_deg=60).semantic.labels == _LIPS).sum() < 10


def test_impossible_maps_give_pictures(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    rng = np.random.default_rng(0)
    for labels in (
        rng.integers(0, 19, (256, 256)).astype(np.uint8),
        np.zeros((256, 256), np.uint8),
        np.full((300, 300), _NOSE, np.uint8),
        np.full((4, 4), 18, np.uint8),
    ):
        head = paint_map(turn, SemanticMap(labels), yaw_deg=0, pitch_deg=0)
        view = HeadRenderer(head).view(yaw_deg=15)
        assert view.photo.pixels.shape == (256, 256, 3)


def test_a_map_that_is_as_it_was_changes_nothing(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    same = turn.view(yaw_deg=10).semantic
    assert paint_map(turn, same, yaw_deg=10, pitch_deg=0) is egg_head


def test_a_map_must_be_square_and_paint_ends_somewhere(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    with pytest.raises(BadShape, match="square"):
        paint_map(turn, SemanticMap(np.zeros((256, 200), np.uint8)), yaw_deg=0, pitch_deg=0)
    head = painted(egg_head, (slice(150, 170), slice(120, 140)), _LIPS)
    full = replace(head, painted=head.painted * MOST_PAINTED)
    with pytest.raises(InputError, match="painted maps already"):
        painted(full, (slice(190, 200), slice(120, 140)), _HAIR)


def test_paint_is_kept_in_the_file(egg_head: Head) -> None:
    head = painted(egg_head, (slice(150, 170), slice(120, 140)), _LIPS)
    again = decode_head(encode_head(head))
    one, other = (HeadRenderer(h).view(yaw_deg=20) for h in (head, again))
    assert (one.semantic.labels == other.semantic.labels).all()
    assert (one.photo.pixels == other.photo.pixels).all()
