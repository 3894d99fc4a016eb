"""Numbers 1 to 6 and 60 of the acceptance list: pictures come in as people see them, and tell when they go out."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin
from skimage.color import rgb2lab

from limner.errors import UnknownName
from limner.files import encode_labels, encode_picture, encode_svg, read_photo
from limner.records import Plot, Recipe, SemanticMap, Stroke

#: EXIF orientation → what turns an upright picture into the stored one.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def saved(image: Image.Image, plugin: str, **options: object) -> bytes:
    """Return `image` as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, plugin, **options)
    return buffer.getvalue()


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the largest ΔE (CIE 1976) between two sRGB pictures."""
    return float(np.linalg.norm(rgb2lab(one) - rgb2lab(other), axis=-1).max())


@pytest.fixture(scope="module")
def scene() -> NDArray[np.uint8]:
    """Return 120 × 80 px of smooth colour without any symmetry."""
    small = np.random.default_rng(3).integers(20, 236, (4, 6, 3), dtype=np.uint8)
    return np.array(Image.fromarray(small).resize((120, 80), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("plugin", ["JPEG", "WEBP", "TIFF", "PNG"])
def test_01_every_orientation_comes_upright_and_leaves_no_tag(
    plugin: str, turn: int, scene: NDArray[np.uint8]
) -> None:
    stored = Image.fromarray(scene)
    if turn > 1:
        stored = stored.transpose(STORED[turn])
    exif = Image.Exif()
    exif[0x0112] = turn
    options: dict[str, object] = {} if plugin == "TIFF" else {"exif": exif, "quality": 95}
    if plugin == "TIFF":
        options["tiffinfo"] = {274: turn}
    photo = read_photo(saved(stored, plugin, **options))
    assert photo.size_px == (120, 80)
    assert np.abs(photo.pixels.astype(int) - scene).mean() <= 2
    for kind in ("png", "jpeg", "webp"):
        data = encode_picture(photo.pixels, kind=kind)
        assert 0x0112 not in Image.open(io.BytesIO(data)).getexif()


def test_02_a_print_ramp_is_never_inverted() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None], 32, axis=0)
    twin = np.repeat(ramp[:, :, None], 3, axis=2)
    by_black = Image.fromarray(ramp).convert("CMYK")
    by_ink = Image.fromarray(twin).convert("CMYK")
    for image in (by_black, by_ink):
        for data in (saved(image, "JPEG", quality=98), saved(image, "TIFF")):
            assert difference(read_photo(data).pixels, twin) <= 3


def test_02_an_adobe_inverted_ycck_jpeg_is_right() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None], 32, axis=0)
    twin = np.repeat(ramp[:, :, None], 3, axis=2)
    # Adobe keeps 255 − ink and turns the first three into YCC; neutral ink has no chroma. Pillow inverts when it
    # saves, so its channels are given upside down, and the marker's last byte is set to say YCCK.
    ink = 255 - ramp
    neutral = np.full_like(ramp, 127)
    channels = [255 - ink, neutral, neutral, np.zeros_like(ramp)]
    image = Image.merge("CMYK", [Image.fromarray(c) for c in channels])
    data = bytearray(saved(image, "JPEG", quality=98))
    data[data.index(b"Adobe") + 11] = 2
    assert difference(read_photo(bytes(data)).pixels, twin) <= 3


def test_03_sixteen_bits_look_as_their_eight_bit_twins() -> None:
    ramp = np.linspace(0, 65535, 64 * 128).astype(np.uint16).reshape(64, 128)
    color = np.stack([ramp, ramp[:, ::-1], ramp[::-1]], axis=-1)
    files = {
        "grey png": (saved(Image.fromarray(ramp), "PNG"), ramp[:, :, None]),
        "grey tiff": (saved(Image.fromarray(ramp), "TIFF"), ramp[:, :, None]),
        "rgb png": (cv2.imencode(".png", color[:, :, ::-1])[1].tobytes(), color),
        "rgb tiff": (cv2.imencode(".tiff", color[:, :, ::-1])[1].tobytes(), color),
    }
    for name, (data, source) in files.items():
        pixels = read_photo(data).pixels
        assert np.abs(pixels - source / 257.0).max() <= 1, name
        ours, _ = np.histogram(pixels, 16, (0, 256))
        twins, _ = np.histogram(np.broadcast_to(source, pixels.shape) >> 8, 16, (0, 256))
        assert np.abs(ours - twins).sum() <= 0.02 * pixels.size, name


@pytest.mark.parametrize("ground", [(255, 255, 255), (200, 30, 60)])
def test_04_transparency_is_laid_on_the_ground_and_never_black(
    ground: tuple[int, int, int],
) -> None:
    palette = Image.new("P", (64, 64), 0)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    files = [
        saved(palette, "PNG", transparency=0),
        saved(palette, "GIF", transparency=0),
        saved(Image.new("LA", (64, 64), (0, 0)), "PNG"),
        saved(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"),
        saved(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "WEBP", lossless=True, exact=True),
        saved(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "TIFF"),
    ]
    for data in files:
        photo = read_photo(data, background=ground)
        assert np.unique(photo.pixels.reshape(-1, 3), axis=0).tolist() == [list(ground)]
        assert photo.alpha is not None


def s15(value: float) -> bytes:
    """Return a number in ICC's fixed point."""
    return struct.pack(">i", round(value * 65536))


def matrix_profile(xyz_from_rgb: NDArray[np.float64], curve: list[float]) -> bytes:
    """Return a version 4 display profile of three primaries in D50 and one parametric curve."""
    kind = {1: 0, 5: 3}[len(curve)]
    para = b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(s15(v) for v in curve)
    text = "test".encode("utf-16-be")
    mluc = b"mluc\0\0\0\0" + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", len(text), 28)
    white = xyz_from_rgb.sum(axis=1)
    columns = {
        b"rXYZ": xyz_from_rgb[:, 0],
        b"gXYZ": xyz_from_rgb[:, 1],
        b"bXYZ": xyz_from_rgb[:, 2],
    }
    tags = {
        n: b"XYZ \0\0\0\0" + b"".join(map(s15, v)) for n, v in {**columns, b"wtpt": white}.items()
    }
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), para) | {b"desc": mluc + text}
    table, body, at = b"", b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    head = bytes(4) + struct.pack(">I", 0x04300000) + b"mntrRGB XYZ " + bytes(12) + b"acsp"
    head = b"\0\0\0\0" + head + bytes(28) + s15(0.9642) + s15(1.0) + s15(0.8249)
    head = head.ljust(128, b"\0") + struct.pack(">I", len(tags))
    return struct.pack(">I", at + len(body)) + head[4:] + table + body


#: Columns are the primaries' XYZ, adapted to D50 (from the standards' chromaticities by Bradford's method).
SRGB = np.array(
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
)
WIDE = {
    "Display P3": (
        np.array(
            [[0.51512, 0.29198, 0.15711], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]]
        ),
        [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045],
    ),
    "Adobe RGB": (
        np.array(
            [[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]]
        ),
        [563 / 256],
    ),
}


def linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sRGB values 0 to 1 as light."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def test_05_wide_profiles_come_to_srgb(scene: NDArray[np.uint8]) -> None:
    for name, (xyz_from_wide, curve) in WIDE.items():
        light = linear(scene / 255) @ (np.linalg.inv(xyz_from_wide) @ SRGB).T
        light = light.clip(0, 1)
        if len(curve) == 1:
            coded = light ** (1 / curve[0])
        else:
            low = light <= 0.0031308
            coded = np.where(low, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
        stored = np.rint(coded * 255).astype(np.uint8)
        assert difference(stored, scene) > 6, f"{name} must differ from sRGB for this to prove much"
        icc = matrix_profile(xyz_from_wide, curve)
        for plugin in ("PNG", "TIFF"):
            photo = read_photo(saved(Image.fromarray(stored), plugin, icc_profile=icc))
            assert difference(photo.pixels, scene) <= 3, (name, plugin)
            assert not photo.notes


def test_05_a_broken_profile_is_noted_and_the_picture_read(scene: NDArray[np.uint8]) -> None:
    photo = read_photo(saved(Image.fromarray(scene), "PNG", icc_profile=b"no profile" * 30))
    assert np.array_equal(photo.pixels, scene)
    assert photo.notes == ("Its colour profile is broken or does not fit and was ignored.",)


@pytest.mark.parametrize("plugin", ["PNG", "GIF", "WEBP", "MPO", "TIFF"])
def test_06_of_several_frames_the_first_is_read_and_noted_once(plugin: str) -> None:
    frames = [Image.new("RGB", (64, 48), color) for color in ("red", "lime", "blue")]
    options: dict[str, object] = {"lossless": True} if plugin == "WEBP" else {}
    data = saved(frames[0], plugin, save_all=True, append_images=frames[1:], **options)
    for number, wanted in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        photo = read_photo(data, frame=number)
        assert np.abs(photo.pixels[20, 20].astype(int) - wanted).max() <= 2
        assert photo.notes == (f"It holds several frames; number {number} was read.",)
    assert np.array_equal(read_photo(data).pixels, read_photo(data, frame=0).pixels)
    with pytest.raises(UnknownName, match="no frame 3; it has 3 frames"):
        read_photo(data, frame=3)


def telling_jpeg(scene: NDArray[np.uint8]) -> bytes:
    """Return a photograph that tells where, when and with which camera it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "SECRET-MAKER", "SECRET-ARTIST"
    exif.get_ifd(0x8769).update({0xA431: "SECRET-SERIAL", 0x9286: b"ASCII\0\0\0SECRET-COMMENT"})
    place = tuple(TiffImagePlugin.IFDRational(n) for n in (59, 20, 44))
    exif.get_ifd(0x8825).update({1: "N", 2: place, 29: "SECRET-DAY"})
    return saved(
        Image.fromarray(scene),
        "JPEG",
        exif=exif,
        xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRET-XMP</x:xmpmeta>",
        comment=b"SECRET-COMMENT",
    )


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_60_a_picture_tells_how_it_was_made_and_nothing_of_the_photograph(
    kind: Any, scene: NDArray[np.uint8]
) -> None:
    source = telling_jpeg(scene)
    assert source.count(b"SECRET") >= 6
    source_type = "compositeWithTrainedAlgorithmicMedia"
    recipe = Recipe(
        "draw", {"style": "croquis", "seed": 7}, {"style": "0a1b"}, "9.8.7", source_type
    )
    data = encode_picture(read_photo(source).pixels, kind=kind, recipe=recipe)
    assert b"SECRET" not in data
    image = Image.open(io.BytesIO(data))
    assert not image.getexif()
    about = image.getxmp()["xmpmeta"]["RDF"]["Description"]
    assert about["CreatorTool"] == "Limner 9.8.7"
    assert about["DigitalSourceType"] == (
        f"http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}"
    )
    assert json.loads(about["Recipe"])["settings"] == {"seed": 7, "style": "croquis"}


def test_60_label_maps_and_plots_tell_how_they_were_made_too() -> None:
    recipe = Recipe("parse", version="9.8.7")
    labels = encode_labels(SemanticMap(np.zeros((16, 16), np.uint8)), recipe=recipe)
    stroke = Stroke(np.array([[1, 1, 1], [9, 9, 1]], np.float32))
    for data in (labels, encode_svg(Plot((stroke,), (10, 10), 0.3), recipe=recipe)):
        assert b"Limner 9.8.7" in data
        assert b"digitalsourcetype/algorithmicMedia" in data
