"""A place in an object store: the text ``s3://bucket/me.jpg`` in → its scheme, name and neighbours; no network."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

__all__ = ["Url"]

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Url(os.PathLike[str]):
    """An object's address, which answers what a `pathlib.Path` answers where the same is asked of both.

    Parameters
    ----------
    scheme : str
        Which kind of store: ``s3``, ``gs``, ``az`` …
    key : str
        Bucket, folders and name, between slashes; empty for the store itself.

    Examples
    --------
    >>> me = Url.parsed("s3://bucket/holiday/me.jpg")
    >>> me.name, me.stem, me.suffix, str(me.parent), str(me.parent / "you.png")
    ('me.jpg', 'me', '.jpg', 's3://bucket/holiday', 's3://bucket/holiday/you.png')
    >>> Url.parsed("holiday/me.jpg") is None
    True
    """

    scheme: str
    key: str

    @classmethod
    def parsed(cls, word: str | os.PathLike[str]) -> Url | None:
        """Return the address that `word` is, or None if it is a path on this machine."""
        found = _URL.fullmatch(os.fspath(word))
        return None if found is None else cls(found[1].lower(), found[2].strip("/"))

    @property
    def name(self) -> str:
        """The last part."""
        return PurePosixPath(self.key).name

    @property
    def stem(self) -> str:
        """The last part without its end."""
        return PurePosixPath(self.key).stem

    @property
    def suffix(self) -> str:
        """The last part's end with its dot."""
        return PurePosixPath(self.key).suffix

    @property
    def parent(self) -> Url:
        """The folder."""
        return Url(self.scheme, self.key.rpartition("/")[0])

    def with_name(self, name: str) -> Url:
        """Return another object of the same folder."""
        return self.parent / name

    def with_suffix(self, suffix: str) -> Url:
        """Return the object with another end, or with none."""
        return self.parent / f"{self.stem}{suffix}"

    def resolve(self) -> Url:
        """Return itself: a store has no links."""
        return self

    def __truediv__(self, name: str) -> Url:
        return Url(self.scheme, f"{self.key}/{name}".strip("/"))

    def __fspath__(self) -> str:
        return f"{self.scheme}://{self.key}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.key}"
