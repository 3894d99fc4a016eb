"""Any folder of pictures in → its photographs by name, read as a user's files are read anywhere.

What is no picture, is broken or is over a limit is left out and remembered, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from limner.errors import InputError, RecipeError, UnknownName
from limner.files.image import Limits, read_photo
from limner.files.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from limner.records import Photo

__all__ = ["PhotoFolder"]

_HEAD_BYTES = 4096


class PhotoFolder:
    """The photographs below a folder, found by content.

    Parameters
    ----------
    folder : Path
        Searched through all its folders; names that begin with a dot are passed over.
    limits : Limits, optional
        What is refused before it is decoded.

    Attributes
    ----------
    names : tuple of str
        Paths below `folder`, with ``/``, sorted, so that the order is the same on every machine.
    refused : dict of str to str
        Name → why it was left out; grows as photographs are read.

    Raises
    ------
    RecipeError
        If the folder is not there or holds no picture.
    """

    def __init__(self, folder: Path, *, limits: Limits | None = None) -> None:
        if not folder.is_dir():
            raise RecipeError(f"The folder {folder} is not there; name a folder of photographs.")
        self.folder = folder
        self.refused: dict[str, str] = {}
        self._limits = limits
        self.names = tuple(sorted(self._found()))
        if not self.names:
            raise RecipeError(f"The folder {folder} holds no picture that is read here.")

    def _found(self) -> Iterator[str]:
        for path in self.folder.rglob("*"):
            inside = path.relative_to(self.folder)
            if any(part.startswith(".") for part in inside.parts) or not path.is_file():
                continue
            try:
                with path.open("rb") as stream:
                    sniff(stream.read(_HEAD_BYTES), inside.name)
            except (InputError, OSError) as error:
                self.refused[inside.as_posix()] = str(error)
                continue
            yield inside.as_posix()

    def __len__(self) -> int:
        """Return how many pictures were found; some may still turn out broken."""
        return len(self.names)

    def photo(self, name: str) -> Photo:
        """Return one photograph, upright sRGB.

        Raises
        ------
        UnknownName
            If `name` is not one of `names`.
        UnreadablePhoto
            If it is broken.
        """
        if name not in self.names:
            raise UnknownName.among("photograph", name, self.names)
        return read_photo(self.folder / name, limits=self._limits)

    def __iter__(self) -> Iterator[tuple[str, Photo]]:
        """Yield (name, photograph) in order, leaving out those that cannot be read."""
        for name in self.names:
            try:
                photo = self.photo(name)
            except (InputError, ImportError) as error:
                self.refused[name] = str(error)
                continue
            yield name, photo
