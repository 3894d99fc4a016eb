"""Parsing: the crop's classes, and the way back to the picture's own size."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.faces import stand_ins

from limner.faces import parse
from limner.records import CLASSES, Photo

SIDE = 128  # of the stand-in's input; its scores are half as large
SKIN, NOSE, HAIR = 1, 2, 13


#: What is painted for each class: one channel each, so that no blend of two looks like a third.
PAINT = np.zeros((19, 3), np.uint8)
PAINT[SKIN, 0] = PAINT[NOSE, 1] = PAINT[HAIR, 2] = 255


def sees_colors(shown: NDArray[np.float32]) -> stand_ins.Arrays:
    """Tell skin, nose and hair by their colours."""
    pixels = stand_ins.pixels_of(shown).astype(np.float32)
    small = pixels.reshape(SIDE // 2, 2, SIDE // 2, 2, 3).mean((1, 3))
    logits = np.full((1, 19, *small.shape[:2]), -99, np.float32)
    logits[0, [SKIN, NOSE, HAIR]] = small.transpose(2, 0, 1) / 25
    logits[0, 0] = (255 - small.sum(2)) / 25
    return {"logits": logits}


def sees_only(*halves: int) -> stand_ins.Network:
    """Return a network that sees one class, or one in the left and one in the right half."""

    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        logits = np.zeros((1, 19, SIDE // 2, SIDE // 2), np.float32)
        for part, k in zip(np.array_split(logits, len(halves), axis=3), halves, strict=True):
            part[:, k] = 5
        return {"logits": logits}

    return network


@pytest.fixture
def colors(monkeypatch: pytest.MonkeyPatch) -> stand_ins.Session:
    return install(monkeypatch, sees_colors)


def install(monkeypatch: pytest.MonkeyPatch, network: stand_ins.Network) -> stand_ins.Session:
    inputs = {"crop": {"shape": [1, 3, SIDE, SIDE]}}
    monkeypatch.setattr(parse, "row", lambda name: SimpleNamespace(inputs=inputs))
    return stand_ins.install(monkeypatch, parse, network)


def painted(labels: NDArray[np.uint8]) -> Photo:
    return Photo(PAINT[labels])


def head(width: int, height: int, center: tuple[float, float], radius: float) -> Any:
    """Return labels of a round head with hair above, its nose to the right of the middle."""
    y, x = np.mgrid[:height, :width].astype(float)
    labels = np.zeros((height, width), np.uint8)
    labels[np.hypot(x - center[0], y - center[1] + 0.3 * radius) < radius] = HAIR
    labels[np.hypot(x - center[0], y - center[1]) < radius] = SKIN
    labels[np.hypot(x - center[0] - 0.4 * radius, y - center[1]) < 0.3 * radius] = NOSE
    return labels


def inside(
    matrix: NDArray[np.float64], size: tuple[int, int], *, slack: float = 0.0
) -> NDArray[np.bool_]:
    """Return the pixels whose centre lies on the crop's 512 × 512 pixels, or `slack` px beyond."""
    y, x = np.mgrid[: size[1], : size[0]]
    at = np.einsum("ij,jhw->ihw", matrix[:, :2], np.stack([x, y])) + matrix[:, 2, None, None]
    return np.asarray(((at >= -0.5 - slack) & (at < 511.5 + slack)).all(0))


def test_the_crop_is_parsed_at_its_own_size(colors: stand_ins.Session) -> None:
    labels = head(200, 200, (100, 100), 60)
    found = parse.parse_crop(painted(labels), stand_ins.face(stand_ins.turned((100, 100), 190)))
    assert found.labels.shape == (512, 512)
    whole, nearer = colors.shown
    for shown in (whole, nearer):
        assert shown.shape == (1, 3, SIDE, SIDE)
        assert shown.min() >= -1
        assert shown.max() <= 1
    # the second look is mirrored: the nose is on its other side
    nose = [np.argwhere(stand_ins.pixels_of(x)[..., 1] > 200).mean(0)[1] for x in (whole, nearer)]
    assert nose[0] > SIDE / 2 > nose[1]
    assert found.labels[256, 256] == SKIN
    assert found.labels[256, 256 + round(0.4 * 60 * 512 / 190)] == NOSE
    assert found.labels[5, 5] == 0


def test_both_looks_call_the_sitters_sides_by_the_same_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left, right = CLASSES.index("l_eye"), CLASSES.index("r_eye")
    install(monkeypatch, sees_only(left, right))
    photo = Photo(np.full((100, 100, 3), 200, np.uint8))
    scores = parse._scores(photo.pixels.repeat(6, 0).repeat(6, 1)[:512, :512])
    sure = scores[left] - scores[right]
    assert (sure[:, :120] > 4.9).all()
    assert (sure[:, 136:] < -4.9).all()


def test_beyond_the_pictures_edge_the_crop_is_background(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, sees_only(SKIN))
    photo = Photo(np.full((100, 100, 3), 200, np.uint8))
    matrix = stand_ins.turned((0.0, 49.5), 100)
    found = parse.parse_crop(photo, stand_ins.face(matrix))
    # px 0 of the picture begins at crop px (−0.5) × 5.12 + 255.5 = 252.94
    assert (found.labels[:, :253] == 0).all()
    assert (found.labels[:, 254:] == SKIN).all()


def test_what_the_network_sees_there_is_the_edge_carried_outwards() -> None:
    pixels = np.zeros((50, 50, 3), np.uint8)
    pixels[:, 0] = 90
    crop = parse.crop_photo(Photo(pixels), stand_ins.face(stand_ins.turned((0, 25), 50)))
    assert crop.shape == (512, 512, 3)
    assert (crop[256, :200] == 90).all()


@pytest.mark.parametrize(
    ("center", "side", "angle"),
    [
        ((150, 120), 180, 0),
        ((150, 120), 180, 33),
        ((150, 120), 180, -140),
        ((210, 120), 230, 77),  # reaches over the picture's edge
        ((150, 120), 90, 10),
    ],
)
def test_labels_go_back_to_where_they_were_however_the_crop_is_turned(
    center: tuple[float, float], side: float, angle: float, colors: stand_ins.Session
) -> None:
    labels = head(300, 240, (150, 120), 50)
    matrix = stand_ins.turned(center, side, angle)
    found = parse.parse_crops(painted(labels), [stand_ins.face(matrix)]).labels
    there = inside(matrix, (300, 240))
    assert not found[~there].any()
    wrong = (found != labels) & there
    # only along edges, where a cell of the network's grid holds two classes
    assert wrong.sum() < 0.04 * there.sum()
    for k in (SKIN, NOSE):
        mine, true = np.argwhere((found == k) & there), np.argwhere((labels == k) & there)
        assert np.abs(mine.mean(0) - true.mean(0)).max() < 0.5


@settings(max_examples=25)
@given(
    st.floats(-20, 140),
    st.floats(-20, 110),
    st.floats(10, 200),
    st.floats(-180, 180),
)
def test_exactly_the_pixels_of_the_crop_are_labelled(
    x: float, y: float, side: float, angle: float
) -> None:
    matrix = stand_ins.turned((x, y), side, angle)
    with pytest.MonkeyPatch.context() as patch:
        install(patch, sees_only(SKIN))
        photo = Photo(np.zeros((90, 120, 3), np.uint8))
        found = parse.parse_crops(photo, [stand_ins.face(matrix)]).labels > 0
    # a centre on the very edge may fall to either side
    assert found[inside(matrix, (120, 90), slack=-0.01)].all()
    assert not found[~inside(matrix, (120, 90), slack=0.01)].any()


@pytest.mark.parametrize("backwards", [False, True])
def test_where_two_crops_overlap_the_larger_face_is_in_front(
    backwards: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        # the left face's crop is dark: it is all skin, the right one all hair
        return sees_only(SKIN if stand_ins.pixels_of(shown).mean() < 100 else HAIR)(shown)

    install(monkeypatch, network)
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:, 90:] = 255
    small = stand_ins.face(stand_ins.turned((60, 50), 80), box=(40, 30, 80, 70))
    large = stand_ins.face(stand_ins.turned((130, 50), 90), box=(100, 20, 160, 80))
    faces = [large, small] if backwards else [small, large]
    found = parse.parse_crops(Photo(pixels), faces).labels
    assert found[50, 30] == SKIN
    assert (found[50, 87:99] == HAIR).all()


def test_the_background_of_a_face_in_front_hides_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        dark = stand_ins.pixels_of(shown).mean() < 100
        return sees_only(SKIN)(shown) if dark else sees_only(0, HAIR)(shown)

    install(monkeypatch, network)
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:, 90:] = 255
    small = stand_ins.face(stand_ins.turned((60, 50), 80), box=(40, 30, 80, 70))
    large = stand_ins.face(stand_ins.turned((130, 50), 90), box=(100, 20, 160, 80))
    found = parse.parse_crops(Photo(pixels), [small, large]).labels
    assert (found[50, 87:99] == SKIN).all()
    assert (found[50, 140:170] == HAIR).all()


def test_nobody_and_faces_out_of_sight_leave_an_empty_map(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, sees_only(SKIN))
    photo = Photo(np.zeros((40, 60, 3), np.uint8))
    assert not parse.parse_crops(photo, []).labels.any()
    away = stand_ins.face(stand_ins.turned((300, 300), 50))
    found = parse.parse_crops(photo, [away])
    assert found.labels.shape == (40, 60)
    assert not found.labels.any()
