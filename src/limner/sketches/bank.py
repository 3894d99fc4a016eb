"""The people whose components are known: a file of int8 codes in → matrices to search.

A bank holds no pictures and no names: only codes, in rows whose order says nothing.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape, CorruptWeights, MissingWeights
from limner.sketches.parts import NAMES, WINDOWS

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

__all__ = ["FILE", "Bank", "open_bank"]

#: The bank that ships, beside this file.
FILE = "people.npz"

_FORM = 1
#: Codes lie in −1 to 1.
_SCALE = np.float32(1 / 127)


@dataclass(frozen=True, eq=False)
class Bank:
    """Codes of the same people for every component.

    Parameters
    ----------
    codes : dict of str to ndarray of shape (M, D), int8
        Component → codes in 127ths.

    Raises
    ------
    BadShape
        If a component is missing, or has another number of people or of numbers.
    """

    codes: dict[str, NDArray[np.int8]]

    def __post_init__(self) -> None:
        """Validate names, shapes and types."""
        if set(self.codes) != set(NAMES):
            raise BadShape(
                f"A bank has the components {sorted(self.codes)}, wanted {sorted(NAMES)}."
            )
        count = {len(v) for v in self.codes.values()}
        if len(count) != 1 or not min(count):
            raise BadShape(f"A bank's components have {sorted(count)} people, wanted one number.")
        for name, array in self.codes.items():
            wanted = WINDOWS[name].codes
            if array.dtype != np.int8 or array.ndim != 2 or array.shape[1] != wanted:
                raise BadShape(
                    f"The bank's {name} has shape {array.shape} of {array.dtype}, "
                    f"wanted (people, {wanted}) of int8."
                )

    def __len__(self) -> int:
        return len(self.codes["rest"])

    @cached_property
    def matrices(self) -> dict[str, NDArray[np.float32]]:
        """Component → (M, D) float32, −1 to 1."""
        return {k: v.astype(np.float32) * _SCALE for k, v in self.codes.items()}

    @cached_property
    def squares(self) -> dict[str, NDArray[np.float32]]:
        """Component → squared lengths, (M,) float32."""
        return {k: np.einsum("md,md->m", v, v) for k, v in self.matrices.items()}

    @cached_property
    def means(self) -> dict[str, NDArray[np.float32]]:
        """Component → everybody's mean code, (D,) float32."""
        return {k: v.mean(0) for k, v in self.matrices.items()}

    @classmethod
    def from_floats(cls, codes: dict[str, NDArray[np.float32]]) -> Bank:
        """Return the bank of codes (M, …) in −1 to 1."""
        short = {
            k: np.rint(np.clip(v.reshape(len(v), -1), -1, 1) * 127).astype(np.int8)
            for k, v in codes.items()
        }
        return cls(short)

    def to_bytes(self) -> bytes:
        """Return the file: a zip of plain arrays, nothing pickled."""
        stream = io.BytesIO()
        arrays = {name: self.codes[name] for name in NAMES}
        np.savez_compressed(stream, form=np.int64(_FORM), **arrays)  # type: ignore[arg-type]
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Bank:
        """Return the bank of a file's bytes.

        Raises
        ------
        CorruptWeights
            If it is cut, holds anything but plain arrays, or is of another form.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                form = int(file["form"])
                codes = {name: file[name] for name in NAMES}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise CorruptWeights(f"The bank of components cannot be read: {error}.") from error
        if form != _FORM:
            raise CorruptWeights(f"The bank of components is of form {form}, wanted {_FORM}.")
        try:
            return cls(codes)
        except BadShape as error:
            raise CorruptWeights(str(error)) from error


def open_bank(path: str | PathLike[str] | None = None) -> Bank:
    """Return the bank of a file, or the one that ships.

    Raises
    ------
    MissingWeights
        If there is none.
    CorruptWeights
        If it cannot be read.
    """
    source = resources.files("limner.sketches") / FILE if path is None else Path(path)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise MissingWeights(
            f"The bank of components is not at {source}; sketches need it, so install Limner anew "
            "or name another bank."
        ) from error
    return Bank.from_bytes(data)
