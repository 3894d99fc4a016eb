from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from limner.files.color import to_srgb

Encoder = Callable[..., bytes]


def profile(name: str) -> bytes:
    """Return the bytes of a profile that Pillow can make."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()  # type: ignore[arg-type]


def reopened(image: Image.Image, plugin: str, **options: object) -> Image.Image:
    """Return `image` as it comes back from a file."""
    buffer = io.BytesIO()
    image.save(buffer, plugin, **options)
    return Image.open(buffer)


@pytest.mark.parametrize(
    "mode", ["L", "RGB", "RGBA", "RGBX", "RGBa", "LA", "La", "CMYK", "YCbCr", "HSV", "LAB"]
)
def test_a_flat_grey_of_any_mode_stays_that_grey(mode: str) -> None:
    grey = Image.new("RGB", (20, 20), (120, 120, 120))
    if mode == "LAB":
        lab = ImageCms.profileToProfile(
            grey, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
        assert lab is not None
        image = lab
    elif mode in {"RGBa", "La"}:
        image = grey.convert(mode.upper()).convert(mode)
    else:
        image = grey.convert(mode)
    pixels, alpha, notes = to_srgb(image)
    assert np.abs(pixels.astype(int) - 120).max() <= 2
    assert alpha is None
    assert not notes


def test_black_and_white_stays_so() -> None:
    bits = Image.fromarray(np.eye(20, dtype=bool))
    pixels, _, _ = to_srgb(bits)
    assert set(np.unique(pixels)) == {0, 255}
    assert pixels[3, 3, 0] == 255


@pytest.mark.parametrize("ground", [(255, 255, 255), (10, 200, 30)])
def test_clear_pixels_show_the_ground_and_half_clear_ones_half_of_it(
    ground: tuple[int, int, int],
) -> None:
    rgba = np.zeros((3, 16, 4), np.uint8)
    rgba[0, :, 3], rgba[1, :, 3], rgba[2, :, 3] = 0, 128, 255
    pixels, alpha, _ = to_srgb(Image.fromarray(rgba), ground)
    assert pixels[0, 0].tolist() == list(ground)
    assert np.abs(pixels[1, 0] - np.array(ground) * 127 / 255).max() <= 1
    assert pixels[2, 0].tolist() == [0, 0, 0]
    assert alpha is not None
    assert alpha[:, 0].tolist() == [0, 128, 255]


def test_a_transparent_palette_entry_is_clear() -> None:
    image = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16) % 2)
    image.putpalette([0, 0, 0, 200, 0, 0])
    pixels, alpha, _ = to_srgb(reopened(image, "PNG", transparency=0))
    assert pixels[0, :2].tolist() == [[255, 255, 255], [200, 0, 0]]
    assert alpha is not None
    assert alpha[0, :2].tolist() == [0, 255]


@pytest.mark.parametrize(("mode", "clear"), [("L", 0), ("RGB", (0, 0, 0))])
def test_a_single_transparent_colour_is_clear(mode: str, clear: object) -> None:
    image = reopened(Image.new(mode, (16, 16)), "PNG", transparency=clear)
    pixels, alpha, _ = to_srgb(image, (1, 2, 3))
    assert np.unique(pixels.reshape(-1, 3), axis=0).tolist() == [[1, 2, 3]]
    assert alpha is not None
    assert not alpha.any()


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 256 * 16).astype(np.uint16).reshape(16, 256)
    for image in (
        Image.fromarray(ramp),
        reopened(Image.fromarray(ramp), "PNG"),
        reopened(Image.fromarray(ramp), "TIFF"),
        reopened(Image.fromarray(ramp), "TIFF", compression="tiff_lzw"),
    ):
        pixels, _, notes = to_srgb(image)
        assert np.abs(pixels[:, :, 0] - ramp / 257.0).max() <= 0.51
        assert not notes


def test_a_sixteen_bit_tiff_whose_zero_is_white_is_not_a_negative() -> None:
    ramp = np.linspace(0, 65535, 256 * 16).astype(np.uint16).reshape(16, 256)
    image = reopened(Image.fromarray(ramp), "TIFF", tiffinfo={262: 0})
    assert to_srgb(image)[0][0, 0, 0] == 255


def test_twelve_bits_of_a_scanner_fill_the_range() -> None:
    tags = [(256, 3, 1, 16), (257, 3, 1, 16), (258, 3, 1, 12), (259, 3, 1, 1), (262, 3, 1, 1)]
    tags += [(273, 4, 1, 8 + 2 + 12 * 8 + 4), (278, 3, 1, 16), (279, 4, 1, 16 * 24)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    rows = (b"\xff\xff\xff" * 4 + b"\x80\x08\x00" * 4) * 16
    pixels, _, notes = to_srgb(Image.open(io.BytesIO(head + rows)))
    assert pixels[0, 0, 0] == 255
    assert abs(int(pixels[0, 8, 0]) - 128) <= 1
    assert not notes


def test_a_transparent_grey_of_sixteen_bits_is_clear() -> None:
    values = np.full((16, 16), 30_000, np.uint16)
    values[0] = 40_000
    _, alpha, _ = to_srgb(reopened(Image.fromarray(values), "PNG", transparency=30_000))
    assert alpha is not None
    assert alpha[0].all()
    assert not alpha[1:].any()


@pytest.mark.parametrize(
    ("top", "noted"), [(1.0, False), (255.0, False), (65535.0, False), (9e5, True)]
)
def test_floating_point_is_scaled_by_the_range_it_fits(top: float, noted: bool) -> None:
    values = np.linspace(0, top, 256, dtype=np.float32).reshape(16, 16)
    values[0, 0] = np.nan
    pixels, _, notes = to_srgb(Image.fromarray(values))
    assert pixels[-1, -1, 0] == 255
    assert abs(int(pixels[8, 0, 0]) - 128) <= 1
    assert bool(notes) == noted


def test_a_profile_that_is_srgb_changes_nothing(
    patches: NDArray[np.uint8], encoded: Encoder
) -> None:
    image = reopened(Image.fromarray(patches), "PNG", icc_profile=profile("sRGB"))
    assert np.array_equal(to_srgb(image)[0], patches)


@pytest.mark.parametrize("icc", [b"broken", profile("sRGB")[:200], profile("XYZ"), profile("LAB")])
def test_a_profile_that_cannot_be_used_is_ignored_with_a_note(
    icc: bytes, patches: NDArray[np.uint8]
) -> None:
    pixels, _, notes = to_srgb(reopened(Image.fromarray(patches), "PNG", icc_profile=icc))
    assert np.array_equal(pixels, patches)
    assert len(notes) == 1
    assert "profile" in notes[0]


def test_a_screen_profile_on_a_grey_picture_is_no_fault() -> None:
    image = reopened(Image.new("L", (16, 16), 90), "JPEG", icc_profile=profile("sRGB"))
    pixels, _, notes = to_srgb(image)
    assert not notes
    assert np.abs(pixels.astype(int) - 90).max() <= 1


def test_a_screen_profile_on_a_print_picture_is_ignored_with_a_note() -> None:
    image = reopened(Image.new("CMYK", (16, 16)), "JPEG", icc_profile=profile("sRGB"))
    pixels, _, notes = to_srgb(image)
    assert pixels.min() >= 253
    assert len(notes) == 1


def test_what_comes_out_is_read_only_so_that_no_record_copies_it() -> None:
    pixels, alpha, _ = to_srgb(Image.new("RGBA", (16, 16)))
    assert not pixels.flags.writeable
    assert alpha is not None
    assert not alpha.flags.writeable
