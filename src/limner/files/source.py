"""Where a picture comes from: a path, stream or bytes in → bytes, never more than allowed, and a name."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from limner.errors import InputError, UnreadablePhoto
from limner.records import Url

if TYPE_CHECKING:
    from limner.files.limits import Limits

__all__ = ["ByteSource", "fetch", "shown"]

#: What `fetch` takes: a path (``"-"`` is standard input), a binary stream, or the bytes themselves.
ByteSource: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO


def shown(path: str | os.PathLike[str]) -> str:
    r"""Return `path` as one printable line, whatever bytes a file system allowed in it.

    Examples
    --------
    >>> shown("été.jpg"), shown("a\nb")
    ('été.jpg', 'a\\nb')
    """
    text = os.fspath(path)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def fetch(source: ByteSource, limits: Limits) -> tuple[bytes, str]:
    """Return the bytes of `source` and how messages call it.

    Parameters
    ----------
    source : path, bytes or binary stream
        The text ``"-"`` is standard input; a file of that name is ``"./-"``. Text with ``://`` is an address in an
        object store.
    limits : Limits
        No more than its `max_bytes`, and one to notice the excess, is ever read.

    Returns
    -------
    tuple of bytes and str

    Raises
    ------
    UnreadablePhoto
        If there is no such file, it is a folder, may not be read, is empty or too large.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data, name = bytes(source), "The picture"
    elif isinstance(source, str | os.PathLike):
        data, name = _from_path(source, limits)
    else:
        data, name = _from_stream(source, limits)
    if not data:
        raise UnreadablePhoto(f"{name} is empty; a picture was wanted.")
    if len(data) > limits.max_bytes:
        raise UnreadablePhoto(
            f"{name} has more than {limits.max_megabytes:g} MB, the limit for one picture. "
            "Save it smaller first."
        )
    return data, name


def _from_path(path: str | os.PathLike[str], limits: Limits) -> tuple[bytes, str]:
    if path == "-":
        return sys.stdin.buffer.read(limits.max_bytes + 1), "Standard input"
    name = shown(path)
    url = Url.parsed(path)
    if url is not None:
        return _from_store(url, limits), name
    try:
        with Path(path).open("rb") as file:
            return file.read(limits.max_bytes + 1), name
    except FileNotFoundError:
        reason = "does not exist. Check its name and folder."
    except IsADirectoryError:
        reason = "is a folder; the name of a picture was wanted."
    except PermissionError:
        # Windows says this of folders too.
        is_folder = Path(path).is_dir()
        reason = (
            "is a folder; the name of a picture was wanted."
            if is_folder
            else ("may not be read. Ask its owner for the right to read it.")
        )
    except (OSError, ValueError) as error:
        reason = f"cannot be read ({getattr(error, 'strerror', None) or error})."
    raise UnreadablePhoto(f"{name} {reason}")


def _from_store(url: Url, limits: Limits) -> bytes:
    from limner.files import store

    try:
        with store.opened(url) as file:
            data: bytes = file.read(limits.max_bytes + 1)
    except InputError as error:
        raise UnreadablePhoto(str(error)) from error
    return data


def _from_stream(stream: BinaryIO, limits: Limits) -> tuple[bytes, str]:
    label = getattr(stream, "name", None)
    name = shown(label) if isinstance(label, str) else "The stream"
    read = getattr(stream, "read", None)
    if read is None:
        raise UnreadablePhoto(
            "Wanted a path, bytes, a binary stream, a Pillow picture or an array; "
            f"got {type(stream).__name__}."
        )
    try:
        data = read(limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        raise UnreadablePhoto(f"{name} cannot be read ({error}).") from error
    if not isinstance(data, bytes):
        raise UnreadablePhoto(f"{name} gives text; open it in binary mode ('rb').")
    return data, name
