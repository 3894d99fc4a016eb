"""Where the five components of a face lie: a square sketch in → one crop per component, and back.

The windows are the published ones, (108, 156, 128), (255, 156, 128), (182, 232, 160), (169, 301, 192) and the whole
picture on 512 px, moved by at most two pixels so that they fall on whole pixels at 512, 256 and 128 px alike.

References
----------
Chen et al., "DeepFaceDrawing", SIGGRAPH 2020, §4.1: component decomposition, merging by depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape, UnknownName

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "GROUPS",
    "NAMES",
    "WINDOWS",
    "Window",
    "cut",
    "cut_all",
    "gate_map",
    "ink_trust",
    "soft_window",
    "spread",
]


@dataclass(frozen=True, slots=True)
class Window:
    """One component's square.

    Parameters
    ----------
    name : str
        ``left-eye`` is the sitter's left, on the picture's right.
    x, y, side : int
        Upper left corner and side in px of a 256 px sketch; all even.
    latent : tuple of int
        Channels, rows, columns of the component's code.
    """

    name: str
    x: int
    y: int
    side: int
    latent: tuple[int, int, int]

    def at(self, size_px: int) -> tuple[int, int, int]:
        """Return x, y, side on a sketch of `size_px`, a multiple of 128."""
        return self.x * size_px // 256, self.y * size_px // 256, self.side * size_px // 256

    @property
    def codes(self) -> int:
        """Numbers in the component's code."""
        return int(np.prod(self.latent))


#: In the order of merging: what comes later lies on top.
WINDOWS: dict[str, Window] = {
    w.name: w
    for w in (
        Window("rest", 0, 0, 256, (6, 16, 16)),
        Window("mouth", 84, 150, 96, (10, 6, 6)),
        Window("nose", 92, 116, 80, (10, 5, 5)),
        Window("right-eye", 54, 78, 64, (12, 4, 4)),
        Window("left-eye", 128, 78, 64, (12, 4, 4)),
    )
}

NAMES: tuple[str, ...] = tuple(WINDOWS)

#: What a user may name → the components it stands for.
GROUPS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in NAMES},
    "eyes": ("right-eye", "left-eye"),
    "all": NAMES,
}


#: Ink fades below the inverse of this confidence.
_INK_FADES = 3.0


def cut(ink: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """Return one component's crop of a sketch.

    Parameters
    ----------
    ink : ndarray of shape (S, S), float32
        0 paper to 1 ink; S is a multiple of 128.
    name : str
        One of `NAMES`.

    Returns
    -------
    ndarray of shape (side, side), float32
        For ``rest`` the whole sketch with the four other windows left blank.

    Examples
    --------
    >>> import numpy as np
    >>> cut(np.ones((256, 256), np.float32), "nose").shape
    (80, 80)
    >>> float(cut(np.ones((256, 256), np.float32), "rest")[100, 70])
    0.0
    """
    if ink.ndim != 2 or ink.shape[0] != ink.shape[1] or ink.shape[0] % 128:
        raise BadShape(f"A sketch has shape {ink.shape}, wanted a square of a multiple of 128 px.")
    if name not in WINDOWS:
        raise UnknownName.among("component", name, NAMES)
    size = ink.shape[0]
    if name == "rest":
        crop = ink.astype(np.float32, copy=True)
        for other in NAMES[1:]:
            x, y, side = WINDOWS[other].at(size)
            crop[y : y + side, x : x + side] = 0
        return crop
    x, y, side = WINDOWS[name].at(size)
    return ink[y : y + side, x : x + side].astype(np.float32, copy=True)


def cut_all(ink: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Return every component's crop by name."""
    return {name: cut(ink, name) for name in NAMES}


def soft_window(name: str, size_px: int, feather_px: float) -> NDArray[np.float32]:
    """Return how much of a component shows inside its own window, (side, side) float32, 1 but for a soft rim.

    The rim is a raised cosine `feather_px` wide, 0 at the border, so that merged maps show no seam; the remainder has
    none.
    """
    side = WINDOWS[name].at(size_px)[2]
    if name == "rest":
        return np.ones((side, side), np.float32)
    away = np.minimum(np.arange(side) + 0.5, side - np.arange(side) - 0.5)
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.clip(away / feather_px, 0, 1))
    return np.asarray(np.minimum.outer(ramp, ramp), np.float32)


def gate_map(confidence: dict[str, float], size_px: int = 256) -> NDArray[np.float32]:
    """Return how far the ink itself is trusted, per pixel.

    Parameters
    ----------
    confidence : dict
        Component → 0 (only what faces look like) to 1 (exactly what was drawn); a missing one counts as 1.
    size_px : int
        Side of the map.

    Returns
    -------
    ndarray of shape (size_px, size_px), float32
        Components merged as feature maps are: eyes over nose over mouth over the rest, rims soft.
    """
    gate = np.full((size_px, size_px), confidence.get("rest", 1.0), np.float32)
    for name in NAMES[1:]:
        x, y, side = WINDOWS[name].at(size_px)
        alpha = soft_window(name, size_px, size_px / 32)
        view = gate[y : y + side, x : x + side]
        view += alpha * (np.float32(confidence.get(name, 1.0)) - view)
    return gate


def ink_trust(confidence: dict[str, float]) -> dict[str, float]:
    """Return how far each component's ink is trusted at its confidence: wholly down to a third, then ever less.

    Codes follow the confidence itself. Ink says where strands and lashes lie, which no code does, so less of it makes
    a smoother face and no likelier one; only who trusts the drawing hardly at all wants none of it.

    Examples
    --------
    >>> ink_trust({"nose": 0.5, "mouth": 0.0})
    {'nose': 1.0, 'mouth': 0.0}
    """
    return {name: min(1.0, _INK_FADES * value) for name, value in confidence.items()}


def spread(values: dict[str, float] | float, default: float) -> dict[str, float]:
    """Return one value per component from a number or from names and groups of components.

    Parameters
    ----------
    values : dict or float
        Keys are those of `GROUPS`; a single component outweighs a group, a group outweighs ``all``.
    default : float
        For components that nothing names.

    Raises
    ------
    UnknownName
        If a key is neither a component nor a group.
    BadShape
        If a value leaves 0 to 1.

    Examples
    --------
    >>> spread({"eyes": 0.7, "left-eye": 0.2}, 1.0)["left-eye"]
    0.2
    """
    if not isinstance(values, dict):
        values = {"all": values}
    for key, value in values.items():
        if key not in GROUPS:
            raise UnknownName.among("component", key, GROUPS)
        if not 0 <= value <= 1:
            raise BadShape(f"The confidence of {key} is {value}; it runs from 0 to 1.")
    out = dict.fromkeys(NAMES, float(default))
    for key in sorted(values, key=lambda k: -len(GROUPS[k])):
        out.update(dict.fromkeys(GROUPS[key], float(values[key])))
    return out
