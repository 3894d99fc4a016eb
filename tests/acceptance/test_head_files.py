"""Acceptance 48 and 49: a head file that was cut, altered, forged or is no head file is refused by name, whole."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import pickle
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.heads.conftest import egg_head, graphs  # noqa: F401  (fixtures)

from limner.errors import InputError
from limner.heads import decode_head, encode_head, read_head
from limner.records import Head

pytestmark = pytest.mark.usefixtures("graphs")


@pytest.fixture
def whole(egg_head: Head) -> bytes:  # noqa: F811
    return encode_head(egg_head)


def forged(
    data: bytes, change: dict[str, object], *, about: dict[str, object] | None = None
) -> bytes:
    """Return a file whose header was changed and whose hash was made to fit."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header |= {k: v for k, v in change.items() if not k.startswith("meta.")}
    meta = header["__metadata__"] | {k[5:]: v for k, v in change.items() if k.startswith("meta.")}
    if about is not None:
        meta["about"] = json.dumps(json.loads(meta["about"]) | about)
    header["__metadata__"] = meta | {"sha256": "0" * 64}
    text = json.dumps(header).encode()
    blank = struct.pack("<Q", len(text)) + text + data[8 + length :]
    return blank.replace(b"0" * 64, hashlib.sha256(blank).hexdigest().encode(), 1)


def test_48_a_cut_file_is_refused_wherever_it_was_cut(whole: bytes) -> None:
    for size in (0, 1, 7, 8, 9, 40, 400, len(whole) // 2, len(whole) - 1):
        with pytest.raises(InputError, match="refused"):
            decode_head(whole[:size], "me.limner")
    with pytest.raises(InputError, match="refused"):
        decode_head(whole + b"\0", "me.limner")


def test_48_one_flipped_bit_anywhere_is_noticed(whole: bytes) -> None:
    chance = np.random.default_rng(0)
    (length,) = struct.unpack("<Q", whole[:8])
    places = [*range(8), *chance.integers(8, 8 + length, 300), *chance.integers(0, len(whole), 40)]
    for place in places:
        harmed = bytearray(whole)
        harmed[place] ^= 1 << int(chance.integers(8))
        with pytest.raises(InputError, match=r"me\.limner"):
            decode_head(bytes(harmed), "me.limner")


def test_48_an_over_long_header_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.limner"
    with path.open("wb") as stream:
        stream.write(struct.pack("<Q", 1 << 60) + b'{"a":')
        stream.truncate(40 << 20)
    huge = tmp_path / "huge.limner"
    with huge.open("wb") as stream:
        stream.write(struct.pack("<Q", 100) + b"{")
        stream.truncate(6 << 30)
    tracemalloc.start()
    for victim in (path, huge):
        with pytest.raises(InputError, match=victim.name):
            read_head(victim)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20


def test_48_a_wrong_hash_is_refused(whole: bytes) -> None:
    (length,) = struct.unpack("<Q", whole[:8])
    told = json.loads(whole[8 : 8 + length])["__metadata__"]["sha256"].encode()
    with pytest.raises(InputError, match="hash"):
        decode_head(whole.replace(told, b"f" * 64), "me.limner")


def test_48_a_later_version_asks_for_an_update(whole: bytes) -> None:
    with pytest.raises(InputError, match=r"version 2.*[Uu]pdate"):
        decode_head(forged(whole, {"meta.version": "2"}), "me.limner")


@pytest.mark.parametrize(
    "change",
    [
        {"base": {"dtype": "F32", "shape": [4], "data_offsets": [8, 24]}},
        {"base": {"dtype": "F32", "shape": [400000000], "data_offsets": [0, 1600000000]}},
        {"base": {"dtype": "I64", "shape": [2], "data_offsets": [0, 16]}},
        {"base": {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}},
        {"base": "nothing"},
        {"more": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}},
        {"meta.about": "not json"},
        {"meta.about": "[]"},
        {"meta.about": "{}"},
        {"meta.format": "pickle"},
        {"meta.version": "one"},
    ],
)
def test_48_a_forged_header_with_a_fitting_hash_is_refused(
    whole: bytes, change: dict[str, object]
) -> None:
    with pytest.raises(InputError, match=r"me\.limner"):
        decode_head(forged(whole, change), "me.limner")


@pytest.mark.parametrize(
    "about",
    [
        {"parts": ["skin"]},
        {"camera": ["left", 0]},
        {"camera": [float("nan"), 0]},
        {"edited": ["tail"]},
        {"joined": ["tail"]},
        {"joined": 3},
        {"seed": "seven"},
        {"weights": 3},
    ],
)
def test_48_a_forged_description_with_a_fitting_hash_is_refused(
    whole: bytes, about: dict[str, object]
) -> None:
    with pytest.raises(InputError, match=r"me\.limner"):
        decode_head(forged(whole, {}, about=about), "me.limner")


def test_48_a_forged_file_that_is_otherwise_true_is_read(whole: bytes) -> None:
    assert decode_head(forged(whole, {})).edited == ()  # the forger of these tests works


class Bomb:
    """A pickle that would leave a mark if anybody opened it."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.mark,)


def test_49_pickles_and_archives_are_never_opened(tmp_path: Path) -> None:
    mark = tmp_path / "opened"
    payload = pickle.dumps(Bomb(mark))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("head/data.pkl", payload)
    arrays = io.BytesIO()
    np.savez(arrays, base=np.array([Bomb(mark)], object))
    for name, data in (
        ("head.pkl", payload),
        ("head.pt", archive.getvalue()),
        ("head.limner", payload),
        ("head.npz", arrays.getvalue()),
        ("mixed.limner", struct.pack("<Q", len(payload)) + payload),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(InputError, match=name):
            read_head(path)
    assert not mark.exists()
    pickle.loads(payload)  # noqa: S301  - the mark would have been made
    assert mark.exists()


def test_49_no_room_of_the_core_holds_an_unpickler(root: Path) -> None:
    rooms = [p for p in (root / "src" / "limner").rglob("*.py") if "train" not in p.parts]
    assert rooms
    found = []
    for path in rooms:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [
                f"{path.name}: {n}"
                for n in names
                if n.split(".")[0] in {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal"}
            ]
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                found += [path.name] if getattr(node.value, "value", True) is not False else []
    assert not found
