"""Ink that holds: strokes move with the surface, whatever views are asked for; outlines are each view's own."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.heads.conftest import FakeSession, egg

from limner.geometry.camera import Camera
from limner.geometry.carry import carry, facing
from limner.heads import HeadRenderer, InkHolder, KeyViews
from limner.records import Head, View

SIDE = 256


class Boiling:
    """Draws hatching that knows nothing of the head: it stays on the sheet, and shifts from view to view."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self, view: View) -> np.ndarray:
        self.drawn += 1
        rows, columns = np.mgrid[:SIDE, :SIDE]
        waves = np.sin((columns + rows + round(3 * view.yaw_deg)) * 0.5)
        return np.where((view.depth_m > 0) & (waves > 0.3), 40, 255).astype(np.uint8)


def error(views: tuple[View, View], drawings: tuple[np.ndarray, np.ndarray]) -> float:
    """Return how far the ink of two views differs where both see the same surface."""
    one, other = views
    cameras = tuple(Camera(v.yaw_deg, v.pitch_deg, SIDE) for v in views)
    moved, seen = carry(
        drawings[0][..., None].astype(np.float32),
        (one.depth_m, other.depth_m),
        (cameras[0], cameras[1]),
    )
    return float(np.abs(moved[..., 0] - drawings[1])[seen > 0.9].mean())


def test_neighbouring_views_agree_as_hands_drawing_each_alone_do_not(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    holder = InkHolder(KeyViews(turn, size_px=SIDE), Boiling())
    for near, far in ((0.0, 10.0), (15.0, 25.0), (-30.0, -20.0)):
        views = (turn.view(yaw_deg=near), turn.view(yaw_deg=far))
        held = error(views, (holder.drawn(views[0]), holder.drawn(views[1])))
        alone = error(views, (holder.alone(views[0]), holder.alone(views[1])))
        assert held < 0.6 * alone


def test_a_view_has_one_drawing_in_whatever_order_it_is_asked_for(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    angles = (-20.0, 5.0, 30.0)
    one, other = (InkHolder(KeyViews(turn, size_px=SIDE), Boiling()) for _ in range(2))
    first = {yaw: one.drawn(turn.view(yaw_deg=yaw)) for yaw in angles}
    again = {yaw: other.drawn(turn.view(yaw_deg=yaw)) for yaw in reversed(angles)}
    assert all((first[yaw] == again[yaw]).all() for yaw in angles)


def test_keys_are_drawn_once_and_only_when_needed(egg_head: Head) -> None:
    turn, hand = HeadRenderer(egg_head), Boiling()
    holder = InkHolder(KeyViews(turn, size_px=SIDE), hand)
    holder.drawn(turn.view(yaw_deg=2))
    assert hand.drawn == 2
    holder.drawn(turn.view(yaw_deg=20))
    assert hand.drawn == 5
    holder.drawn(turn.view(yaw_deg=25))
    assert hand.drawn == 6


def test_key_views_are_shown_once_for_all_manners(
    egg_head: Head, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = HeadRenderer(egg_head)
    keys, view = KeyViews(turn, size_px=SIDE), turn.view(yaw_deg=20)
    InkHolder(keys, Boiling()).drawn(view)
    monkeypatch.setattr(turn, "view", None)
    assert InkHolder(keys, Boiling()).drawn(view).shape == (SIDE, SIDE)


def test_a_head_taken_from_far_aside_has_no_key_beyond_what_heads_know(egg_head: Head) -> None:
    assert egg_head.source is not None
    aside = replace(egg_head, source=replace(egg_head.source, yaw_deg=30.0))
    keys = KeyViews(HeadRenderer(aside), size_px=SIDE)
    assert keys.at(42.0).view.yaw_deg == 60


def test_a_place_keeps_its_strokes_from_view_to_view(egg_head: Head) -> None:
    """Where the first key looked straight at, a view far aside still has its ink, none of its own."""
    turn = HeadRenderer(egg_head)
    first, far = turn.view(), turn.view(yaw_deg=30)
    holder = InkHolder(KeyViews(turn, size_px=SIDE), Boiling())
    moved, seen = carry(
        holder.drawn(first)[..., None].astype(np.float32),
        (first.depth_m, far.depth_m),
        (Camera(0, 0, SIDE), Camera(30, 0, SIDE)),
        (facing(first.depth_m, Camera(0, 0, SIDE)) > 0.7).astype(np.float32),
        sharp=True,
    )
    straight = (seen > 0.99) & (facing(far.depth_m, Camera(30, 0, SIDE)) > 0.4)
    here = cv2.erode(straight.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert here.sum() > 2000
    assert np.quantile(np.abs(np.clip(moved[..., 0], 0, 255) - holder.drawn(far))[here], 0.95) < 2


def test_the_first_keys_own_view_is_drawn_once(egg_head: Head) -> None:
    turn, hand = HeadRenderer(egg_head), Boiling()
    holder = InkHolder(KeyViews(turn, size_px=SIDE), hand)
    exact, near = (holder.drawn(turn.view(yaw_deg=yaw)) for yaw in (0.0, 0.05))
    assert hand.drawn == 1
    assert (exact == near).all()
    assert (exact == holder.alone(turn.view())).all()


def test_the_paper_beside_the_head_is_the_views_own(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    view = turn.view(yaw_deg=25)
    holder = InkHolder(KeyViews(turn, size_px=SIDE), Boiling())
    beside = egg(Camera(25, 0, SIDE))[0] == 0
    assert (holder.drawn(view) == holder.alone(view))[beside].all()


def test_colours_are_held_too(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    holder = InkHolder(
        KeyViews(turn, size_px=SIDE), lambda v: np.repeat(Boiling()(v)[..., None], 3, 2)
    )
    assert holder.drawn(turn.view(yaw_deg=12)).shape == (SIDE, SIDE, 3)


@pytest.mark.usefixtures("egg_head")
def test_a_head_without_photograph_is_keyed_from_the_front(graphs: FakeSession) -> None:
    from limner.heads import sample_head

    turn = HeadRenderer(sample_head(3))
    holder = InkHolder(KeyViews(turn, size_px=SIDE), Boiling())
    view = turn.view()
    assert (np.abs(holder.drawn(view).astype(int) - holder.alone(view)) < 60).mean() > 0.98
    assert graphs.calls["heads-sampler"] == 1
