"""A graph of the user's own, outside the ledger: the path of an ONNX file in → one picture's descriptor at a time.

Nothing here ships a network. The file is audited as Limner's own are, and runs on ONNX Runtime.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from limner.errors import BadShape, MissingWeights, UnknownName
from limner.weights.audit import audit
from limner.weights.engines import onnx_session

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

__all__ = ["RANGES", "Descriptor"]

#: What a network may want a pixel's 0 to 255 to be: a scale and what is added to it.
RANGES = {"0..255": (1.0, 0.0), "0..1": (1 / 255, 0.0), "-1..1": (2 / 255, -1.0)}
_USUAL_PX = 112


class Descriptor:
    """A network that turns an RGB picture into a vector.

    Parameters
    ----------
    path : path
        An ONNX file with one input, (N, 3, H, W) or (N, H, W, 3), whose first output is the vector.
    pixel_range : str
        A key of `RANGES`.

    Raises
    ------
    MissingWeights
        If there is no such file.
    CorruptWeights
        If it is refused or cannot be opened.
    BadShape
        If it does not take one picture.
    UnknownName
        If there is no such range.
    """

    def __init__(self, path: str | os.PathLike[str], *, pixel_range: str = "-1..1") -> None:
        if pixel_range not in RANGES:
            raise UnknownName.among("range", pixel_range, RANGES)
        self.scale, self.offset = RANGES[pixel_range]
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise MissingWeights(
                f"The network {str(path)!r} cannot be read ({error.strerror}); give an ONNX file."
            ) from error
        audit(data)
        self._session = onnx_session(data, repr(str(path)), 1)
        wanted = self._session.get_inputs()
        shape = list(wanted[0].shape) if wanted else []
        if len(wanted) != 1 or len(shape) != 4 or 3 not in (shape[1], shape[3]):
            raise BadShape(
                f"{str(path)!r} has {len(wanted)} inputs, the first of shape {shape}; wanted one of "
                "shape (1, 3, H, W) or (1, H, W, 3), a picture."
            )
        self._name, self._planes_first = wanted[0].name, shape[1] == 3
        side = shape[2]
        self.size_px = side if isinstance(side, int) and side > 0 else _USUAL_PX

    def describe(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the vector (D,) of a picture (`size_px`, `size_px`, 3), sRGB.

        Raises
        ------
        BadShape
            If the picture does not fit, or the answer holds what is no number.
        """
        taken: NDArray[Any] = pixels.astype(np.float32) * self.scale + self.offset
        taken = taken.transpose(2, 0, 1) if self._planes_first else taken
        try:
            out = self._session.run(None, {self._name: np.ascontiguousarray(taken[None])})[0]
        except Exception as error:
            raise BadShape(
                f"The picture does not fit the network: {str(error).splitlines()[0]}"
            ) from error
        found = np.asarray(out, np.float32).ravel()
        if not np.isfinite(found).all() or not found.any():
            raise BadShape("The network's descriptor holds no direction; try another range.")
        return found
