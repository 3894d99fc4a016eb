"""One camera convention: signs, round-trips, and a pose found again from its own projection."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadShape
from limner.geometry import camera
from limner.geometry.camera import Camera

angles = st.tuples(st.floats(-60, 60), st.floats(-30, 30))


def head_points() -> np.ndarray:
    """Return points on half an ellipsoid with a nose, in metres."""
    rng = np.random.default_rng(3)
    unit = rng.normal(size=(80, 3))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    unit[:, 2] = np.abs(unit[:, 2])
    return np.concatenate([unit * [0.07, 0.1, 0.09], [[0, -0.03, 0.11], [0.0, -0.02, 0.105]]])


def test_a_camera_at_the_sitters_left_sees_the_nose_at_the_pictures_left() -> None:
    nose = np.array([0, 0, 0.1])
    assert Camera(25, 0).project(nose)[0][0] < 127.5 < Camera(-25, 0).project(nose)[0][0]


def test_a_camera_from_above_sees_the_nose_lower() -> None:
    nose = np.array([0, 0, 0.1])
    assert Camera(0, 15).project(nose)[0][1] > 127.5 > Camera(0, -15).project(nose)[0][1]


def test_the_sitters_left_is_on_the_pictures_right_and_up_is_up() -> None:
    px, depth = Camera(0, 0).project(np.array([[0.05, 0, 0], [0, 0.05, 0]]))
    assert px[0, 0] > 127.5
    assert px[1, 1] < 127.5
    assert depth == pytest.approx([camera.DISTANCE_M] * 2)


def test_the_matrix_is_that_of_the_synthetic_heads() -> None:
    theirs = [
        [9.9765337e-01, 0.0, 6.8467043e-02, 0.0],
        [2.5389090e-03, -9.9931222e-01, -3.6995187e-02, 0.0],
        [6.8419956e-02, 3.7082206e-02, -9.9696720e-01, 1.1061877],
        [0, 0, 0, 1],
    ]
    ours = Camera(-3.925944, -2.1251411)
    assert ours.camera_from_world == pytest.approx(np.array(theirs), abs=1e-6)
    assert ours.focal_px == pytest.approx(1042.4763, abs=0.01)


@given(angles, st.sampled_from([64, 128, 256, 512]))
def test_projecting_and_unprojecting_are_inverse(pose: tuple[float, float], size_px: int) -> None:
    view, points = Camera(*pose, size_px), head_points()
    px, depth = view.project(points)
    assert view.unproject(px, depth) == pytest.approx(points, abs=1e-9)


@given(angles)
def test_a_ray_runs_through_what_its_pixel_sees(pose: tuple[float, float]) -> None:
    view = Camera(*pose, 16)
    origin, directions = view.rays()
    assert origin == pytest.approx(view.position_m)
    px, depth = view.project(origin + 1.05 * directions)
    assert px == pytest.approx(view.grid_px(), abs=1e-9)
    assert depth == pytest.approx(np.full((16, 16), 1.05))


def test_the_same_point_falls_on_the_same_place_at_any_size() -> None:
    points = head_points()
    small, large = (Camera(20, -5, n).project(points)[0] for n in (64, 256))
    assert (small + 0.5) * 4 - 0.5 == pytest.approx(large)


@given(st.floats(-45, 45), st.floats(-20, 20), st.floats(-30, 30), st.floats(0.3, 3))
def test_a_pose_is_found_again_from_the_points(
    yaw: float, pitch: float, roll: float, scale: float
) -> None:
    points = head_points()
    seen = Camera(yaw, pitch).project(points)[0]
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    turn = scale * np.array([[c, -s], [s, c]])
    found = camera.fit(seen @ turn.T + [40, -7], points)
    assert [found.camera.yaw_deg, found.camera.pitch_deg] == pytest.approx([yaw, pitch], abs=0.01)
    assert found.residual_px < 0.01
    assert np.linalg.det(found.crop_from_photo[:, :2]) == pytest.approx(scale**-2, rel=1e-3)


def test_points_that_do_not_match_the_template_are_refused() -> None:
    with pytest.raises(BadShape, match="wanted"):
        camera.fit(np.zeros((7, 2)), np.zeros((8, 3)))


def test_a_camera_of_nonsense_is_refused() -> None:
    with pytest.raises(BadShape):
        Camera(float("nan"), 0)
    with pytest.raises(BadShape):
        Camera(0, 0, 0)


def test_a_depth_map_of_another_size_is_refused() -> None:
    with pytest.raises(BadShape, match="256"):
        Camera(0, 0).surface(np.ones((64, 64)))


def test_sampled_cameras_are_near_frontal_and_within_limits() -> None:
    poses = camera.sample(np.random.default_rng(0), 4000)
    assert (np.abs(poses) <= [camera.MOST_YAW_DEG, camera.MOST_PITCH_DEG]).all()
    assert poses.std(0) == pytest.approx([17, 8.8], rel=0.05)
