"""Own pixels: carried where the surface was seen, nowhere else; holes are filled softly."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heads.conftest import egg, paint

from limner.errors import BadShape
from limner.geometry.camera import Camera
from limner.heads.project import between, carry, fill, mend, surface


def seen(yaw_deg: float, side: int = 128) -> tuple[np.ndarray, np.ndarray, Camera]:
    camera = Camera(yaw_deg, 0, side)
    depth, _, points = egg(camera)
    picture = np.where(depth[..., None] > 0, paint(points), 0).astype(np.float32)
    return picture, depth.astype(np.float32), camera


@pytest.mark.parametrize("yaw", [-30.0, 15.0, 30.0])
def test_carried_pixels_are_those_that_the_other_camera_sees(yaw: float) -> None:
    (here, first, a), (goal, second, b) = seen(0.0), seen(yaw)
    found, visible = carry(here, (first, second), (a, b))
    sure = visible > 0.99
    assert sure.sum() > 0.4 * (second > 0).sum()
    assert np.quantile(np.abs(found - goal)[sure], 0.95) < 0.05
    assert np.abs(found[visible == 0]).max() == 0


def test_the_side_that_was_turned_away_is_not_seen() -> None:
    (here, first, a), (_, second, b) = seen(-25.0), seen(35.0)
    _, visible = carry(here, (first, second), (a, b))
    head = second > 0
    left, right = visible[:, :60][head[:, :60]], visible[:, 68:][head[:, 68:]]
    assert left.mean() > right.mean() + 0.3


def test_what_is_not_known_is_not_carried() -> None:
    (here, first, a), (_, second, b) = seen(0.0), seen(10.0)
    known = np.ones((128, 128), np.float32)
    known[:64] = 0
    _, visible = carry(here, (first, second), (a, b), known)
    assert visible[:60].max() == 0
    assert visible[70:].max() > 0.99


def test_numpy_and_torch_carry_alike() -> None:
    torch = pytest.importorskip("torch")
    from limner.train.nets.head_refiner import carry as torch_carry

    (here, first, a), (_, second, b) = seen(0.0), seen(20.0)
    found, visible = carry(here, (first, second), (a, b))
    poses = [torch.tensor([[c.yaw_deg, c.pitch_deg]]) for c in (a, b)]
    theirs, there = torch_carry(
        torch.from_numpy(here.transpose(2, 0, 1))[None],
        tuple(torch.from_numpy(d)[None, None] for d in (first, second)),
        tuple(poses),
    )
    same = np.abs(there[0, 0].numpy() - visible) < 0.05
    assert same.mean() > 0.995
    off = np.abs(theirs[0].numpy().transpose(1, 2, 0) - found)[same & (visible > 0)]
    assert np.quantile(off, 0.99) < 0.05


def test_sizes_that_differ_are_refused() -> None:
    here, first, a = seen(0.0)
    with pytest.raises(BadShape, match="one square size"):
        carry(here, (first, first[:64, :64]), (a, a))


def test_edges_and_ground_are_no_surface() -> None:
    _, depth, _ = seen(0.0)
    steady = surface(depth)
    assert steady[64, 64]
    assert not steady[2, 2]
    rim = (depth > 0) & (np.roll(depth, 1, 1) == 0)
    assert not steady[rim].any()


def test_a_hole_takes_what_lies_around_it() -> None:
    picture = np.zeros((64, 64, 3), np.float32)
    picture[:, 32:] = 100
    known = np.ones((64, 64), np.float32)
    known[20:44, 40:60] = 0
    picture[20:44, 40:60] = 255  # what stands in the hole does not matter
    filled = fill(picture, known)
    assert np.abs(filled[26:38, 46:56] - 100).max() < 15
    assert np.abs(filled[4, 4]).max() < 1


def test_nothing_known_is_filled_with_something_finite() -> None:
    assert np.isfinite(fill(np.ones((16, 16, 3), np.float32), np.zeros((16, 16), np.float32))).all()


def test_mending_keeps_what_survived_and_leaves_no_seam() -> None:
    rng = np.random.default_rng(0)
    truth = np.full((64, 64, 3), 0.3, np.float32) + rng.normal(0, 0.02, (64, 64, 3)).astype(
        np.float32
    )
    visible = np.zeros((64, 64), np.float32)
    visible[:, :40] = 1
    coarse = np.full((64, 64, 3), -0.2, np.float32)  # a rendering in another light
    shares = np.zeros((64, 64, 2), np.float32)
    shares[:48, :, 0] = shares[48:, :, 1] = 1
    whole = mend(truth * visible[..., None], visible, coarse, shares)
    assert np.abs(whole[:, :40] - truth[:, :40]).max() < 1e-5
    assert np.abs(whole[:, 40:] - 0.3).mean() < 0.06
    assert (mend(truth, np.zeros_like(visible), coarse, shares) == coarse).all()


def test_the_tone_of_one_matter_says_nothing_of_another() -> None:
    coarse = np.zeros((64, 64, 3), np.float32)
    survived = np.full((64, 64, 3), 0.6, np.float32)
    shares = np.zeros((64, 64, 2), np.float32)
    shares[:32, :, 0] = shares[32:, :, 1] = 1
    visible = np.zeros((64, 64), np.float32)
    visible[:32, :40] = 1  # of the second matter nothing survived
    whole = mend(survived, visible, coarse, shares)
    assert np.abs(whole[:32] - 0.6).max() < 0.02
    assert np.abs(whole[32:]).max() == 0


def test_a_chink_takes_the_mean_of_its_sides_and_all_else_stays() -> None:
    picture = np.full((40, 40, 5), 0.2, np.float32)
    picture[:, 21:] = 0.6
    known = np.ones((40, 40), np.float32)
    known[:, 20], picture[:, 20] = 0, 9
    share = 1 - known
    out = between(picture, known, share, 2)
    np.testing.assert_allclose(out[:, 20], 0.4, atol=1e-5)
    np.testing.assert_array_equal(out[:, :20], picture[:, :20])
    half = between(picture, known, 0.5 * share, 2)
    np.testing.assert_allclose(half[:, 20], 4.7, atol=1e-5)


def test_classes_in_a_chink_are_those_of_the_nearest_pixel() -> None:
    picture = np.zeros((20, 30, 4), np.float32)
    picture[:, :15, 3] = 1
    picture[:, 15:, :3] = 1
    known = np.ones((20, 30), np.float32)
    known[:, 13:16] = 0
    out = between(picture, known, 1 - known, 3, colours=3)
    assert set(np.unique(out[..., 3])) == {0, 1}
    assert (out[:, 13, 3] == 1).all()
    assert (out[:, 15, 3] == 0).all()
    assert 0 < out[5, 14, 0] < 1


def test_where_nothing_is_known_within_reach_nothing_is_taken() -> None:
    picture = np.random.default_rng(0).random((12, 12, 3)).astype(np.float32)
    known = np.zeros((12, 12), np.float32)
    known[0, 0] = 1
    out = between(picture, known, np.ones((12, 12), np.float32), 2)
    np.testing.assert_allclose(out[:3, :3], np.broadcast_to(picture[0, 0], (3, 3, 3)), atol=1e-6)
    np.testing.assert_array_equal(out[3:], picture[3:])
