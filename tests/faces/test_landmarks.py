"""Landmarks: points come back to the picture's px however the face is turned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.faces import stand_ins

from limner.faces import landmarks
from limner.faces.detect import Found

#: Colour of each blob, and the mesh points that the stand-in puts on it.
RED, BLUE, GREEN = (255, 0, 0), (0, 0, 255), (0, 255, 0)


def scene(
    angle_deg: float, *, size: int = 300, center: tuple[float, float] = (150, 150)
) -> tuple[NDArray[np.uint8], dict[tuple[int, int, int], NDArray[np.float64]]]:
    """Return a grey picture with an eye on each side and a chin, leaning clockwise, and their places."""
    t = np.radians(angle_deg)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    pixels = np.full((size, size, 3), 60, np.uint8)
    y, x = np.mgrid[:size, :size]
    places = {}
    for color, offset in ((RED, (-40, -30)), (BLUE, (40, -30)), (GREEN, (0, 50))):
        place = np.array(center) + turn @ np.array(offset)
        pixels[np.hypot(x - place[0], y - place[1]) < 6] = color
        places[color] = place
    return pixels, places


def found_at(places: dict[tuple[int, int, int], NDArray[np.float64]]) -> Found:
    """Return what the detector would say of a scene."""
    points = np.stack(list(places.values()))
    eyes = np.stack([places[RED], places[BLUE]])
    mouth = (eyes.mean(0) + 2 * places[GREEN]) / 3
    five = np.stack([*eyes, mouth, mouth, mouth])
    box = np.r_[points.min(0), points.max(0)].astype(np.float32)
    return Found(box, 0.9, five.astype(np.float32))


def sees_blobs(presence: float = 5.0) -> stand_ins.Network:
    """Return a network that puts 33 on red, 263 on blue and all else on green."""

    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        pixels = stand_ins.pixels_of(shown).astype(float)
        points = np.zeros((1, 478, 3), np.float32)
        for color, which in ((GREEN, slice(None)), (RED, 33), (BLUE, 263)):
            others = pixels[..., [k for k in range(3) if color[k] == 0]].max(2)
            weight = np.maximum(pixels[..., color.index(255)] - others - 60, 0)
            rows, columns = np.indices(weight.shape)
            total = max(weight.sum(), 1e-9)
            at = np.array([(columns * weight).sum(), (rows * weight).sum()]) / total
            points[0, which, :2] = (at + 0.5) / 192
        pose = np.array([[12.0, -7.0]], np.float32)
        return {"points": points, "pose": pose, "presence": np.array([[presence]], np.float32)}

    return network


@pytest.mark.parametrize("angle", [-170, -95, -30, 0, 20, 90, 135])
def test_points_return_to_the_picture_and_roll_is_clockwise(
    angle: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_ins.install(monkeypatch, landmarks, sees_blobs())
    pixels, places = scene(angle)
    marked = landmarks.find_landmarks(pixels, found_at(places))
    assert np.abs(marked.points[33] - places[RED]).max() < 0.6
    assert np.abs(marked.points[263] - places[BLUE]).max() < 0.6
    assert np.abs(marked.points[0] - places[GREEN]).max() < 0.6
    assert marked.roll_deg == pytest.approx(angle, abs=1)
    assert marked.points.shape == (478, 2)
    assert marked.points.dtype == np.float32


@pytest.mark.parametrize("angle", [-60, 0, 160])
def test_the_second_look_is_upright_and_as_large_as_in_training(
    angle: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = stand_ins.install(monkeypatch, landmarks, sees_blobs())
    pixels, places = scene(angle)
    landmarks.find_landmarks(pixels, found_at(places))
    assert len(session.shown) == 2
    assert session.shown[1].shape == (1, 3, 192, 192)
    points = sees_blobs()(session.shown[1])["points"][0, [33, 263, 0], :2] * 192 - 0.5
    red, blue, green = points
    assert red[1] == pytest.approx(blue[1], abs=1)
    assert red[0] < green[0] < blue[0]
    assert green[1] > red[1]
    # the box of the points, half as large again, fills the crop, its middle in the middle
    extent = points.max(0) - points.min(0)
    assert extent.max() * 1.5 == pytest.approx(192, abs=3)
    assert np.abs((points.max(0) + points.min(0)) / 2 - 95.5).max() < 2


def test_angles_are_the_networks_own_and_presence_is_a_probability(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_ins.install(monkeypatch, landmarks, sees_blobs(0.0))
    pixels, places = scene(0)
    marked = landmarks.find_landmarks(pixels, found_at(places))
    assert (marked.yaw_deg, marked.pitch_deg) == (12, -7)
    assert marked.presence == pytest.approx(0.5)


@pytest.mark.parametrize("wrong", [90, 180, 270])
def test_a_face_that_the_detector_saw_the_wrong_way_up_is_looked_at_from_all_sides(
    wrong: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = sees_blobs()

    def network(shown: NDArray[np.float32]) -> stand_ins.Arrays:
        out = blobs(shown)
        red, blue, _ = out["points"][0, [33, 263, 0], :2]
        # one who lies or hangs is hardly a face to the network, and its points are a knot in the middle
        if red[0] + 0.2 > blue[0]:
            out["points"] = 0.5 + 0.1 * (out["points"] - 0.5)
            out["presence"] -= 7
        return out

    session = stand_ins.install(monkeypatch, landmarks, network)
    pixels, places = scene(0)
    found = found_at(places)
    t, middle = np.radians(wrong), (found.box[:2] + found.box[2:]) / 2
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    askew = ((found.five - middle) @ turn.T + middle).astype(np.float32)
    marked = landmarks.find_landmarks(pixels, Found(found.box, found.score, askew))
    assert len(session.shown) > 2
    assert np.abs(marked.points[33] - places[RED]).max() < 0.6
    assert marked.roll_deg == pytest.approx(0, abs=1)
    assert marked.presence > 0.9


@pytest.mark.parametrize("presence", [-3.5, -1e4])
def test_where_there_is_no_face_one_look_is_enough(
    presence: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = stand_ins.install(monkeypatch, landmarks, sees_blobs(presence))
    pixels, places = scene(0)
    marked = landmarks.find_landmarks(pixels, found_at(places))
    assert len(session.shown) == 1
    assert marked.presence < 0.05


def test_beyond_the_pictures_edge_the_crop_is_black(monkeypatch: pytest.MonkeyPatch) -> None:
    session = stand_ins.install(monkeypatch, landmarks, sees_blobs())
    pixels, places = scene(0, size=110, center=(54, 54))
    landmarks.find_landmarks(pixels, found_at(places))
    crop = stand_ins.pixels_of(session.shown[0])
    corner: Any = crop[0, 0].tolist()
    assert corner == [0, 0, 0]
    assert crop[96, 96].tolist() == [60, 60, 60]
