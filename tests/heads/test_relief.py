"""What a photograph shows of the depth is right in other views too; what it hides stays the shell's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.heads.conftest import FakeSession, egg, source

from limner.geometry.camera import Camera
from limner.heads import HeadRenderer
from limner.heads.relief import Relief, relief_of
from limner.records import Head

HOME, AWAY = Camera(0, 0), Camera(25, 5)


def depth_of(camera: Camera) -> NDArray[np.float32]:
    return egg(camera)[0].astype(np.float32)


def test_a_shell_that_is_right_stays_as_it_is() -> None:
    shell = depth_of(AWAY)
    right = Relief(HOME, depth_of(HOME)).turned(shell, AWAY)
    assert ((right > 0) == (shell > 0)).all()
    off = np.abs(right - shell)[shell > 0]
    assert np.quantile(off, 0.99) < 0.002
    assert off.mean() < 0.0002


@pytest.mark.parametrize("wrong_m", [-0.02, 0.02])
def test_a_shell_that_is_wrong_is_put_right_wherever_the_photograph_shows_it(
    wrong_m: float,
) -> None:
    true = depth_of(AWAY)
    shell = np.where(true > 0, true + np.float32(wrong_m), 0).astype(np.float32)
    right = Relief(HOME, depth_of(HOME)).turned(shell, AWAY)
    near = np.abs(right - true) < 0.002
    there = true > 0
    assert near[there].mean() > 0.75
    hidden = there & (egg(AWAY)[2][..., 2] < -0.02)
    assert (right[hidden] == shell[hidden]).all()


def test_what_was_hidden_and_stands_in_front_stays_in_front() -> None:
    """A face before a wall, and a shell with an ear that hid behind the face in the photograph."""
    wall = np.full((256, 256), 1.25, np.float32)
    wall[:, 64:192] = 1.02
    shown, aside = Relief(HOME, wall), Camera(20, 0)
    blind = HOME.unproject(np.array([[186.0, 128.0]]), np.array([1.08]))
    place, far = aside.project(blind)
    x, y = np.rint(place[0]).astype(int)
    plain = np.full((256, 256), 1.5, np.float32)
    behind = shown.turned(plain, aside)[y, x]
    ear = plain.copy()
    ear[y - 2 : y + 3, x - 2 : x + 3] = far[0]
    assert far[0] < behind
    assert shown.turned(ear, aside)[y, x] == pytest.approx(far[0], abs=1e-4)


def test_at_home_it_is_what_it_is_at_any_size() -> None:
    depth = depth_of(HOME)
    depth[:128] = 0
    shell = np.full((512, 512), 9.0, np.float32)
    right = Relief(HOME, depth).at_home(shell)
    assert (right[:250] == 9).all()
    assert (
        np.abs(right[260:300, 250:260] - depth[130:150, 125:130].repeat(2, 0).repeat(2, 1)).max()
        < 0.001
    )


def test_nothing_is_put_right_where_its_network_is_not_installed(
    graphs: FakeSession,
) -> None:
    asked = source(), HOME, depth_of(HOME), np.ones((256, 256), np.float32)
    assert relief_of(*asked) is not None
    graphs.without.add("heads-relief")
    assert relief_of(*asked) is None
    assert graphs.calls["heads-relief"] == 1


def test_only_usable_pixels_of_the_photograph_count(graphs: FakeSession) -> None:
    known = np.zeros((512, 512), np.float32)
    known[:, 256:] = 1
    camera = Camera(0, 0, 512)
    told = relief_of(source(side=512), camera, depth_of(camera), known)
    assert told is not None
    assert told.camera.size_px == 256
    assert not told.depth[:, :127].any()
    assert told.depth[128, 140] == pytest.approx(float(depth_of(HOME)[128, 140]), abs=0.001)


def test_a_head_asks_once_for_each_size(egg_head: Head, graphs: FakeSession) -> None:
    turn = HeadRenderer(egg_head)
    for yaw in (0, 10, 20):
        turn.view(yaw_deg=yaw)
    assert graphs.calls["heads-relief"] == 1
