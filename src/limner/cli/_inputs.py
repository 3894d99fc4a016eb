"""What to work on: files, globs, folders and ``-`` in → one `Item` for each picture, in a stable order."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from limner import api
from limner.errors import InputError, UnreadablePhoto

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from limner.api import Place
    from limner.records import Photo, Url

__all__ = ["Item", "Reading", "expand"]

#: A folder or glob gives the files that end in one of these; a file named outright is read whatever its name.
_PICTURE_SUFFIXES = frozenset(
    f".{end}"
    for end in (
        *("jpg", "jpeg", "jpe", "jfif", "mpo"),
        *("png", "apng", "webp", "gif"),
        *("tif", "tiff", "heic", "heif"),
    )
)


@dataclass(frozen=True)
class Item:
    """One picture to work on.

    Parameters
    ----------
    label : str
        How it is called in messages and JSON: the path as it was given, ``-`` for stdin.
    path : Path or Url, optional
        None for stdin.
    problem : str
        Why it can be no picture, where that is known before it is opened.
    """

    label: str
    path: Place | None
    problem: str = ""


@dataclass(frozen=True)
class Reading:
    """How pictures are read; the options of the same names."""

    frame: int = 0
    background: tuple[int, int, int] = (255, 255, 255)
    max_side: int | None = None
    max_megabytes: float | None = None
    max_megapixels: float | None = None

    def read(self, item: Item) -> Photo:
        """Return the picture of `item`.

        Raises
        ------
        UnreadablePhoto
            If it cannot be read.
        """
        if item.problem:
            raise UnreadablePhoto(item.problem)
        return api.read_photo(
            "-" if item.path is None else item.path,
            frame=self.frame,
            background=self.background,
            max_side_px=self.max_side,
            max_megabytes=self.max_megabytes,
            max_megapixels=self.max_megapixels,
        )


def expand(words: Sequence[str], *, styles: Sequence[str] = ()) -> tuple[Item, ...]:
    """Return the pictures that `words` mean, each once.

    Parameters
    ----------
    words : sequence of str
        Paths, globs (quoted, so that the shell did not expand them), folders, or ``-``; each may be an address in an
        object store.
    styles : sequence of str
        Names whose outputs, as ``me-croquis.png`` beside ``me.jpg``, a folder or glob does not give back as inputs.

    Returns
    -------
    tuple of Item
        In the order given; a folder's or glob's files by name. A word that means nothing is an item with a `problem`.
    """
    own = (*styles, "lines", "labels")
    items: dict[str, Item] = {}
    for word in words:
        for item in _meanings(word, own):
            items.setdefault(_identity(item), item)
    return tuple(items.values())


def _identity(item: Item) -> str:
    return os.path.realpath(item.path) if isinstance(item.path, Path) else item.label


def _meanings(word: str, own: tuple[str, ...]) -> Iterator[Item]:
    if word == "-":
        yield Item("-", None)
        return
    path = api.place(word)
    if not isinstance(path, Path):
        yield from _stored(word, path, own)
        return
    if path.is_dir():
        try:
            inside = _without_outputs(_pictures(os.scandir(path)), own)
        except OSError as error:
            yield Item(word, path, f"The folder {word!r} cannot be opened: {error.strerror}.")
            return
        none = f"The folder {word!r} holds no pictures; it may hold JPEG, PNG, WebP, GIF or TIFF."
    elif not os.path.lexists(path) and glob.has_magic(word):
        found = glob.glob(word, recursive=True)  # noqa: PTH207 - takes absolute and ** patterns alike
        inside = _without_outputs(sorted(name for name in found if Path(name).is_file()), own)
        none = f"No file matches {word!r}."
    else:
        yield Item(word, path)
        return
    if not inside:
        yield Item(word, path, none)
    yield from (Item(name, Path(name)) for name in inside)


def _stored(word: str, url: Url, own: tuple[str, ...]) -> Iterator[Item]:
    """Yield what an address in an object store means."""
    try:
        found = api.list_place(url)
    except InputError as error:
        yield Item(word, url, str(error))
        return
    if found is None:
        yield Item(str(url), url)
        return
    if not glob.has_magic(word):
        found = tuple(u for u in found if u.suffix.lower() in _PICTURE_SUFFIXES)
    names = [str(u) for u in found if not u.name.startswith(".")]
    inside = _without_outputs(names, own)
    if not inside:
        yield Item(word, url, f"There are no pictures at {word!r}.")
    yield from (Item(name, api.place(name)) for name in inside)


def _pictures(entries: Iterator[os.DirEntry[str]]) -> list[str]:
    return sorted(
        entry.path
        for entry in entries
        if not entry.name.startswith(".")
        and Path(entry.name).suffix.lower() in _PICTURE_SUFFIXES
        and entry.is_file()
    )


def _without_outputs(names: list[str], own: tuple[str, ...]) -> list[str]:
    """Leave out what an earlier run wrote: ``me-croquis.png`` where ``me.*`` is there too."""
    stems = {(Path(name).parent, Path(name).stem) for name in names}

    def is_output(name: str) -> bool:
        stem, dash, tail = Path(name).stem.rpartition("-")
        return bool(dash) and tail in own and (Path(name).parent, stem) in stems

    return [name for name in names if not is_output(name)]
