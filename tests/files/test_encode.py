from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from limner.errors import BadShape, InputError
from limner.files.encode import encode_labels, encode_picture
from limner.records import CLASS_COLORS, CLASSES, Recipe, SemanticMap

KINDS = ["png", "jpeg", "webp"]


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_picture_gives_the_same_bytes(
    kind: Any, patches: NDArray[np.uint8], recipe: Recipe
) -> None:
    data = encode_picture(patches, kind=kind, recipe=recipe)
    assert data == encode_picture(patches.copy(), kind=kind, recipe=recipe)
    assert data == encode_picture(np.asfortranarray(patches), kind=kind, recipe=recipe)
    assert opened(data).format == kind.upper()


def test_a_jpeg_is_near_to_the_picture(patches: NDArray[np.uint8]) -> None:
    back = np.asarray(opened(encode_picture(patches, kind="jpeg")))
    assert np.abs(back.astype(int) - patches).mean() < 1.5


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_transparent_ink_keeps_its_alpha_and_its_colour_under_it(kind: Any) -> None:
    ink = np.random.default_rng(0).integers(0, 256, (20, 30, 4), np.uint8)
    assert np.array_equal(np.asarray(opened(encode_picture(ink, kind=kind))), ink)


def test_a_jpeg_of_transparent_ink_is_refused() -> None:
    with pytest.raises(InputError, match="Write PNG or WebP"):
        encode_picture(np.zeros((20, 20, 4), np.uint8), kind="jpeg")


def test_grey_in_three_channels_is_written_as_grey(patches: NDArray[np.uint8]) -> None:
    grey = np.repeat(patches[:, :, :1], 3, axis=2)
    image = opened(encode_picture(grey))
    assert image.mode == "L"
    assert np.array_equal(np.asarray(image.convert("RGB")), grey)
    late = np.concatenate([grey] * 5)
    late[-1, -1, 2] ^= 1
    assert np.array_equal(np.asarray(opened(encode_picture(late))), late)


def test_a_png_bears_the_recipe_as_text_too(patches: NDArray[np.uint8], recipe: Recipe) -> None:
    info = opened(encode_picture(patches, recipe=recipe)).info
    assert json.loads(info["limner"])["settings"] == recipe.settings
    assert info["Software"] == "Limner 1.2.3"
    assert set(info) == {"limner", "Software", "xmp", "XML:com.adobe.xmp"} & set(info)


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_recipe_nothing_but_pixels_is_written(
    kind: Any, patches: NDArray[np.uint8]
) -> None:
    data = encode_picture(patches, kind=kind)
    assert b"xmp" not in data.lower()
    assert b"limner" not in data.lower()


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_an_array_that_is_no_picture_is_refused(pixels: Any) -> None:
    with pytest.raises(BadShape, match="wanted uint8"):
        encode_picture(pixels)


def test_a_format_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="'bmp'"):
        encode_picture(np.zeros((4, 4, 3), np.uint8), kind="bmp")  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "side"), [("webp", 16_384), ("jpeg", 65_501)])
def test_a_side_that_the_format_cannot_hold_is_refused(kind: Any, side: int) -> None:
    with pytest.raises(InputError, match=f"holds at most {side - 1} px"):
        encode_picture(np.zeros((1, side, 3), np.uint8), kind=kind)


def test_a_recipe_too_long_for_a_jpeg_is_refused_and_a_png_takes_it() -> None:
    recipe = Recipe("draw", {"note": "x" * 70_000})
    pixels = np.zeros((4, 4, 3), np.uint8)
    with pytest.raises(InputError, match="too long"):
        encode_picture(pixels, kind="jpeg", recipe=recipe)
    assert len(opened(encode_picture(pixels, recipe=recipe)).info["limner"]) > 70_000


def test_a_label_picture_holds_the_ids_and_shows_their_colours(recipe: Recipe) -> None:
    labels = np.arange(19, dtype=np.uint8).repeat(8).reshape(8, 19, order="F")
    image = opened(encode_labels(SemanticMap(labels), recipe=recipe))
    assert image.mode == "P"
    assert np.array_equal(np.asarray(image), labels)
    assert np.array_equal(np.asarray(image.convert("RGB"))[0], np.array(CLASS_COLORS))
    assert image.info["limner.classes"].split() == list(CLASSES)
    assert "limner" in image.info


def test_a_label_picture_of_one_class_keeps_its_id() -> None:
    image = opened(encode_labels(SemanticMap(np.full((16, 16), 17, np.uint8))))
    assert np.unique(np.asarray(image)).tolist() == [17]
