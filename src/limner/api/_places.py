"""Where things lie: words in → a path of this machine or an address in an object store, and what is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from limner.records import Url

__all__ = ["Place", "list_place", "make_folder", "place", "place_state"]

#: A file or folder here, or an object or its folder in a store.
Place: TypeAlias = "Path | Url"


def place(word: str) -> Place:
    """Return where a word leads.

    Examples
    --------
    >>> str(place("s3://bucket/me.jpg")), place("me.jpg").name
    ('s3://bucket/me.jpg', 'me.jpg')
    """
    from limner.records import Url

    return Url.parsed(word) or Path(word)


def list_place(url: Url) -> tuple[Url, ...] | None:
    """Return the objects that an address with ``*``, or a folder's, means; None if it is an object's.

    Raises
    ------
    InputError, MissingExtra
        If the store cannot be asked.
    """
    from limner.files import store

    return store.listed(url)


def make_folder(where: Place) -> Place:
    """Make a folder if need be; of an object store only make sure that it can be spoken to.

    Raises
    ------
    OutputError
        If it cannot be made.
    MissingExtra
        If what speaks to the store is not installed.
    """
    from limner.errors import InputError, OutputError
    from limner.files import store

    try:
        if isinstance(where, Path):
            where.mkdir(parents=True, exist_ok=True)
        else:
            store.check(where)
    except InputError as error:
        raise OutputError(str(error)) from error
    except OSError as error:
        raise OutputError(
            f"The folder {str(where)!r} cannot be made: {error.strerror or error}; choose another -o."
        ) from error
    return where


def place_state(where: Place) -> object | None:
    """Return what changes when a file or object is written anew; None if it is not there."""
    from limner.files import store

    if not isinstance(where, Path):
        return store.state(where)
    try:
        found = where.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
