"""What a photograph shows beyond the shell turns with the head."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heads.conftest import FakeSession, egg, paint

from limner.geometry.camera import Camera
from limner.heads import HeadRenderer, encode
from limner.heads.halo import edged, extended, fading, thrown, told, whole
from limner.records import CLASSES, Head, HeadSource, Photo, SemanticMap

SIDE = 128
HAIR = CLASSES.index("hair")


def disc(radius: float, x: float = 64.0, y: float = 64.0) -> np.ndarray:
    """Return a disc, (S, S), bool."""
    ys, xs = np.mgrid[:SIDE, :SIDE]
    return np.asarray((xs - x) ** 2 + (ys - y) ** 2 < radius**2)


def test_the_sheet_lies_as_far_away_as_the_shell_beside_it() -> None:
    depth = np.where(disc(30), 1.05, 0).astype(np.float32)
    more, sheet = extended(depth, disc(45).astype(np.float32))
    assert sheet[64, 64 + 40]
    assert more[64, 64 + 40] == pytest.approx(1.05, abs=1e-3)
    assert not sheet[64, 64 + 50]
    assert more[64, 64 + 50] == 0
    assert not sheet[64, 64]


def test_a_photograph_within_the_shell_has_no_sheet() -> None:
    depth = np.where(disc(40), 1.05, 0).astype(np.float32)
    more, sheet = extended(depth, disc(30).astype(np.float32))
    assert not sheet.any()
    assert np.array_equal(more, depth)


def test_the_sheet_moves_with_the_camera_and_never_covers_the_shell() -> None:
    depth = np.where(disc(30), 1.05, 0).astype(np.float32)
    more, sheet = extended(depth, disc(45).astype(np.float32))
    cameras = Camera(0, 0, SIDE), Camera(0, 0, SIDE)
    both, shown = thrown(more, sheet, cameras, depth)
    assert shown[64, 64 + 40]
    assert not shown[64, 64]
    assert both[64, 64] == np.float32(1.05)
    _, turned = thrown(more, sheet, (cameras[0], Camera(20, 0, SIDE)), np.zeros_like(depth))
    assert np.nonzero(turned)[1].mean() < np.nonzero(shown)[1].mean() - 3


def test_it_fades_before_it_is_seen_from_the_side() -> None:
    here = Camera(5, 0)
    assert fading(here, Camera(10, 0)) == 1
    assert 0 < fading(here, Camera(35, 0)) < 1
    assert fading(here, Camera(-50, 0)) == 0


def test_crumbs_go_and_what_touches_the_shell_stays() -> None:
    shell = disc(30).astype(np.float32)
    shown = (disc(10, x=98) | disc(4, x=20, y=20)).astype(np.float32) * (1 - shell)
    kept = whole(shell, shown)
    assert kept[64, 100] == 1
    assert kept[20, 20] == 0


def test_a_chink_between_shell_and_sheet_is_closed_in_their_tone() -> None:
    shell = disc(30).astype(np.float32)
    shown = (disc(45) & ~disc(31)).astype(np.float32)
    photo = np.where((shell + shown)[..., None] > 0, 0.5, -1.0).repeat(3, -1).astype(np.float32)
    mended, alpha = edged(photo, shell, shown, np.maximum(shell, shown))
    chink = disc(31) & ~disc(30)
    assert alpha[chink].min() > 0.9
    assert mended[chink].min() > 0.3
    assert alpha[64, 64 + 55] == 0


def test_every_pixel_of_a_head_has_class_and_depth() -> None:
    ids = np.where(disc(20), HAIR, 0).astype(np.uint8)
    depth = np.where(disc(25), 1.1, 0).astype(np.float32)
    out, far = told(ids, depth, disc(30))
    assert (out[disc(30)] == HAIR).all()
    assert (far[disc(30)] == np.float32(1.1)).all()
    assert not out[~disc(30)].any()
    assert not far[~disc(30)].any()
    nothing, none = told(np.zeros_like(ids), depth, disc(30))
    assert not nothing.any()
    assert none.max() > 0


def horned() -> Head:
    """Return an egg photographed with a tuft of hair that eggs do not have."""
    camera = Camera(0.0, 0.0, 256)
    depth, labels, points = egg(camera)
    photo = np.where(depth[..., None] > 0, (paint(points) + 1) * 127.5, 128).astype(np.uint8)
    top = int(np.nonzero(labels.any(1))[0][0])
    photo[top - 24 : top + 20, 110:146] = (20, 200, 20)
    labels[top - 24 : top + 20, 110:146] = HAIR
    crop = np.array([[1.0, 0, 0], [0, 1, 0]])
    return encode.from_source(HeadSource(Photo(photo), SemanticMap(labels), 0.0, 0.0, crop))


@pytest.mark.parametrize("yaw_deg", [0.0, 10.0])
def test_a_tuft_is_seen_where_no_shell_is(graphs: FakeSession, yaw_deg: float) -> None:
    del graphs
    view = HeadRenderer(horned()).view(yaw_deg=yaw_deg)
    top = int(np.nonzero(egg(Camera(yaw_deg, 0, 256))[1].any(1))[0][0])
    tuft = view.semantic.labels[top - 14 : top - 6] == HAIR
    assert tuft.sum() > 100
    colour = view.photo.pixels[top - 14 : top - 6][tuft].mean(0)
    assert np.abs(colour - (20, 200, 20)).max() < 25


def test_a_tuft_is_gone_from_the_side(graphs: FakeSession) -> None:
    del graphs
    view = HeadRenderer(horned()).view(yaw_deg=55)
    top = int(np.nonzero(egg(Camera(55, 0, 256))[1].any(1))[0][0])
    assert not view.semantic.labels[: top - 3].any()
