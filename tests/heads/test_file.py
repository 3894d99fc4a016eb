"""Head files: write → read gives the same head; the layout is safetensors'."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from limner.errors import InputError
from limner.heads import decode_head, encode_head, mix, read_head, sample_head, write_head
from limner.records import HEAD_PARTS, Head


def same(a: Head, b: Head) -> bool:
    parts = all(
        np.array_equal(a.parts[k].codes, b.parts[k].codes)
        and np.array_equal(a.parts[k].residual, b.parts[k].residual)
        for k in HEAD_PARTS
    )
    plain = (a.seed, a.edited, a.kind, dict(a.weights)) == (
        b.seed,
        b.edited,
        b.kind,
        dict(b.weights),
    )
    if (a.source is None) != (b.source is None):
        return False
    source = a.source is None or (
        b.source is not None
        and np.array_equal(a.source.photo.pixels, b.source.photo.pixels)
        and np.array_equal(a.source.semantic.labels, b.source.semantic.labels)
        and (a.source.yaw_deg, a.source.pitch_deg) == (b.source.yaw_deg, b.source.pitch_deg)
        and np.array_equal(a.source.crop_from_photo, b.source.crop_from_photo)
    )
    return bool(parts and plain and source and np.array_equal(a.base, b.base))


def test_a_photographed_head_comes_back_whole(egg_head: Head, tmp_path: Path) -> None:
    edited = mix(egg_head, sample_head(2), ["hair"])
    write_head(tmp_path / "me.limner", edited)
    assert same(read_head(tmp_path / "me.limner"), edited)


@pytest.mark.usefixtures("graphs")
def test_a_random_head_comes_back_whole() -> None:
    head = sample_head(11)
    assert same(decode_head(encode_head(head)), head)


def test_the_same_head_gives_the_same_bytes(egg_head: Head) -> None:
    assert encode_head(egg_head) == encode_head(decode_head(encode_head(egg_head)))


def test_the_layout_is_that_of_safetensors(egg_head: Head, tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    path = tmp_path / "me.limner"
    write_head(path, egg_head)
    arrays = safetensors.load_file(str(path))
    assert np.array_equal(arrays["base"], egg_head.base)
    assert arrays["residual"].dtype == np.float16
    (length,) = struct.unpack("<Q", path.read_bytes()[:8])
    header = json.loads(path.read_bytes()[8 : 8 + length])
    assert header["__metadata__"]["format"] == "limner-head"


def test_a_head_for_other_weights_says_so(egg_head: Head) -> None:
    other = replace(egg_head, weights={**egg_head.weights, "heads-field": "ffffffffffff"})
    with pytest.raises(InputError, match="other weights"):
        decode_head(encode_head(other))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.limner cannot be read"):
        read_head(tmp_path / "none.limner")


def test_read_arrays_cannot_be_written_to(egg_head: Head) -> None:
    head = decode_head(encode_head(egg_head))
    with pytest.raises(ValueError, match="read-only"):
        head.base[0] = 1
