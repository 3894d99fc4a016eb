"""Object stores: an address such as ``s3://bucket/me.jpg`` in → the object's bytes, or an object put whole.

The one place where Limner may speak to a network, and only to the store whose address its user typed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from limner.errors import InputError, LimnerError, MissingExtra
from limner.records import Url

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check", "listed", "opened", "put", "state"]

#: Each scheme and the package that speaks to such a store. ``memory`` lasts as long as the process: for trying out.
_DRIVERS = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "az": "adlfs",
    "abfs": "adlfs",
    "abfss": "adlfs",
    "oss": "ossfs",
    "memory": "fsspec",
}
_MAGIC = frozenset("*?[")


def check(url: Url) -> None:
    """Make sure that such a store can be spoken to, before there is work to lose.

    Raises
    ------
    InputError
        If it is no object store, or it has refused.
    MissingExtra
        If what speaks to it is not installed.
    """
    _store(url)


@contextmanager
def opened(url: Url) -> Iterator[Any]:
    """Open an object for reading in binary.

    Raises
    ------
    InputError, MissingExtra
        As for `check`, and if the object cannot be read.
    """
    store = _store(url)
    with _sentences(url, "read"), store.open(str(url), "rb") as file:
        yield file


def put(url: Url, data: bytes) -> None:
    """Put an object: its name shows the old content or the whole new one, as stores promise it.

    Raises
    ------
    InputError, MissingExtra
        As for `check`, and if the object cannot be written.
    """
    store = _store(url)
    with _sentences(url, "written"):
        store.pipe_file(str(url), data)


def listed(url: Url) -> tuple[Url, ...] | None:
    """Return the objects that an address means beside itself.

    Returns
    -------
    tuple of Url, optional
        What matches, if it has one of ``*?[``; what lies right under it, if it is a folder; by name. None if it can
        only be an object.

    Raises
    ------
    InputError, MissingExtra
        As for `check`, and if the store refuses.
    """
    store = _store(url)
    with _sentences(url, "listed"):
        store.invalidate_cache()
        if _MAGIC & set(url.key):
            names = [n for n, told in store.glob(str(url), detail=True).items() if _is_file(told)]
        elif store.isdir(str(url)):
            names = [told["name"] for told in store.ls(str(url), detail=True) if _is_file(told)]
        else:
            return None
    bare = (str(name).rpartition("://")[2].strip("/") for name in names)
    return tuple(sorted(Url(url.scheme, key) for key in bare))


def state(url: Url) -> object | None:
    """Return what changes when an object is written anew; None if it is not there."""
    store = _store(url)
    try:
        told = store.info(str(url))
    except Exception:  # noqa: BLE001 - whatever a driver raises, there is nothing to be read yet
        return None
    stamps = ("ETag", "etag", "md5Hash", "LastModified", "last_modified", "mtime", "created")
    return told.get("size"), *(str(told[name]) for name in stamps if name in told)


def _is_file(told: dict[str, Any]) -> bool:
    return told.get("type") == "file"


def _store(url: Url) -> Any:
    driver = _DRIVERS.get(url.scheme)
    if driver is None:
        raise InputError(
            f"{str(url)!r} is no object store that is spoken to; there are: "
            f"{', '.join(f'{name}://' for name in _DRIVERS)}. Fetch it into a file first."
        )
    try:
        import fsspec
    except ImportError as error:
        raise MissingExtra.of("store", f"{url.scheme}://") from error
    try:
        return fsspec.filesystem(url.scheme)
    except ImportError as error:
        raise MissingExtra(f"{url.scheme}:// needs a package more: pip install {driver}") from error
    except Exception as error:
        raise InputError(f"{url} cannot be reached: {_first_line(error)}.") from error


@contextmanager
def _sentences(url: Url, done: str) -> Iterator[None]:
    """Turn whatever a driver raises into one sentence."""
    try:
        yield
    except LimnerError:
        raise
    except FileNotFoundError as error:
        what = "does not exist. Check its name and folder."
        raise InputError(f"{url} {what}") from error
    except Exception as error:
        raise InputError(f"{url} cannot be {done}: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
