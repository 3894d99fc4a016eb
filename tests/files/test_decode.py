from __future__ import annotations

import contextlib
import struct
import threading
import warnings
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from limner.errors import UnknownName, UnreadablePhoto
from limner.files.decode import decode, guarded
from limner.files.limits import Limits

Encoder = Callable[..., bytes]

#: (kind, Pillow's plugin, options): every way of packing that is likely to be met.
PACKINGS: list[tuple[str, str, dict[str, object]]] = [
    ("jpeg", "JPEG", {}),
    ("jpeg", "JPEG", {"progressive": True}),
    ("png", "PNG", {}),
    ("webp", "WEBP", {}),
    ("webp", "WEBP", {"lossless": True}),
    ("gif", "GIF", {}),
    ("tiff", "TIFF", {}),
    ("tiff", "TIFF", {"compression": "tiff_lzw"}),
    ("tiff", "TIFF", {"compression": "tiff_adobe_deflate"}),
]


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def made_png(width: int, height: int, *chunks: bytes) -> bytes:
    """Return a black RGB PNG of 64 × 64 px whose header may claim another size."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(64 * 193)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def opened(data: bytes, kind: str, **options: object) -> Image.Image:
    """Decode with usual limits, frame 0."""
    return decode(data, kind, "x", **{"frame": 0, "limits": Limits(), **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "plugin", "options"), PACKINGS)
def test_a_cut_file_is_refused_or_was_whole_already(
    kind: str,
    plugin: str,
    options: dict[str, object],
    encoded: Encoder,
    patches: NDArray[np.uint8],
) -> None:
    data = encoded(Image.fromarray(patches), plugin, **options)
    whole = np.asarray(opened(data, kind).convert("RGB"))
    for cut in {1, 2, 3, 5, 9, 12, 13, 30, *range(1, len(data) - 16, len(data) // 24)}:
        try:
            got = opened(data[:-cut], kind)
        except UnreadablePhoto:
            continue
        assert np.array_equal(np.asarray(got.convert("RGB")), whole), f"{cut} bytes cut"
        assert cut < 20


def test_a_png_without_its_end_is_cut_even_if_its_pixels_are_whole() -> None:
    opened(made_png(64, 64), "png")
    with pytest.raises(UnreadablePhoto, match="end of the file is missing"):
        opened(made_png(64, 64)[:-12], "png")


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_a_claim_of_too_many_pixels_is_refused_by_the_header(side: int) -> None:
    with pytest.raises(UnreadablePhoto, match="at most 60"):
        opened(made_png(side, side), "png")


def test_an_extended_webp_is_measured_before_its_decoder_is_made() -> None:
    canvas = b"\2\0\0\0" + (59_999).to_bytes(3, "little") * 2
    data = b"RIFF" + struct.pack("<I", 900) + b"WEBPVP8X" + struct.pack("<I", 10) + canvas
    with pytest.raises(UnreadablePhoto, match="60000 × 60000 px"):
        opened(data + bytes(900), "webp")


def test_a_frame_larger_than_its_screen_is_refused() -> None:
    block = b"\x2c" + struct.pack("<HHHHB", 0, 0, 60_000, 60_000, 0) + b"\2\2\x44\1\0"
    with pytest.raises(UnreadablePhoto):
        opened(b"GIF89a" + struct.pack("<HH", 64, 64) + b"\0\0\0" + block + b"\x3b", "gif")


@pytest.mark.parametrize("head", [b"zTXt" + b"a\0\0", b"iTXt" + b"a\0\1\0\0\0", b"iCCP" + b"a\0\0"])
def test_a_block_that_unpacks_to_many_megabytes_is_not_unpacked(head: bytes) -> None:
    bomb = chunk(head[:4], head[4:] + zlib.compress(bytes(30_000_000)))
    with pytest.raises(UnreadablePhoto, match="unpacks to many megabytes"):
        opened(made_png(64, 64, bomb), "png")


def test_a_raw_files_preview_is_not_taken_for_the_photograph(encoded: Encoder) -> None:
    data = encoded(Image.new("RGB", (64, 64)), "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    with pytest.raises(UnreadablePhoto, match="camera raw"):
        opened(data, "tiff")


@pytest.mark.parametrize("kind", ["gif", "tiff", "webp", "png"])
def test_a_frame_that_is_not_there_is_named_with_those_that_are(
    kind: str, encoded: Encoder
) -> None:
    frames = [Image.new("RGB", (32, 32), (90 * n, 0, 0)) for n in range(3)]
    data = encoded(frames[0], kind.upper(), save_all=True, append_images=frames[1:])
    assert opened(data, kind, frame=2).convert("RGB").getpixel((0, 0)) != (0, 0, 0)
    with pytest.raises(UnknownName, match="no frame 3; it has 3 frames, 0 to 2"):
        opened(data, kind, frame=3)
    for frame in (-1, 10_000):
        with pytest.raises(UnknownName, match="frames are 0 to 9999"):
            opened(data, kind, frame=frame)


def test_a_file_with_one_frame_says_so(encoded: Encoder) -> None:
    data = encoded(Image.new("RGB", (32, 32)), "JPEG")
    with pytest.raises(UnknownName, match="it has one frame, number 0"):
        opened(data, "jpeg", frame=1)


def test_warnings_of_pillow_stay_inside_and_others_come_through() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with guarded("x"):
            warnings.warn_explicit("hushed", UserWarning, "f.py", 1, module="PIL.Image")
            warnings.warn_explicit("heard", UserWarning, "f.py", 1, module="elsewhere")
        warnings.warn_explicit("after", UserWarning, "f.py", 1, module="PIL.Image")
    assert [str(w.message) for w in heard] == ["heard", "after"]


def test_threads_that_overlap_leave_the_filters_as_they_were() -> None:
    before = list(warnings.filters)
    first_is_in, second_is_in = threading.Event(), threading.Event()

    def first() -> None:
        with guarded("x"):
            first_is_in.set()
            second_is_in.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    first_is_in.wait(10)
    with guarded("x"):
        second_is_in.set()
        thread.join(10)
    assert list(warnings.filters) == before


def test_what_is_no_decoders_failure_passes() -> None:
    with pytest.raises(KeyboardInterrupt), guarded("x"):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("failure", "words"), [(MemoryError(), "more memory"), (OSError(), "rare kind")]
)
def test_a_failure_without_words_gets_some(failure: Exception, words: str) -> None:
    with pytest.raises(UnreadablePhoto, match=words), guarded("x"):
        raise failure


@given(data=st.data())
def test_a_file_with_flipped_bytes_is_read_or_refused(
    data: st.DataObject, encoded: Encoder
) -> None:
    kind, plugin, options = data.draw(st.sampled_from(PACKINGS))
    image = Image.linear_gradient("L").resize((32, 32)).convert("RGB")
    damaged = bytearray(encoded(image, plugin, **options))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnreadablePhoto):
        opened(bytes(damaged), kind)
