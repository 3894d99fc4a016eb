"""What was done already: a picture, its settings and a journal in → whether its results are whole and current."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limner.errors import InputError, OutputError
from limner.files import store, sweep
from limner.records import Url

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Entry", "Journal", "as_line", "digest", "is_whole", "named", "parsed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture that was done.

    Parameters
    ----------
    file : str
        The picture, as it was named.
    key : str
        `digest` of the picture's bytes and of everything else that decides the results.
    results : dict of str to str
        Each file that was written → the sha256 of its bytes; a name that is not absolute begins beside the journal.
    told : dict
        What was said of it, to be said again.
    """

    file: str
    key: str
    results: dict[str, str]
    told: dict[str, Any] = field(default_factory=dict)


class Journal:
    """A file of finished pictures, a line each, that survives being killed at any moment.

    Parameters
    ----------
    path : Path
        The file; it need not be there.

    Raises
    ------
    OutputError
        If it is there and cannot be read.

    Notes
    -----
    A line is appended and flushed to the disk only after the results themselves lie there whole. A line that a kill
    cut short, or that anything else spoilt, is passed over: its picture is done again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, Entry] = {}
        try:
            lines = path.read_bytes().split(b"\n") if path.exists() else []
        except OSError as error:
            raise _trouble(path, "read", error) from error
        for line in lines:
            entry = parsed(line)
            if entry is not None:
                self._entries[entry.file] = entry
        # A run that was killed could not clean up; the one that goes on does it for it.
        for folder in (path.parent, *_folders_of(path.parent)):
            sweep(folder)
        # After a cut line the next one must begin afresh.
        self._cut = bool(lines and lines[-1])

    def __len__(self) -> int:
        """Return how many pictures it knows."""
        return len(self._entries)

    def current(self, file: str, key: str) -> Entry | None:
        """Return a picture's entry if its results are whole and what would be made now; else None.

        Parameters
        ----------
        file : str
            The picture, as it is named.
        key : str
            Its `digest` now.
        """
        entry = self._entries.get(file)
        if entry is None or entry.key != key or not entry.results:
            return None
        return entry if is_whole(entry, self.path.parent) else None

    def keep(self, file: str, key: str, results: list[str], told: Mapping[str, Any]) -> None:
        """Write down that a picture is done.

        Parameters
        ----------
        file, key
            As for `current`.
        results : list of str
            The files that were written.
        told : mapping
            What was said of it: plain JSON values.

        Raises
        ------
        OutputError
            If the journal cannot be written.
        """
        entry = Entry(file, key, named(results, self.path.parent), dict(told))
        line = as_line(entry) + b"\n"
        try:
            with self.path.open("ab") as opened:
                opened.write(b"\n" + line if self._cut else line)
                opened.flush()
                os.fsync(opened.fileno())
        except OSError as error:
            raise _trouble(self.path, "written", error) from error
        self._cut = False
        self._entries[file] = entry


def named(results: list[str], home: Path | Url) -> dict[str, str]:
    """Return the names of results, from their home where they lie in it, and the hashes of their bytes."""
    hashes: dict[str, str] = {}
    for result in results:
        place = _place(result)
        if isinstance(place, Path) and isinstance(home, Path):
            whole, around = place.resolve(), home.resolve()
            inside = whole.is_relative_to(around)
            name = (whole.relative_to(around) if inside else whole).as_posix()
        else:
            name = str(place).removeprefix(f"{home}/")
        hashes[name] = _hash_of(place) or ""
    return hashes


def is_whole(entry: Entry, home: Path | Url) -> bool:
    """Say whether every result of a picture is there with the bytes that were written."""
    return all(_hash_of(_from_home(name, home)) == told for name, told in entry.results.items())


def _place(name: str) -> Path | Url:
    return Url.parsed(name) or Path(name)


def _from_home(name: str, home: Path | Url) -> Path | Url:
    place = _place(name)
    return place if isinstance(place, Url) or place.is_absolute() else home / name


def digest(path: Path | Url, settings: Mapping[str, Any]) -> str | None:
    """Return a hash of a picture's bytes and of all settings that decide its results.

    Parameters
    ----------
    path : Path or Url
        The picture.
    settings : mapping
        Anything that has a stable `repr`. Values that name files are taken with the files' bytes.

    Returns
    -------
    str, optional
        64 hex digits; None if the picture cannot be read.
    """
    content = _hash_of(path)
    if content is None:
        return None
    parts = [content]
    for name, value in sorted(settings.items()):
        parts.append(f"{name}={value!r}")
        for word in value if isinstance(value, list | tuple) else (value,):
            named = isinstance(word, str | os.PathLike) and os.path.isfile(word)  # noqa: PTH113
            parts.append((_hash_of(Path(word)) or "") if named else "")
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _hash_of(path: Path | Url) -> str | None:
    try:
        with path.open("rb") if isinstance(path, Path) else store.opened(path) as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except (OSError, InputError):
        return None


def _folders_of(folder: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir()]
    except OSError:
        return []


def as_line(entry: Entry) -> bytes:
    """Return an entry as one line of JSON, without its end."""
    return json.dumps(asdict(entry), separators=(",", ":")).encode()


def parsed(line: bytes) -> Entry | None:
    """Return the entry in a line; None if it is cut or spoilt."""
    try:
        read: dict[str, Any] = json.loads(line)
        entry = Entry(**read)
    except (ValueError, TypeError):
        return None
    kinds = {"file": str, "key": str, "results": dict, "told": dict}
    return entry if all(isinstance(read.get(k), kind) for k, kind in kinds.items()) else None


def _trouble(path: Path, done: str, error: OSError) -> OutputError:
    why = error.strerror or error
    return OutputError(f"The journal {str(path)!r} cannot be {done}: {why}; choose another -o.")
