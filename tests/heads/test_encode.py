"""From a photograph to a head: the crop, the camera, what the encoder is shown."""

from __future__ import annotations

import numpy as np
import pytest
from tests.heads.conftest import FakeSession, source

from limner.errors import NoFace
from limner.faces import WideView
from limner.geometry.camera import Camera
from limner.heads import encode
from limner.records import HEAD_PARTS, Face, Photo, SemanticMap


def face(yaw_deg: float, *, scale: float = 1.0) -> Face:
    """Return the average face seen from somewhere, in a picture of 400 px times `scale`."""
    points = (Camera(yaw_deg, 4).project(encode.template()[0])[0] + [70, 60]) * scale
    low, high = points.min(0), points.max(0)
    box = np.r_[low, high].astype(np.float32)
    crop = np.array([[1.0, 0, 0], [0, 1, 0]])
    return Face(box, 1.0, points.astype(np.float32), yaw_deg, 4.0, 0.0, crop)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every pixel be skin."""

    def look(photo: Photo, found: Face) -> WideView:
        del found
        labels = np.ones(photo.pixels.shape[:2], np.uint8)
        return WideView(photo.pixels, SemanticMap(labels), np.array([[1.0, 0, 0], [0, 1, 0]]))

    monkeypatch.setattr(encode, "look_wide", look)


def picture(scale: float = 1.0) -> Photo:
    side = round(400 * scale)
    grid = np.arange(side)
    pixels = np.stack(np.meshgrid(grid % 256, grid % 256), -1)
    return Photo(np.dstack([pixels, np.zeros((side, side))]).astype(np.uint8))


@pytest.mark.parametrize("yaw", [0.0, -28.0, 33.0])
def test_the_camera_is_found_from_the_mesh(yaw: float) -> None:
    found = encode.place(face(yaw))
    assert found.camera.yaw_deg == pytest.approx(yaw, abs=0.05)
    assert found.camera.pitch_deg == pytest.approx(4, abs=0.05)
    assert found.crop_from_photo == pytest.approx(np.array([[1, 0, -70], [0, 1, -60]]), abs=0.05)


@pytest.mark.usefixtures("parsed")
def test_the_crop_shows_the_head_where_its_matrix_says() -> None:
    crop = encode.head_crop(picture(), face(0.0))
    assert crop.photo.size_px == (256, 256)
    assert crop.photo.pixels[100, 100, :2].tolist() == pytest.approx([170, 160], abs=2)
    assert crop.semantic.labels[128, 128] == 1


@pytest.mark.usefixtures("parsed")
@pytest.mark.parametrize(("scale", "side"), [(0.5, 256), (1.5, 384), (6.0, 512)])
def test_the_crop_keeps_the_photographs_resolution_up_to_512(scale: float, side: int) -> None:
    crop = encode.head_crop(picture(scale), face(0.0, scale=scale))
    assert crop.photo.size_px == (side, side)
    k = np.sqrt(np.linalg.det(crop.crop_from_photo[:, :2]))
    assert k == pytest.approx(side / 256 / scale, rel=0.01)


@pytest.mark.usefixtures("parsed")
def test_a_profile_is_no_head() -> None:
    with pytest.raises(NoFace, match="profile"):
        encode.head_crop(picture(), face(72.0))


@pytest.mark.usefixtures("parsed")
def test_a_photographed_head_has_all_parts_and_its_photograph(graphs: FakeSession) -> None:
    head = encode.encode_photo(picture(), face(10.0))
    assert list(head.parts) == list(HEAD_PARTS)
    assert head.source is not None
    assert head.source.yaw_deg == pytest.approx(10, abs=0.1)
    assert head.seed is None
    assert set(head.weights) == {"heads-encoder", "heads-field", "heads-renderer"}
    assert graphs.calls == {"heads-encoder": 1}


@pytest.mark.usefixtures("graphs")
def test_the_same_photograph_gives_the_same_head() -> None:
    a, b = (encode.from_source(source()) for _ in range(2))
    assert np.array_equal(a.base, b.base)
    assert all(np.array_equal(a.parts[k].residual, b.parts[k].residual) for k in HEAD_PARTS)


def test_shares_say_how_much_of_a_class_a_cell_holds() -> None:
    labels = np.zeros((256, 256), np.uint8)
    labels[:, :1] = 13
    found = encode.shares(SemanticMap(labels))
    assert found.shape == (1, 19, 128, 128)
    assert found[0, 13, 5, 0] == pytest.approx(0.5)
    assert found.sum(1) == pytest.approx(np.ones((1, 128, 128)))
