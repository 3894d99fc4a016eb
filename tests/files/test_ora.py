from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from limner.files import encode_ora
from limner.records import Drawing, Recipe


@pytest.fixture
def drawing(recipe: Recipe) -> Drawing:
    """Return a drawing of two layers, back to front, and one without ink."""
    hair = np.zeros((300, 400, 4), np.uint8)
    hair[40:60, 100:150] = (0, 0, 0, 200)
    eye = np.zeros((300, 400, 4), np.uint8)
    eye[80, 120] = (10, 0, 0, 255)
    layers = {"hair": hair, "left-eye": eye, 'a "b" <c>': np.zeros((300, 400, 4), np.uint8)}
    return Drawing(np.full((300, 400, 3), 240, np.uint8), "croquis", recipe, layers)


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def pixels_of(archive: zipfile.ZipFile, name: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGBA"))


def test_the_type_stands_first_and_uncompressed(drawing: Drawing) -> None:
    data = encode_ora(drawing)
    first = opened(data).infolist()[0]
    assert first.filename == "mimetype"
    assert first.compress_type == zipfile.ZIP_STORED
    assert data[30:54] == b"mimetypeimage/openraster"
    assert opened(data).testzip() is None


def test_the_stack_lists_layers_from_front_to_back_and_puts_them_where_they_were(
    drawing: Drawing,
) -> None:
    archive = opened(encode_ora(drawing))
    image = ET.fromstring(archive.read("stack.xml"))  # noqa: S314 - our own text
    assert (image.get("w"), image.get("h")) == ("400", "300")
    entries = image.findall("./stack/layer")
    names = [entry.get("name") for entry in entries]
    assert names == ['a "b" <c>', "left-eye", "hair", "paper"]
    for entry in entries[1:-1]:
        canvas = np.zeros((300, 400, 4), np.uint8)
        part = pixels_of(archive, entry.get("src") or "")
        x, y = int(entry.get("x") or 0), int(entry.get("y") or 0)
        canvas[y : y + part.shape[0], x : x + part.shape[1]] = part
        assert np.array_equal(canvas, drawing.layers[entry.get("name") or ""])


def test_the_merged_picture_and_thumbnail_are_there(drawing: Drawing) -> None:
    archive = opened(encode_ora(drawing))
    assert np.array_equal(pixels_of(archive, "mergedimage.png")[:, :, :3], drawing.pixels)
    assert b"DigitalSourceType" in archive.read("mergedimage.png")
    assert max(pixels_of(archive, "Thumbnails/thumbnail.png").shape) == 256


def test_a_drawing_without_layers_is_one_layer(recipe: Recipe) -> None:
    drawing = Drawing(np.full((30, 40, 3), 9, np.uint8), "croquis", recipe)
    archive = opened(encode_ora(drawing))
    assert archive.read("stack.xml").count(b"<layer ") == 2
    assert np.array_equal(pixels_of(archive, "data/layer01.png")[:, :, :3], drawing.pixels)


def test_the_same_drawing_gives_the_same_bytes(drawing: Drawing) -> None:
    assert encode_ora(drawing) == encode_ora(drawing)
