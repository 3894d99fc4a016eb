"""A head under control: codes and residual maps of its parts in → `Head`; the table of the parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.records._check import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from limner.records.photo import Photo
    from limner.records.semantic import SemanticMap

__all__ = ["HEAD_PARTS", "UNPAINTED", "Head", "HeadPaint", "HeadPart", "HeadSource"]

#: In a painted map: here nothing was painted.
UNPAINTED = 255

#: The parts that a head is made of: groups of the 19 classes. The order is that of every stack of part maps.
HEAD_PARTS: dict[str, tuple[int, ...]] = {
    "skin": (1,),
    "nose": (2,),
    "eyes": (4, 5),
    "brows": (6, 7),
    "mouth": (10, 11, 12),
    "ears": (8, 9),
    "hair": (13,),
    "neck": (17, 16),
    "clothes": (18,),
    "glasses": (3,),
    "hat": (14,),
    "earrings": (15,),
}


@dataclass(frozen=True, slots=True, eq=False)
class HeadPart:
    """What makes one part of one head.

    Parameters
    ----------
    codes : ndarray of shape (n,), float32
        Shape, then texture.
    residual : ndarray of shape (channels, side, side), float16
        On the part's canonical window: what a photograph showed beyond the codes. Zero for a head without one.

    Raises
    ------
    BadShape
        If an array has the wrong shape or is not finite.
    """

    codes: NDArray[np.float32]
    residual: NDArray[np.float16]

    def __post_init__(self) -> None:
        """Validate the arrays and make them read-only."""
        codes = frozen("HeadPart.codes", self.codes, dtype=np.float32, shape=(None,))
        residual = frozen(
            "HeadPart.residual", self.residual, dtype=np.float16, shape=(None, None, None)
        )
        object.__setattr__(self, "codes", codes)
        object.__setattr__(self, "residual", residual)


@dataclass(frozen=True, slots=True, eq=False)
class HeadSource:
    """The photograph that a head was made from, as its own camera saw it.

    Parameters
    ----------
    photo : Photo
        The square head crop, at most 512 px a side.
    semantic : SemanticMap
        Its classes, at the same size.
    yaw_deg, pitch_deg : float
        Where that camera stood; positive: at the sitter's left; above.
    crop_from_photo : ndarray of shape (2, 3), float64
        Similarity from the whole photograph's px to the crop's.
    joined : tuple of str
        Parts of another head's photograph that were joined into it; names of `HEAD_PARTS`.

    Raises
    ------
    BadShape
        If the crop is not square, the sizes differ, or there is no such part.
    """

    photo: Photo
    semantic: SemanticMap
    yaw_deg: float
    pitch_deg: float
    crop_from_photo: NDArray[np.float64]
    joined: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Validate sizes and make the matrix read-only."""
        strangers = sorted(set(self.joined) - set(HEAD_PARTS))
        if strangers:
            raise BadShape(f"HeadSource.joined names parts that there are not: {strangers}.")
        width, height = self.photo.size_px
        if width != height or self.semantic.labels.shape != (height, width):
            raise BadShape(
                f"HeadSource has a photograph of {width} × {height} px and labels of "
                f"{self.semantic.labels.shape}; wanted one square size."
            )
        if not (np.isfinite(self.yaw_deg) and np.isfinite(self.pitch_deg)):
            raise BadShape(
                f"HeadSource's camera is at {self.yaw_deg}°, {self.pitch_deg}°: no angles."
            )
        matrix = frozen(
            "HeadSource.crop_from_photo", self.crop_from_photo, dtype=np.float64, shape=(2, 3)
        )
        object.__setattr__(self, "crop_from_photo", matrix)


@dataclass(frozen=True, slots=True, eq=False)
class HeadPaint:
    """What somebody painted on a head's map of classes, as one camera saw it.

    Parameters
    ----------
    labels : ndarray of shape (S, S), uint8
        Class ids where something was painted, `UNPAINTED` elsewhere.
    photo : ndarray of shape (S, S, 3), uint8
        How what was painted looks.
    depth_m : ndarray of shape (S, S), float32
        Where it lies, along that camera's z.
    yaw_deg, pitch_deg : float
        Where the camera stood.

    Raises
    ------
    BadShape
        If the sizes differ, a class does not exist, or an angle is not finite.
    """

    labels: NDArray[np.uint8]
    photo: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    yaw_deg: float
    pitch_deg: float

    def __post_init__(self) -> None:
        """Validate the arrays and make them read-only."""
        side = len(self.labels)
        shape = (side, side)
        labels = frozen("HeadPaint.labels", self.labels, dtype=np.uint8, shape=shape)
        if ((labels > 18) & (labels != UNPAINTED)).any():
            raise BadShape("HeadPaint.labels holds classes that do not exist.")
        photo = frozen("HeadPaint.photo", self.photo, dtype=np.uint8, shape=(*shape, 3))
        depth = frozen("HeadPaint.depth_m", self.depth_m, dtype=np.float32, shape=shape, low=0)
        if not (np.isfinite(self.yaw_deg) and np.isfinite(self.pitch_deg)):
            raise BadShape(f"HeadPaint's camera is at {self.yaw_deg}°, {self.pitch_deg}°.")
        for name, array in (("labels", labels), ("photo", photo), ("depth_m", depth)):
            object.__setattr__(self, name, array)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """One person's head, from a photograph or a seed.

    Parameters
    ----------
    base : ndarray of shape (n,), float32
        The code that all parts share: proportions, age, tone.
    parts : mapping of str to HeadPart
        One for each of `HEAD_PARTS`.
    source : HeadSource, optional
        The photograph that it was made from.
    seed : int, optional
        What it was sampled from.
    edited : tuple of str
        Parts that are no longer the source's own; its pixels are not used for them.
    kind : str
        Which field the codes are for.
    weights : mapping of str to str
        Name of each graph that made it → the first 12 digits of its sha256.
    painted : tuple of HeadPaint
        What was painted on its map of classes, the last on top.

    Raises
    ------
    BadShape
        If a part is missing or unknown.
    """

    base: NDArray[np.float32]
    parts: Mapping[str, HeadPart]
    source: HeadSource | None = None
    seed: int | None = None
    edited: tuple[str, ...] = ()
    kind: str = "parts"
    weights: Mapping[str, str] = field(default_factory=dict)
    painted: tuple[HeadPaint, ...] = ()

    def __post_init__(self) -> None:
        """Validate the parts and make the code read-only."""
        base = frozen("Head.base", self.base, dtype=np.float32, shape=(None,))
        if set(self.parts) != set(HEAD_PARTS):
            odd = sorted(set(self.parts) ^ set(HEAD_PARTS))
            raise BadShape(f"Head.parts must be those of HEAD_PARTS; these differ: {odd}.")
        shapes = {(p.codes.shape, p.residual.shape) for p in self.parts.values()}
        if len(shapes) != 1:
            raise BadShape(f"The parts of a head must have one shape, these have {sorted(shapes)}.")
        strangers = sorted(set(self.edited) - set(HEAD_PARTS))
        if strangers:
            raise BadShape(f"Head.edited names parts that there are not: {strangers}.")
        object.__setattr__(self, "base", base)
        object.__setattr__(self, "edited", tuple(k for k in HEAD_PARTS if k in self.edited))
        object.__setattr__(self, "parts", {k: self.parts[k] for k in HEAD_PARTS})

    @property
    def stale(self) -> tuple[str, ...]:
        """Edited parts that the photograph does not show as they are: those not joined into it."""
        joined = () if self.source is None else self.source.joined
        return tuple(k for k in self.edited if k not in joined)

    def stacked(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return all codes (parts, n) and residuals (parts, channels, side, side), in order."""
        codes = np.stack([p.codes for p in self.parts.values()])
        residual = np.stack([p.residual for p in self.parts.values()]).astype(np.float32)
        return codes, residual
