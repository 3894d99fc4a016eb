"""Views of a head: own pixels where they were seen, clamped angles, grounds, edits that keep to their part."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heads.conftest import FakeSession, egg, paint, source

from limner.errors import InputError
from limner.geometry.camera import Camera
from limner.heads import HeadRenderer, encode, mix, render, sample_head
from limner.heads.render import FILLED
from limner.records import CLASSES, Head


def off(view_photo: np.ndarray, yaw_deg: float) -> np.ndarray:
    """Return how far a view is from what a camera would photograph, grey levels, inside the head's middle."""
    depth, _, points = egg(Camera(yaw_deg, 0, 256))
    truth = (paint(points) + 1) * 127.5
    inside = depth > 0
    for axis, step in ((0, 6), (0, -6), (1, 6), (1, -6)):
        inside &= np.roll(depth, step, axis) > 0
    return np.abs(view_photo.astype(float) - truth)[inside]


def test_a_view_is_whole(egg_head: Head) -> None:
    view = HeadRenderer(egg_head).view(yaw_deg=20)
    assert view.size_px == 256
    assert view.photo.alpha is not None
    head = view.photo.alpha > 127
    assert ((view.depth_m > 0) == head).all()
    assert ((view.semantic.labels > 0) == head).all()
    assert (view.yaw_deg, view.pitch_deg) == (20, 0)


def test_own_pixels_come_nearer_to_the_truth_than_the_bare_rendering(egg_head: Head) -> None:
    own = HeadRenderer(egg_head).view(yaw_deg=15).photo.pixels
    bare = HeadRenderer(egg_head, own_pixels=False, refine=False).view(yaw_deg=15).photo.pixels
    assert np.median(off(own, 15)) < 4
    assert np.median(off(bare, 15)) > 15


def test_the_photographs_own_view_comes_back(egg_head: Head) -> None:
    view = HeadRenderer(egg_head).view()
    assert egg_head.source is not None
    assert np.quantile(off(view.photo.pixels, 0), 0.9) < 3


def test_classes_of_the_photograph_are_carried_too(graphs: FakeSession) -> None:
    del graphs
    crop = source()
    labels = crop.semantic.labels.copy()
    labels[120:150, 110:150] = CLASSES.index("mouth")  # a class that the rendering knows nothing of
    told = encode.from_source(
        type(crop)(crop.photo, type(crop.semantic)(labels), 0.0, 0.0, crop.crop_from_photo)
    )
    view = HeadRenderer(told).view(yaw_deg=10)
    assert (view.semantic.labels == CLASSES.index("mouth")).sum() > 600


def test_maps_are_computed_once_for_many_views(egg_head: Head, graphs: FakeSession) -> None:
    turn = HeadRenderer(egg_head)
    for yaw in (-20, 0, 20):
        turn.view(yaw_deg=yaw)
    assert graphs.calls["heads-field"] == 1
    assert graphs.calls["heads-renderer"] == 4  # three views and the photograph's own camera


def test_a_random_head_without_pixels_is_shown_without_refiner(graphs: FakeSession) -> None:
    view = HeadRenderer(sample_head(4), own_pixels=False).view(yaw_deg=-10)
    assert view.photo.alpha is not None
    assert graphs.calls["heads-refiner"] == 0


def test_without_the_refiner_gaps_are_filled_and_the_view_says_so(
    egg_head: Head, graphs: FakeSession
) -> None:
    plain = HeadRenderer(egg_head, refine=False).view(yaw_deg=20)
    assert plain.photo.notes == ()
    assert HeadRenderer(egg_head).view(yaw_deg=20).photo.notes == ()
    graphs.without.add("heads-refiner")
    view = HeadRenderer(egg_head).view(yaw_deg=20)
    assert view.photo.notes == (FILLED,)
    assert graphs.calls["heads-refiner"] == 1
    assert (view.photo.pixels == plain.photo.pixels).all()
    assert np.median(off(view.photo.pixels, 20)) < 5


def test_a_larger_view_has_finer_own_pixels(graphs: FakeSession) -> None:
    del graphs
    head = encode.from_source(source(side=512))
    view = HeadRenderer(head).view(yaw_deg=10, size_px=512)
    assert view.photo.size_px == (512, 512)
    depth, _, points = egg(Camera(10, 0, 512))
    middle = (slice(150, 360), slice(200, 320))
    gap = view.photo.pixels[middle].astype(float) - ((paint(points) + 1) * 127.5)[middle]
    assert np.median(np.abs(gap)[depth[middle] > 0]) < 3


@pytest.mark.parametrize(("asked", "got"), [((75, 0), (60, 0)), ((-90, -50), (-60, -30))])
def test_angles_beyond_what_is_known_are_clamped_with_a_warning(
    egg_head: Head, asked: tuple[float, float], got: tuple[float, float]
) -> None:
    with pytest.warns(UserWarning, match="front only"):
        view = HeadRenderer(egg_head).view(yaw_deg=asked[0], pitch_deg=asked[1])
    assert (view.yaw_deg, view.pitch_deg) == got


def test_nonsense_is_refused(egg_head: Head) -> None:
    turn = HeadRenderer(egg_head)
    with pytest.raises(InputError, match="numbers"):
        turn.view(yaw_deg=float("nan"))
    with pytest.raises(InputError, match="256 or 512"):
        turn.view(size_px=300)
    with pytest.raises(InputError, match="keep, blur, none"):
        HeadRenderer(egg_head, background="pink")  # type: ignore[arg-type]


def test_the_ground_is_kept_blurred_or_left_out(egg_head: Head) -> None:
    corners = {}
    for background in ("keep", "blur", "none"):
        photo = HeadRenderer(egg_head, background=background).view(yaw_deg=5).photo.pixels
        corners[background] = photo[:30, :60, 0].astype(float)
    assert corners["keep"].std() > 40  # the stripes
    assert 0 < corners["blur"].std() < 20
    assert corners["none"].std() == 0


def test_the_ground_behind_the_head_is_filled_from_around_it(egg_head: Head) -> None:
    ground = HeadRenderer(egg_head)._ground(Camera(20, 0, 256))
    assert 80 < ground[128, 128, 0] < 210
    assert np.isfinite(ground).all()


def test_an_edited_part_loses_its_own_pixels_and_the_others_keep_theirs(egg_head: Head) -> None:
    plain = HeadRenderer(egg_head).view(yaw_deg=10)
    mixed = HeadRenderer(mix(egg_head, sample_head(2), ["nose"])).view(yaw_deg=10)
    gap = np.abs(plain.photo.pixels.astype(int) - mixed.photo.pixels.astype(int)).sum(-1)
    nose = plain.semantic.labels == CLASSES.index("nose")
    assert gap[nose].mean() > 20
    near = np.zeros_like(nose)
    ys, xs = np.nonzero(nose)
    near[ys.min() - 8 : ys.max() + 9, xs.min() - 8 : xs.max() + 9] = True
    assert gap[~near].sum() / gap.sum() < 0.05


def test_the_refiner_mends_what_is_not_surely_seen_and_nothing_else(
    egg_head: Head, graphs: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grey(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {"photo": np.zeros_like(inputs["coarse"]), "alpha_out": inputs["alpha"]}

    monkeypatch.setattr(graphs, "_refiner", grey)
    bare = HeadRenderer(egg_head, refine=False).view(yaw_deg=20).photo.pixels.astype(int)
    mended = HeadRenderer(egg_head).view(yaw_deg=20).photo.pixels.astype(int)
    gap = np.abs(mended - bare).max(-1)
    assert gap[110:150, 110:140].max() <= 1  # the face, seen by the photograph too
    assert gap.max() > 20  # its hidden side


def test_narrow_chinks_between_own_pixels_are_filled_from_both_sides() -> None:
    survived = np.full((128, 128, 3), 0.4, np.float32)
    visible = np.ones((128, 128), np.float32)
    alpha = np.ones((128, 128), np.float32)
    for hidden in (np.s_[60:62, :], np.s_[:, 90:]):  # a chink, and what the photograph did not show
        survived[hidden], visible[hidden] = 0, 0
    alpha[:, 110:] = 0
    filled, shown = render._chinks_filled(survived, visible, alpha)
    assert filled[61, 40] == pytest.approx(0.4, abs=0.01)
    assert shown[61, 40] == pytest.approx(1)
    assert shown[30, 100] == 0
    assert np.array_equal(filled[:50, :80], survived[:50, :80])
    whole = render._chinks_filled(survived[:50, :80], visible[:50, :80], alpha[:50, :80])
    assert np.array_equal(whole[1], visible[:50, :80])
