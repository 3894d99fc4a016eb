"""Sources and what is done to them in → one memory-mapped array, built once and kept.

Decoding is what a training waits for; so whatever does not change from step to step (decoded
pictures, lines, labels, crops) is built once and mapped into memory ever after.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock

from limner.errors import OutputError, RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import DTypeLike, NDArray

__all__ = ["cached", "fingerprint"]


def fingerprint(source: Path) -> str:
    """Return what tells one state of a source from another, 64 hexadecimal digits.

    Parameters
    ----------
    source : Path
        A file, whose bytes count; or a folder, of whose files names, sizes and times count.

    Raises
    ------
    RecipeError
        If it is not there.
    """
    digest = hashlib.sha256()
    if source.is_dir():
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            stat = path.stat()
            inside = path.relative_to(source).as_posix()
            digest.update(json.dumps([inside, stat.st_size, stat.st_mtime_ns]).encode())
        return digest.hexdigest()
    try:
        with source.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise RecipeError(f"The data {source} cannot be read: {error.strerror}.") from error


def cached(
    folder: Path,
    name: str,
    *,
    sources: Sequence[Path],
    transform: Mapping[str, Any],
    shape: tuple[int, ...],
    dtype: DTypeLike,
    fill: Callable[[NDArray[Any]], None],
) -> NDArray[Any]:
    """Return the array of these sources and this transform, building it if it is not there yet.

    Parameters
    ----------
    folder : Path
        Where arrays are kept; made if it is not there.
    name : str
        First part of the file's name, for people.
    sources : sequence of Path
        What the array is made from; when one changes, another array is built.
    transform : mapping
        Plain values that decide how: size, version of the method and the like.
    shape, dtype
        Of the array.
    fill : callable
        Given the array, zeros and writeable, to fill in place.

    Returns
    -------
    ndarray
        Read-only and memory-mapped. Workers that are sent it open the file again.

    Raises
    ------
    RecipeError
        If a source cannot be read.
    OutputError
        If the array cannot be kept, for example on a full disk; nothing half-built is left.
    """
    facts = [[fingerprint(s) for s in sources], dict(transform), shape, np.dtype(dtype).str]
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{key}.npy"
    with FileLock(folder / f"{name}-{key}.lock"):  # several processes begin at once; one builds
        if not path.exists():
            try:
                _build(path, shape, dtype, fill)
            except OSError as error:
                raise OutputError(
                    f"The array {path} cannot be kept: {error.strerror or error}. Free some space, "
                    "or name another cache folder."
                ) from error
    mapped: NDArray[Any] = np.load(path, mmap_mode="r")
    return mapped


def _build(
    path: Path, shape: tuple[int, ...], dtype: DTypeLike, fill: Callable[[NDArray[Any]], None]
) -> None:
    """Build beside, then rename: what bears the array's name is whole."""
    temporary = path.with_name(f".limner-{secrets.token_hex(8)}.tmp")
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize + 128
    try:
        # A write into a hole of a mapped file on a full disk would kill the process: take the
        # room first, where the system can.
        array = np.lib.format.open_memmap(temporary, "w+", dtype, shape)
        with temporary.open("r+b") as stream:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(stream.fileno(), 0, size)
        fill(array)
        array.flush()
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
