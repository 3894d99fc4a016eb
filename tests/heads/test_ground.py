"""What lies behind a head, and shows through its hair."""

from __future__ import annotations

import numpy as np
from tests.heads.conftest import source

from limner.heads.ground import around, behind, beside, through
from limner.records import CLASSES, HeadSource, Photo

HAIR = CLASSES.index("hair")


def on_plain_ground(level: int = 200) -> HeadSource:
    """Return the photograph of an egg on plain ground."""
    made = source()
    photo = made.photo.pixels.copy()
    photo[made.semantic.labels == 0] = level
    return HeadSource(Photo(photo), made.semantic, 0.0, 0.0, made.crop_from_photo)


def test_plain_ground_comes_back_where_the_head_was() -> None:
    assert np.abs(behind(on_plain_ground(), 256) - 200).max() < 3


def test_a_faint_wisp_beside_the_head_goes() -> None:
    made = on_plain_ground()
    photo = made.photo.pixels.copy()
    xs = np.nonzero(made.semantic.labels[128])[0]
    photo[110:150, xs[-1] + 30 : xs[-1] + 32] = 186
    wispy = HeadSource(Photo(photo), made.semantic, 0.0, 0.0, made.crop_from_photo)
    assert behind(wispy, 256)[110:150].min() > 196


def test_a_head_that_fills_the_picture_stands_on_paper() -> None:
    made = source()
    full = made.semantic.labels.copy()
    full[:] = CLASSES.index("skin")
    head = HeadSource(made.photo, type(made.semantic)(full), 0.0, 0.0, made.crop_from_photo)
    assert (behind(head, 256) == [232, 230, 226]).all()


def test_ground_between_strands_is_not_hair() -> None:
    hot = np.zeros((128, 128, len(CLASSES)), np.float32)
    hot[..., 0] = 1
    hot[20:108, 20:108] = np.eye(len(CLASSES), dtype=np.float32)[HAIR]
    photo = np.full((128, 128, 3), 220, np.uint8)
    photo[20:108, 20:108] = 40
    photo[60:64, 24:30] = 215  # ground, seen through a gap
    photo[62:66, 62:66] = 215  # a gleam in the middle of the hair
    known = through(photo, hot, np.full((128, 128, 3), 220, np.float32))
    assert (known[60:64, 24:30] == 0).all()
    assert (known[62:66, 62:66] == 1).all()
    assert known[20:108, 20:108].mean() > 0.98


def test_hair_as_light_as_the_ground_stays() -> None:
    hot = np.zeros((64, 64, len(CLASSES)), np.float32)
    hot[..., HAIR] = 1
    hot[:8] = np.eye(len(CLASSES), dtype=np.float32)[0]
    photo = np.full((64, 64, 3), 220, np.uint8)
    assert through(photo, hot, np.full((64, 64, 3), 221, np.float32)).all()


def test_a_face_without_hair_is_known_everywhere() -> None:
    hot = np.zeros((32, 32, len(CLASSES)), np.float32)
    assert through(np.zeros((32, 32, 3), np.uint8), hot, np.zeros((32, 32, 3), np.float32)).all()


def test_a_mask_grows_by_so_many_pixels() -> None:
    mask = np.zeros((21, 21), np.uint8)
    mask[10, 10] = 1
    assert around(mask, 4)[10].sum() == 9


def test_wisps_and_edges_come_back_beside_the_head_but_not_around_what_was_edited() -> None:
    made = on_plain_ground()
    photo = made.photo.pixels.copy()
    photo[4:8, 4:8] = 10  # a wisp, far from the head
    wispy = HeadSource(Photo(photo), made.semantic, 0.0, 0.0, made.crop_from_photo)
    ground = np.full((256, 256, 3), 200, np.float32)
    whole = beside(wispy, ground, 1.0)
    assert (whole[4:8, 4:8] == 10).all()
    assert (beside(wispy, ground, 0.0) == ground).all()
    middle = tuple(int(v.mean()) for v in np.nonzero(made.semantic.labels))
    assert (whole[middle] == 200).all()
    hair = made.semantic.labels == HAIR
    without = beside(wispy, ground, 1.0, ("hair",))
    assert (without[hair] == 200).all()
    assert (whole[hair] != 200).any()
