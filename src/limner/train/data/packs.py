"""The research packs: a folder of tar files and indices in → pictures, labels and landmarks by id.

A pack is a plain ``.tar`` whose members are ``<kind>/<id>.webp`` or ``.png``, with an optional ``.csv`` index and
``.npz`` labels beside it. None of them ships: the folder is an argument of every recipe that reads one.
"""

from __future__ import annotations

import csv
import io
import tarfile
import weakref
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from limner.errors import RecipeError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Pack", "Turnheads", "index", "mesh"]


class Pack:
    """One tar of pictures, read by kind and id.

    Parameters
    ----------
    path : Path
        The tar; stays open, its table of contents in memory.

    Raises
    ------
    RecipeError
        If the file is not there or is no tar.
    """

    def __init__(self, path: Path) -> None:
        self.path = _wanted(path)
        try:
            self._tar = tarfile.open(path)  # noqa: SIM115  (stays open: members are read one at a time)
        except tarfile.TarError as error:
            raise RecipeError(f"{path} is no tar of pictures ({error}); fetch it again.") from error
        weakref.finalize(self, self._tar.close)
        self._members: dict[tuple[str, str], tarfile.TarInfo] = {}
        for member in self._tar.getmembers():
            if member.isfile():
                kind, _, name = member.name.removeprefix("./").partition("/")
                self._members[kind, name.rsplit(".", 1)[0]] = member

    def ids(self, kind: str) -> list[str]:
        """Return the ids of one kind, sorted."""
        return sorted(i for k, i in self._members if k == kind)

    def bytes_of(self, kind: str, name: str) -> bytes:
        """Return the encoded file.

        Raises
        ------
        RecipeError
            If the pack holds no such picture.
        """
        member = self._members.get((kind, name))
        stream = None if member is None else self._tar.extractfile(member)
        if stream is None:
            raise RecipeError(f"The pack {self.path} holds no {kind}/{name}; is it whole?")
        return stream.read()

    def rgb(self, kind: str, name: str) -> NDArray[np.uint8]:
        """Return an (H, W, 3) uint8 picture."""
        with Image.open(io.BytesIO(self.bytes_of(kind, name))) as image:
            return np.asarray(image.convert("RGB"))

    def labels(self, name: str, kind: str = "label") -> NDArray[np.uint8]:
        """Return an (H, W) uint8 map of class ids."""
        with Image.open(io.BytesIO(self.bytes_of(kind, name))) as image:
            return np.asarray(image)


def _wanted(path: Path) -> Path:
    """Return `path`, or say that it is not there."""
    if not path.exists():
        raise RecipeError(
            f"{path.name} is not in {path.parent}; name the folder that holds it with --data."
        )
    return path


def index(path: Path) -> list[dict[str, str]]:
    """Return the rows of a pack's csv."""
    _wanted(path)
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@lru_cache(maxsize=8)
def mesh(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return id → (478, 2 or 3) float32 mesh points in px of the stored picture."""
    with np.load(_wanted(path)) as data:
        if "xyz_px" in data:
            points = data["xyz_px"].astype(np.float32)
        else:
            key = "xyz_quarter_px" if "xyz_quarter_px" in data else "xy_quarter_px"
            points = data[key].astype(np.float32) / 4
        return dict(zip(data["ids"].tolist(), points, strict=True))


class Turnheads:
    """Synthetic heads with exact cameras, labels and depth (a ``turnheads-*.npz``).

    Parameters
    ----------
    path : Path
        The archive.
    """

    def __init__(self, path: Path) -> None:
        with np.load(_wanted(path)) as data:
            self.arrays: dict[str, NDArray[Any]] = {k: data[k] for k in data.files}

    def __len__(self) -> int:
        return len(self.arrays["head"])

    def _picture(self, kind: str, i: int) -> NDArray[Any]:
        offset = self.arrays[f"{kind}_offset"]
        raw = self.arrays[f"{kind}_bytes"][offset[i] : offset[i + 1]].tobytes()
        with Image.open(io.BytesIO(raw)) as image:
            return np.asarray(image.convert("RGB") if kind == "photo" else image)

    def photo(self, i: int) -> NDArray[np.uint8]:
        """Return view `i`, (256, 256, 3) uint8."""
        return self._picture("photo", i)

    def label(self, i: int) -> NDArray[np.uint8]:
        """Return the classes of view `i`, (256, 256) uint8."""
        return self._picture("label", i)

    def depth_mm(self, i: int) -> NDArray[np.uint16]:
        """Return the depth of view `i` along the camera's z, (128, 128), mm, 0 = background."""
        return self._picture("depth", i)
