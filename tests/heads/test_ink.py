"""Ink that holds: strokes move with the surface, whatever views are asked for; outlines are each view's own."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heads.conftest import FakeSession, egg

from limner.geometry.camera import Camera
from limner.geometry.carry import carry
from limner.heads import HeadRenderer, InkHolder
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
    holder = InkHolder(turn, Boiling(), size_px=SIDE)
    for near, far in ((0.0, 10.0), (15.0, 25.0), (-30.0, -20.0)):
        views = (turn.view(yaw_deg=near), turn.view(yaw_deg=far))
        held = error(views, (holder.drawn(views[0]), holder.drawn(views[1])))
        alone = error(views, (holder.alone(views[0]), holder.alone(views[1])))
        assert held < 0.6 * alone


def test_a_view_has_one_drawing_in_whatever_order_it_is_asked_for(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    angles = (-20.0, 5.0, 30.0)
    one, other = (InkHolder(turn, Boiling(), size_px=SIDE) for _ in range(2))
    first = {yaw: one.drawn(turn.view(yaw_deg=yaw)) for yaw in angles}
    again = {yaw: other.drawn(turn.view(yaw_deg=yaw)) for yaw in reversed(angles)}
    assert all((first[yaw] == again[yaw]).all() for yaw in angles)


def test_keys_are_drawn_once_and_only_when_needed(egg_head: Head) -> None:
    turn, hand = HeadRenderer(egg_head), Boiling()
    holder = InkHolder(turn, hand, size_px=SIDE)
    holder.drawn(turn.view(yaw_deg=2))
    assert hand.drawn == 2
    holder.drawn(turn.view(yaw_deg=20))
    holder.drawn(turn.view(yaw_deg=25))
    assert hand.drawn == 5


def test_the_first_keys_own_view_is_drawn_once(egg_head: Head) -> None:
    turn, hand = HeadRenderer(egg_head), Boiling()
    holder = InkHolder(turn, hand, size_px=SIDE)
    exact, near = (holder.drawn(turn.view(yaw_deg=yaw)) for yaw in (0.0, 0.05))
    assert hand.drawn == 1
    assert (exact == near).all()
    assert (exact == holder.alone(turn.view())).all()


def test_the_paper_beside_the_head_is_the_views_own(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    view = turn.view(yaw_deg=25)
    holder = InkHolder(turn, Boiling(), size_px=SIDE)
    beside = egg(Camera(25, 0, SIDE))[0] == 0
    assert (holder.drawn(view) == holder.alone(view))[beside].all()


def test_colours_are_held_too(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    holder = InkHolder(turn, lambda v: np.repeat(Boiling()(v)[..., None], 3, 2), size_px=SIDE)
    assert holder.drawn(turn.view(yaw_deg=12)).shape == (SIDE, SIDE, 3)


@pytest.mark.usefixtures("egg_head")
def test_a_head_without_photograph_is_keyed_from_the_front(graphs: FakeSession) -> None:
    from limner.heads import sample_head

    turn = HeadRenderer(sample_head(3))
    holder = InkHolder(turn, Boiling(), size_px=SIDE)
    view = turn.view()
    assert (np.abs(holder.drawn(view).astype(int) - holder.alone(view)) < 60).mean() > 0.98
    assert graphs.calls["heads-sampler"] == 1
