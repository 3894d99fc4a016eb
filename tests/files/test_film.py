"""Films: frames come back in number, order and size; what is no film is refused."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from limner.errors import BadShape, InputError, MissingExtra
from limner.files.film import encode_mp4, encode_webp_film
from limner.records import Recipe


def frames(count: int, size: tuple[int, int] = (48, 64)) -> list[np.ndarray]:
    """Return frames of one grey each, lighter and lighter."""
    return [np.full((*size, 3), 20 + 40 * k, np.uint8) for k in range(count)]


def test_an_animated_webp_holds_every_frame_and_its_recipe() -> None:
    data = encode_webp_film(frames(4), per_second=10, recipe=Recipe("orbit"))
    with Image.open(io.BytesIO(data)) as film:
        assert film.format == "WEBP"
        assert (getattr(film, "n_frames", 1), film.size, film.info["loop"]) == (4, (64, 48), 0)
        film.seek(2)
        assert abs(int(np.asarray(film.convert("RGB"))[5, 5, 0]) - 100) < 4
        assert film.info["duration"] == 100
    assert b"DigitalSourceType" in data


def test_an_mp4_holds_every_frame_and_loses_an_odd_column() -> None:
    av = pytest.importorskip("av")
    data = encode_mp4(frames(5, (49, 65)), per_second=12)
    with av.open(io.BytesIO(data)) as film:
        shown = [f.to_ndarray(format="rgb24") for f in film.decode(video=0)]
        assert film.streams.video[0].codec_context.name == "h264"
    assert len(shown) == 5
    assert shown[0].shape == (48, 64, 3)
    assert abs(float(shown[3].mean()) - 140) < 5


def test_without_the_extra_an_mp4_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtra, match=r"limner\[film\]"):
        encode_mp4(frames(2))


@pytest.mark.parametrize("speed", [0, -3, 51])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(InputError, match="frames a second"):
        encode_webp_film(frames(2), per_second=speed)


def test_frames_of_different_sizes_are_refused() -> None:
    with pytest.raises(BadShape, match="one shape"):
        encode_webp_film([*frames(2), *frames(1, (10, 10))])
    with pytest.raises(BadShape):
        encode_webp_film([])
    with pytest.raises(BadShape):
        encode_webp_film([np.zeros((8, 8), np.uint8)])
