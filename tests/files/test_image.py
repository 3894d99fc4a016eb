from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from limner.errors import BadShape, UnknownName, UnreadablePhoto
from limner.files.image import Limits, encode_picture, read_photo
from limner.records import Photo

Encoder = Callable[..., bytes]


@pytest.fixture(scope="module")
def png(patches: NDArray[np.uint8]) -> bytes:
    return encode_picture(patches)


def test_every_kind_of_source_gives_the_same_photo(
    png: bytes, patches: NDArray[np.uint8], tmp_path: Path
) -> None:
    path = tmp_path / "é 한글.jpg"
    path.write_bytes(png)
    for source in (png, path, str(path), io.BytesIO(png), Image.open(path), patches):
        photo = read_photo(source)
        assert np.array_equal(photo.pixels, patches)
        assert photo.alpha is None
        assert not photo.notes


def test_a_photo_comes_back_as_it_is(patches: NDArray[np.uint8]) -> None:
    photo = Photo(patches)
    assert read_photo(photo) is photo


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64, np.bool_])
@pytest.mark.parametrize("tail", [(), (1,), (3,), (4,)])
def test_arrays_of_any_common_form_are_read(dtype: Any, tail: tuple[int, ...]) -> None:
    top = {np.uint8: 255, np.uint16: 65535}.get(dtype, 1)
    array = np.zeros((20, 24, *tail), dtype)
    array[:10] = top
    if tail == (4,):
        array[..., 3] = top
    pixels = read_photo(array).pixels
    assert pixels.shape == (20, 24, 3)
    assert pixels[:10].min() == 255
    assert pixels[10:].max() == 0


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((20, 20, 2), np.uint8),
        np.zeros((20,), np.uint8),
        np.zeros((0, 20, 3), np.uint8),
        np.zeros((20, 20), np.int64),
        np.full((20, 20), 1.5),
        np.full((20, 20), np.nan),
        np.zeros((20, 20), complex),
    ],
)
def test_an_array_that_is_no_picture_is_refused(array: NDArray[Any]) -> None:
    with pytest.raises(BadShape):
        read_photo(array)


def test_a_small_array_is_too_small_as_a_file_would_be() -> None:
    with pytest.raises(UnreadablePhoto, match="too small"):
        read_photo(np.zeros((15, 64, 3), np.uint8))


def test_a_picture_in_memory_has_no_second_frame(patches: NDArray[np.uint8]) -> None:
    with pytest.raises(UnknownName):
        read_photo(patches, frame=1)


@pytest.mark.parametrize("ground", [(0, 0), (0, 0, 256), (0, 0, -1), (0, 0, 0.5), "red"])
def test_a_ground_that_is_no_colour_is_refused(ground: Any, png: bytes) -> None:
    with pytest.raises(BadShape, match="three whole numbers"):
        read_photo(png, background=ground)


def test_own_limits_are_kept(png: bytes) -> None:
    with pytest.raises(UnreadablePhoto, match="MB"):
        read_photo(png, limits=Limits(max_megabytes=0.001))
    with pytest.raises(UnreadablePhoto, match="megapixels"):
        read_photo(png, limits=Limits(max_megapixels=0.001))


def test_a_damaged_exif_block_is_a_note_and_no_failure(encoded: Encoder) -> None:
    image = Image.new("RGB", (20, 30))
    photo = read_photo(encoded(image, "PNG", exif=b"Exif\0\0no tags in here at all"))
    assert photo.size_px == (20, 30)
    assert photo.notes == ("Its EXIF block is damaged; it was taken as upright.",)
    assert read_photo(encoded(image, "JPEG", exif=b"Exif\0\0MM\0*\0\0\xff\xff")).size_px == (20, 30)


def test_an_orientation_out_of_range_is_upright(encoded: Encoder) -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    assert read_photo(encoded(Image.new("RGB", (20, 30)), "JPEG", exif=exif)).size_px == (20, 30)


def test_orientation_turns_alpha_too(encoded: Encoder) -> None:
    rgba = np.zeros((20, 30, 4), np.uint8)
    rgba[:5, :, 3] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = read_photo(encoded(Image.fromarray(rgba), "PNG", exif=exif))
    assert photo.alpha is not None
    assert photo.alpha.shape == (30, 20)
    assert photo.alpha[:, -5:].all()
    assert not photo.alpha[:, :-5].any()


def test_a_pillow_picture_that_was_cut_is_refused(png: bytes) -> None:
    with pytest.raises(UnreadablePhoto, match="cut short"):
        read_photo(Image.open(io.BytesIO(png[: len(png) // 2])))


def test_threads_read_side_by_side(png: bytes, patches: NDArray[np.uint8]) -> None:
    wrong: list[int] = []

    def work(number: int) -> None:
        if not all(np.array_equal(read_photo(png).pixels, patches) for _ in range(5)):
            wrong.append(number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@given(
    width=st.integers(16, 40),
    height=st.integers(16, 40),
    channels=st.sampled_from([1, 3, 4]),
    kind=st.sampled_from(["png", "webp"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_what_is_written_reads_back_the_same(
    width: int, height: int, channels: int, kind: Any, seed: int
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    photo = read_photo(encode_picture(pixels.squeeze(2) if channels == 1 else pixels, kind=kind))
    if channels == 4:
        alpha = pixels[..., 3:].astype(int)
        mixed = (pixels[..., :3].astype(int) * alpha + 255 * (255 - alpha)) / 255
        assert photo.alpha is not None
        assert np.array_equal(photo.alpha, pixels[..., 3])
        assert np.abs(photo.pixels - mixed).max() <= 1
    else:
        assert np.array_equal(photo.pixels, np.broadcast_to(pixels, (height, width, 3)))
