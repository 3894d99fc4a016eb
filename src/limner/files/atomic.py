"""Files out, whole or not at all: a path and bytes in → the file replaced at one stroke, or an `OutputError`."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
from pathlib import Path

from limner.errors import InputError, OutputError
from limner.files import store
from limner.files.source import shown
from limner.records import Url

__all__ = ["sweep", "write_bytes"]

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space",
    errno.EDQUOT: "your share of the disk is used up. Free some space",
    errno.EFBIG: "the file would be larger than is allowed here. Raise the limit (ulimit -f)",
    errno.EROFS: "the disk is read-only. Choose another folder",
    errno.EACCES: "you may not write there. Choose another folder or change its rights",
    errno.EPERM: "you may not write there. Choose another folder or change its rights",
    errno.ENOENT: "its folder does not exist. Make the folder first",
    errno.ENOTDIR: "a part of its path is a file, not a folder. Choose another path",
    errno.EISDIR: "it is a folder. Give the name of a file",
    errno.ENAMETOOLONG: "its name is too long. Choose a shorter one",
    errno.EPIPE: "the program that was reading it has ended",
}


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file so that its name always shows the old content or the whole new one.

    Parameters
    ----------
    path : path
        Where; the text ``"-"`` is standard output. A link is followed. Pipes and devices are written to directly; text
        with ``://`` is an address in an object store, which puts an object whole by itself.
    data : bytes
        All that the file will hold.

    Raises
    ------
    OutputError
        If it cannot be written: what was there before is untouched and no temporary file is left.

    Notes
    -----
    A temporary file in the same folder, `fsync`, then `os.replace`, which file systems do at one stroke. The same
    cleaning up follows an interruption (any exception) between these steps.
    """
    try:
        if path == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
            return
        url = Url.parsed(path)
        if url is not None:
            store.put(url, data)
            return
        # The file that a link stands for: replacing the link itself would cut it.
        target = Path(os.path.realpath(path))
        if _is_special(target):
            with target.open("wb", buffering=0) as file:
                _write_all(file.fileno(), data)
            return
        _replace(target, data)
    except InputError as error:
        raise OutputError(str(error)) from error
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None) or 0
        reason = _REASONS.get(number) or f"{getattr(error, 'strerror', None) or error}"
        name = "Standard output" if path == "-" else shown(path)
        raise OutputError(f"{name} could not be written: {reason}.") from error


def sweep(folder: str | os.PathLike[str]) -> int:
    """Remove temporary files of writers that were killed, which could not clean up after themselves.

    Parameters
    ----------
    folder : path
        Where they may lie; it need not be there.

    Returns
    -------
    int
        How many were removed. Files that a writer still holds stay; so does all where files cannot be locked (Windows).
    """
    try:
        import fcntl
    except ImportError:
        return 0
    removed = 0
    for path in Path(folder).glob(".limner-*.tmp"):
        with contextlib.suppress(OSError):
            number = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                removed += 1
            finally:
                os.close(number)
    return removed


def _hold(number: int) -> None:
    """Lock a new file as long as it is open, so that `sweep` leaves it alone; the system unlocks after a kill."""
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_special(target: Path) -> bool:
    """Say whether `target` is a pipe or a device; refuse a folder and a file marked read-only."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not os.access(target, os.W_OK):
        # Replacing would only ask for the folder's right; the mark on the file was meant.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return not stat.S_ISREG(mode)


def _replace(target: Path, data: bytes) -> None:
    # A short name of its own: the target's may already be as long as a file system allows.
    temporary = target.with_name(f".limner-{secrets.token_hex(8)}.tmp")
    number = -1
    try:
        number = os.open(temporary, _NEW_FILE, 0o666)
        _hold(number)
        with contextlib.suppress(OSError):
            os.chmod(temporary, stat.S_IMODE(target.stat().st_mode))  # noqa: PTH101
        _write_all(number, data)
        os.fsync(number)
        os.close(number)
        number = -1
        temporary.replace(target)
    except BaseException:
        if number >= 0:
            os.close(number)
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _write_all(number: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(number, view) :]


def _sync_folder(folder: Path) -> None:
    """Make the new name itself last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
