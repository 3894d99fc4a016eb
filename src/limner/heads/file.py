"""A `Head` in → the bytes of a ``.limner`` file; such bytes in → the head, or the reason why they are refused.

The file is laid out as safetensors is: eight bytes with the header's length, the header in JSON, the arrays one after
another. Nothing in it is code, and nothing is ever unpickled. The header holds a hash of the whole file (counted with
sixty-four zeros in the hash's own place), so that a file that was cut, or of which one bit flipped, is refused whole.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from limner.errors import InputError, LimnerError
from limner.files import store
from limner.files.atomic import write_bytes
from limner.heads.encode import weights_used
from limner.records import (
    HEAD_PARTS,
    Head,
    HeadPaint,
    HeadPart,
    HeadSource,
    Photo,
    SemanticMap,
    Url,
)
from limner.weights import ledger

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

__all__ = ["VERSION", "decode_head", "encode_head", "read_head", "write_head"]

#: Of the file's layout; a reader refuses later ones.
VERSION = 1
_MOST_HEADER, _MOST_BYTES = 1 << 16, 64 << 20
_NO_HASH = "0" * 64
_TYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "U8": np.uint8}
#: The field graph's inputs → arrays of the file.
_ARRAYS = {"base": "base", "parts": "codes", "residual": "residual"}
#: Arrays of one painted map.
_PAINT = ("labels", "photo", "depth")
_REMEDY = "make it anew from the photograph or the seed"


def encode_head(head: Head) -> bytes:
    """Return the file of a head; the same head gives the same bytes."""
    arrays: dict[str, NDArray[Any]] = {
        "base": head.base,
        "codes": np.stack([p.codes for p in head.parts.values()]),
        "residual": np.stack([p.residual for p in head.parts.values()]),
    }
    about: dict[str, Any] = {
        "parts": list(head.parts),
        "kind": head.kind,
        "seed": head.seed,
        "edited": list(head.edited),
        "weights": dict(head.weights),
    }
    if head.source is not None:
        s = head.source
        arrays |= {
            "photo": s.photo.pixels,
            "labels": s.semantic.labels,
            "crop_from_photo": s.crop_from_photo,
        }
        about["camera"] = [s.yaw_deg, s.pitch_deg]
        about |= {"joined": list(s.joined)} if s.joined else {}
    if head.painted:
        about["painted"] = [[p.yaw_deg, p.pitch_deg] for p in head.painted]
    for number, paint in enumerate(head.painted):
        maps: tuple[NDArray[Any], ...] = (paint.labels, paint.photo, paint.depth_m)
        arrays |= {f"painted{number}_{k}": a for k, a in zip(_PAINT, maps, strict=True)}
    header: dict[str, Any] = {
        "__metadata__": {
            "format": "limner-head",
            "version": str(VERSION),
            "about": json.dumps(about, sort_keys=True),
            "sha256": _NO_HASH,
        }
    }
    names = {np.dtype(t): k for k, t in _TYPES.items()}
    at = 0
    for name, array in arrays.items():
        header[name] = {
            "dtype": names[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [at, at + array.nbytes],
        }
        at += array.nbytes
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    body = b"".join(np.ascontiguousarray(a).tobytes() for a in arrays.values())
    blank = struct.pack("<Q", len(text)) + text + body
    return blank.replace(_NO_HASH.encode(), hashlib.sha256(blank).hexdigest().encode(), 1)


def write_head(path: str | os.PathLike[str], head: Head) -> None:
    """Write a head whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    write_bytes(path, encode_head(head))


def read_head(path: str | os.PathLike[str]) -> Head:
    """Return the head in a file.

    Raises
    ------
    InputError
        If it cannot be read or is refused; see `decode_head`.
    """
    url = Url.parsed(path)
    if url is not None:
        with store.opened(url) as file:
            return decode_head(_bounded(file, url.name), url.name)
    source = Path(path)
    try:
        size = source.stat().st_size
        if size > _MOST_BYTES:
            raise _refusal(source.name, f"it has {size:,} bytes, more than any head")
        data = source.read_bytes()
    except OSError as error:
        raise InputError(f"{source.name} cannot be read: {error.strerror}.") from error
    return decode_head(data, source.name)


def _bounded(file: IO[bytes], name: str) -> bytes:
    data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise _refusal(name, f"it has more than {_MOST_BYTES:,} bytes, more than any head")
    return data


def decode_head(data: bytes, name: str = "the file") -> Head:
    """Return the head in the bytes of a ``.limner`` file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        How messages call it.

    Raises
    ------
    InputError
        If it is no head, was cut or altered, is of a later version, or its codes are for other weights.
    """
    header, start = _header(data, name)
    about = _metadata(header, data, name)
    arrays = _arrays(header, memoryview(data)[start:], name)
    try:
        head = _built(about, arrays)
    except (LimnerError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise _refusal(name, f"what it says of its head does not fit together ({error})") from error
    used = weights_used()
    if dict(head.weights) != used:
        raise InputError(
            f"{name} was made with other weights ({_said(head.weights)}; here are {_said(used)}), "
            f"for which its codes mean something else; {_REMEDY}."
        )
    for key, row in ledger.row("heads-field").inputs.items():
        wanted = [int(n) for n in row["shape"][1:]]
        if list(arrays[_ARRAYS[key]].shape) != wanted:
            raise _refusal(name, f"its {key} is {arrays[_ARRAYS[key]].shape}, not {wanted}")
    return head


def _refusal(name: str, what: str) -> InputError:
    return InputError(f"{name} is refused: {what}. Take an unharmed copy, or {_REMEDY}.")


def _said(weights: Any) -> str:
    return ", ".join(f"{k} {v}" for k, v in sorted(dict(weights).items())) or "none named"


def _header(data: bytes, name: str) -> tuple[dict[str, Any], int]:
    """Return the header and where the arrays begin; reads no more than the longest header."""
    if len(data) < 16 or len(data) > _MOST_BYTES:
        raise _refusal(name, f"it has {len(data):,} bytes, which no head file has")
    (length,) = struct.unpack("<Q", data[:8])
    if data[8:9] != b"{" or length > _MOST_HEADER:
        raise _refusal(
            name, "it is no .limner file (pickles, zip files and the like are never opened)"
        )
    if 8 + length > len(data):
        raise _refusal(name, "it is cut short within its header")
    try:
        header = json.loads(data[8 : 8 + length].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _refusal(name, "its header is damaged") from error
    if not isinstance(header, dict):
        raise _refusal(name, "its header is damaged")
    return header, 8 + length


def _metadata(header: dict[str, Any], data: bytes, name: str) -> dict[str, Any]:
    """Return what the file says of its head, after its version and hash were checked."""
    meta = header.pop("__metadata__", None)
    if not isinstance(meta, dict) or meta.get("format") != "limner-head":
        raise _refusal(name, "it is no .limner file")
    version = str(meta.get("version"))
    if not version.isdecimal() or int(version[:9]) != VERSION:
        raise InputError(
            f"{name} is of version {version[:12]}, this Limner reads version {VERSION}: it was made by "
            "a newer Limner, or altered. Update Limner, or make the head anew."
        )
    told = str(meta.get("sha256")).encode()
    blank = data.replace(told, _NO_HASH.encode(), 1) if len(told) == 64 else b""
    if hashlib.sha256(blank).hexdigest().encode() != told:
        raise _refusal(name, "its hash does not fit: it was cut, damaged or altered")
    try:
        about = json.loads(str(meta["about"]))
    except (KeyError, ValueError, RecursionError) as error:
        raise _refusal(name, "its header is damaged") from error
    if not isinstance(about, dict):
        raise _refusal(name, "its header is damaged")
    return about


def _arrays(header: dict[str, Any], body: memoryview, name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays, which must lie one after another and fill the file."""
    found: dict[str, NDArray[Any]] = {}
    at = 0
    try:
        for key, row in sorted(header.items(), key=lambda kv: kv[1]["data_offsets"]):
            low, high = row["data_offsets"]
            kind, shape = np.dtype(_TYPES[row["dtype"]]), [int(n) for n in row["shape"]]
            size = math.prod(shape) * kind.itemsize
            if low != at or high != low + size or min(shape, default=1) < 1:
                raise ValueError(f"the array {key!r} is misplaced")
            found[key] = np.frombuffer(body[low:high], kind).reshape(shape)
            at = high
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _refusal(name, f"its arrays do not fit its header ({error})") from error
    if at != len(body):
        raise _refusal(name, "its arrays do not fill it")
    return found


def _built(about: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Head:
    if list(about["parts"]) != list(HEAD_PARTS):
        raise ValueError("its parts are not this Limner's")
    parts = {
        part: HeadPart(arrays["codes"][k], arrays["residual"][k])
        for k, part in enumerate(HEAD_PARTS)
    }
    source = None
    if "camera" in about:
        yaw, pitch = (float(v) for v in about["camera"])
        photo, labels = Photo(arrays["photo"]), SemanticMap(arrays["labels"])
        joined = tuple(str(k) for k in about.get("joined", ()))
        source = HeadSource(photo, labels, yaw, pitch, arrays["crop_from_photo"], joined)
    painted = tuple(
        HeadPaint(
            arrays[f"painted{number}_labels"],
            arrays[f"painted{number}_photo"],
            arrays[f"painted{number}_depth"],
            float(yaw),
            float(pitch),
        )
        for number, (yaw, pitch) in enumerate(about.get("painted", ()))
    )
    seed = about["seed"]
    return Head(
        arrays["base"],
        parts,
        source=source,
        seed=None if seed is None else int(seed),
        edited=tuple(str(k) for k in about["edited"]),
        kind=str(about["kind"]),
        weights={str(k): str(v) for k, v in about["weights"].items()},
        painted=painted,
    )
