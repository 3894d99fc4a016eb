"""The far side of a turned face, borrowed from the near one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.heads.conftest import FakeSession, egg, source

from limner.geometry.camera import Camera
from limner.heads import HeadRenderer, encode, render
from limner.heads.mirror import LEAST_YAW_DEG, borrow, mirrored
from limner.records import CLASSES, HeadSource, Photo

SKIN, LEFT, RIGHT, CLOTH = (CLASSES.index(n) for n in ("skin", "l_eye", "r_eye", "cloth"))
SIDE = 64


def planes(tone: float, part: int = SKIN) -> NDArray[np.float32]:
    """Return a plane of one tone that shows one part."""
    made = np.zeros((SIDE, SIDE, 3 + len(CLASSES)), np.float32)
    made[..., :3] = tone
    made[..., 3 + part] = 1
    return made


def half(*, left: bool) -> NDArray[np.float32]:
    """Return where pixels are: one half, and a strip of the other."""
    seen = np.zeros((SIDE, SIDE), np.float32)
    seen[:, : SIDE // 2 + 8] = 1
    return seen if left else np.ascontiguousarray(seen[:, ::-1])


def test_a_mirrored_photograph_names_its_sides_anew() -> None:
    photo = planes(0.0)
    photo[:, :10, 3:] = 0
    photo[:, :10, 3 + RIGHT] = 1
    flipped = mirrored(photo)
    assert flipped[:, -10:, 3 + LEFT].all()
    assert not flipped[..., 3 + RIGHT].any()
    assert np.array_equal(mirrored(flipped), photo)


def test_what_is_hidden_comes_from_the_other_side_in_this_sides_light() -> None:
    own, other = planes(0.3), planes(-0.2)
    labels = planes(0)[..., 3:]
    whole, visible = borrow((own, half(left=True)), (other, half(left=False)), labels)
    assert visible.min() > 0.9
    assert np.abs(whole[..., :3] - 0.3).max() < 0.02


def test_clothes_and_ground_are_not_borrowed() -> None:
    own, other = planes(0.3), planes(-0.2, CLOTH)
    for labels in (planes(0)[..., 3:], planes(0, CLOTH)[..., 3:]):
        _, visible = borrow((own, half(left=True)), (other, half(left=False)), labels)
        assert np.array_equal(visible, half(left=True))


def test_sides_with_nothing_in_common_are_left_as_they_are() -> None:
    first, second = half(left=True), 1 - half(left=True)
    labels = planes(0)[..., 3:]
    whole, visible = borrow((planes(0.3), first), (planes(-0.2), second), labels)
    assert np.array_equal(visible, first)
    assert (whole[..., 0] == np.float32(0.3)).all()


def two_faced(yaw_deg: float) -> HeadSource:
    """Return the photograph of an egg whose left and right side are alike, as a face's are."""
    made = source(yaw_deg)
    depth, _, points = egg(Camera(yaw_deg, 0, 256))
    photo = made.photo.pixels.copy()
    photo[depth > 0] = tones(points)[depth > 0]
    return HeadSource(
        Photo(photo), made.semantic, made.yaw_deg, made.pitch_deg, made.crop_from_photo
    )


def tones(points: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return colours that depend on the distance from the middle, never on the side."""
    waves = [np.cos(40 * points[..., 0]), np.sin(40 * points[..., 1]), np.cos(40 * points[..., 0])]
    return np.asarray((np.stack(waves, -1) * 0.6 + 1) * 127.5, np.uint8)


def off(yaw_deg: float) -> float:
    """Return how far a turned egg is from the truth on the side that its photograph hid, grey levels."""
    view = HeadRenderer(encode.from_source(two_faced(30))).view(yaw_deg=yaw_deg)
    depth, _, points = egg(Camera(yaw_deg, 0, 256))
    hidden = (depth > 0) & (points[..., 0] < -0.055) & (np.abs(points[..., 1]) < 0.06)
    assert hidden.sum() > 200
    gap = np.abs(view.photo.pixels.astype(float) - tones(points))
    return float(gap[hidden].mean())


def test_a_turned_face_is_whole_from_its_other_side(
    graphs: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    del graphs
    with_glass = off(-30)
    monkeypatch.setattr(render, "LEAST_YAW_DEG", 90.0)
    without = off(-30)
    assert with_glass < without / 2


def test_a_frontal_face_asks_for_no_looking_glass(graphs: FakeSession) -> None:
    head = encode.from_source(source(LEAST_YAW_DEG / 2))
    before = graphs.calls["heads-renderer"]
    HeadRenderer(head).view(yaw_deg=20)
    assert (
        graphs.calls["heads-renderer"] - before == 2
    )  # the photograph's view and the one asked for
