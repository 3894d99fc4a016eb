"""What each place deserves."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from limner.errors import BadShape, UnknownName
from limner.lines.care import alike, face_height_px, look_after
from limner.records import CLASSES, Photo, SemanticMap

Sitter = Callable[[int], tuple[Photo, SemanticMap]]


def inner(semantic: SemanticMap, name: str) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Pixels of a class, some way from its edge."""
    mask = (semantic.labels == CLASSES.index(name)).astype(np.uint8)
    return np.asarray(cv2.erode(mask, np.ones((5, 5), np.uint8)) > 0)


def test_the_face_is_as_high_as_it_was_drawn(sitter: Sitter) -> None:
    for side in (128, 512):
        _, semantic = sitter(side)
        height = face_height_px(semantic, (side, side))
        assert height == pytest.approx(0.64 * side, rel=0.08)


def test_a_leaning_face_is_as_high_as_an_upright_one(sitter: Sitter) -> None:
    _, semantic = sitter(512)
    turn = cv2.getRotationMatrix2D((256, 256), 35, 1)
    labels = cv2.warpAffine(semantic.labels, turn, (512, 512), flags=cv2.INTER_NEAREST)
    leaning = SemanticMap(np.asarray(labels))
    upright = face_height_px(semantic, (512, 512))
    assert face_height_px(leaning, (512, 512)) == pytest.approx(upright, rel=0.03)


def test_of_several_faces_the_largest_counts() -> None:
    labels = np.zeros((400, 800), np.uint8)
    cv2.ellipse(labels, (200, 200), (72, 100), 0, 0, 360, 1, -1)
    cv2.ellipse(labels, (600, 200), (36, 50), 0, 0, 360, 1, -1)
    assert face_height_px(SemanticMap(labels), (800, 400)) == pytest.approx(200, rel=0.03)


def test_without_a_face_half_the_shorter_side_counts() -> None:
    assert face_height_px(None, (800, 400)) == 200
    assert face_height_px(SemanticMap(np.zeros((400, 800), np.uint8)), (800, 400)) == 200


def test_features_deserve_more_than_skin_and_skin_more_than_the_wall(sitter: Sitter) -> None:
    _, semantic = sitter(512)
    gain = look_after(semantic, (512, 512), 328).gain
    mean = {
        name: gain[inner(semantic, name)].mean() for name in ("l_eye", "hair", "skin", "background")
    }
    assert mean["l_eye"] > mean["hair"] > mean["skin"] > mean["background"]
    assert gain[5, 5] == 0


def test_a_part_without_weight_gets_nothing(sitter: Sitter) -> None:
    _, semantic = sitter(512)
    hair = inner(semantic, "hair")
    hair[:, 100:412] = False  # Near the face, other parts have a say.
    assert look_after(semantic, (512, 512), 328).gain[hair].min() > 0.5
    assert look_after(semantic, (512, 512), 328, {"hair": 0}).gain[hair].mean() < 0.15


def test_the_background_is_drawn_only_when_asked_for(sitter: Sitter) -> None:
    _, semantic = sitter(512)
    assert look_after(semantic, (512, 512), 328, {"background": 1}).gain[5, 5] > 0.3


def test_darks_are_filled_in_features_alone(sitter: Sitter) -> None:
    _, semantic = sitter(512)
    solid = look_after(semantic, (512, 512), 328).solid
    assert solid[inner(semantic, "l_eye")].min() > 0.8
    assert solid[inner(semantic, "hair")].max() < 0.2


def test_a_beard_grows_below_the_eyes(sitter: Sitter) -> None:
    _, semantic = sitter(512)
    beardable = look_after(semantic, (512, 512), 328).beardable
    assert beardable[400, 256] == 1  # chin
    assert beardable[140, 256] == 0  # forehead
    assert beardable[233, 200] == 0  # eye


def test_the_silhouette_is_where_the_person_ends(sitter: Sitter) -> None:
    _, semantic = sitter(512)
    signed = look_after(semantic, (512, 512), 328).silhouette
    person = semantic.labels > 0
    sure = np.abs(signed) > 0.015
    assert ((signed > 0) == person)[sure].mean() > 0.999
    # The top of the hair, at 0.07 of the side.
    assert abs(signed[36, 256]) < 0.01


def test_wrong_weights_are_refused(sitter: Sitter) -> None:
    _, semantic = sitter(128)
    with pytest.raises(UnknownName, match="Did you mean 'hair'"):
        look_after(semantic, (64, 64), 80, {"hairs": 1})
    with pytest.raises(BadShape, match="wanted a number from 0 up"):
        look_after(semantic, (64, 64), 80, {"hair": float("nan")})


def test_nothing_known_means_everything_alike() -> None:
    care = alike((30, 20))
    assert care.gain.shape == (20, 30)
    assert np.ptp(care.gain) == 0
    assert care.solid.max() == 0
