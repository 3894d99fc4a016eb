"""A journal in an object store: a folder of results in → the journal that fits it, here or there."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limner.batch.journal import Entry, Journal, as_line, is_whole, named, parsed
from limner.errors import InputError
from limner.files import store, write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limner.records import Url

__all__ = ["StoreJournal", "open_journal"]


def open_journal(home: Path | Url, verb: str) -> Journal | StoreJournal:
    """Return the journal of a verb in a folder of results.

    Parameters
    ----------
    home : Path or Url
    verb : str
        Each verb keeps its own.
    """
    name = f".limner-{verb}"
    if isinstance(home, Path):
        return Journal(home / f"{name}.jsonl")
    return StoreJournal(home, home / name)


class StoreJournal:
    """A journal of one small object a picture, because stores cannot append to an object.

    Parameters
    ----------
    home : Url
        Where the results lie.
    folder : Url
        Where the entries lie.
    """

    def __init__(self, home: Url, folder: Url) -> None:
        self._home = home
        self._folder = folder

    def current(self, file: str, key: str) -> Entry | None:
        """Return a picture's entry if its results are whole and what would be made now; see `Journal.current`."""
        try:
            with store.opened(self._of(file)) as opened:
                entry = parsed(opened.read())
        except InputError:
            return None
        if entry is None or (entry.file, entry.key) != (file, key) or not entry.results:
            return None
        return entry if is_whole(entry, self._home) else None

    def keep(self, file: str, key: str, results: list[str], told: Mapping[str, Any]) -> None:
        """Write down that a picture is done; see `Journal.keep`.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        entry = Entry(file, key, named(results, self._home), dict(told))
        write_bytes(self._of(file), as_line(entry))

    def _of(self, file: str) -> Url:
        return (
            self._folder
            / f"{hashlib.sha256(file.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"
        )
