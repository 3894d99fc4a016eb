"""Which of seven strokes a patch of a drawing should show: classes in → types; with the drawing → stroke accuracy.

The types are sRender's: an artist draws skin, hair, the boundary between two things, eyebrows, eyes, lips and ears each
with strokes of their own. A drawing has them if a classifier taught on the artists' drawings recognises its patches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.errors import BadShape
from limner.records import CLASSES
from limner.weights import session

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["PATCH_PX", "STROKE_TYPES", "WEIGHT", "cut", "stroke_accuracy", "stroke_types"]

#: The seven strokes, in the order of the classifier's outputs.
STROKE_TYPES = ("skin", "hair", "boundary", "eyebrow", "eye", "lips", "ear")
#: Side of a patch.
PATCH_PX = 16
#: The classifier's name in the ledger.
WEIGHT = "metrics-strokes"

#: Which kind of place each class is; what is none of these is "other", on which no stroke is judged.
_PLACES = {
    "skin": ("skin", "nose", "neck"),
    "hair": ("hair",),
    "eyebrow": ("l_brow", "r_brow"),
    "eye": ("l_eye", "r_eye"),
    "lips": ("u_lip", "l_lip", "mouth"),
    "ear": ("l_ear", "r_ear"),
    "glasses": ("eye_g",),
}
_KINDS = (*_PLACES, "other")
_KIND_OF = np.array(
    [next((i for i, k in enumerate(_PLACES) if c in _PLACES[k]), len(_PLACES)) for c in CLASSES]
)
_GLASSES_ID = CLASSES.index("eye_g")
_FEATURES = ("eyebrow", "eye", "lips", "ear")
#: A patch shows a feature from this share of its pixels, …
_FEATURE = 0.25
#: … straddles two places if the lesser has this share, …
_STRADDLES = 0.15
#: … and is left out if glasses have this share.
_GLASSES = 0.10


def stroke_types(labels: ArrayLike, *, patch_px: int = PATCH_PX) -> NDArray[np.int8]:
    """Return the type of stroke that each patch of a drawing should show.

    Parameters
    ----------
    labels : array_like of shape (H, W), uint8
        Class ids of what is drawn, higher numbers where that is unknown; rows and columns beyond the last whole patch
        are left out.
    patch_px : int
        Side of a patch.

    Returns
    -------
    ndarray of shape (H // patch_px, W // patch_px), int8
        Index into `STROKE_TYPES`; −1 where no type fits: wall, clothes, glasses, the unknown.

    Raises
    ------
    BadShape
        If the map is smaller than a patch.

    Examples
    --------
    >>> labels = np.full((16, 48), CLASSES.index("skin"), np.uint8)
    >>> labels[:, 24:] = CLASSES.index("hair")
    >>> [STROKE_TYPES[k] for k in stroke_types(labels)[0]]
    ['skin', 'boundary', 'hair']
    """
    ids = np.asarray(labels)
    if ids.ndim != 2 or min(ids.shape) < patch_px:
        raise BadShape(f"The map has shape {ids.shape}; wanted (H, W) of {patch_px} px at least.")
    known = np.where(ids < len(CLASSES), ids, _GLASSES_ID)  # neither is judged
    kinds = cut(_KIND_OF[known], patch_px)
    share = {k: (kinds == i).mean((2, 3)) for i, k in enumerate(_KINDS)}
    features = np.stack([share[k] for k in _FEATURES])
    # a feature too small to count is drawn on skin, and so is skin
    regions = np.stack([share["skin"] + features.sum(0), share["hair"], share["other"]])
    found = np.choose(regions.argmax(0), [0, 1, -1]).astype(np.int8)
    found[np.sort(regions, 0)[1] >= _STRADDLES] = STROKE_TYPES.index("boundary")
    shown = features.max(0) >= _FEATURE
    found[shown] = (STROKE_TYPES.index(_FEATURES[0]) + features.argmax(0))[shown]
    found[share["glasses"] >= _GLASSES] = -1
    return np.asarray(found, np.int8)


def cut(picture: ArrayLike, patch_px: int = PATCH_PX) -> NDArray[np.generic]:
    """Return a picture's whole patches, (rows, columns, patch_px, patch_px)."""
    array = np.asarray(picture)
    rows, columns = (n // patch_px for n in array.shape[:2])
    whole = array[: rows * patch_px, : columns * patch_px]
    patches: NDArray[np.generic] = whole.reshape(rows, patch_px, columns, patch_px).swapaxes(1, 2)
    return patches


def stroke_accuracy(drawing: ArrayLike, labels: ArrayLike) -> tuple[int, int]:
    """Count the patches of a drawing that show the stroke which belongs there.

    Parameters
    ----------
    drawing : array_like of shape (256, 256), uint8
        From `metrics.prepare`: 255 is paper.
    labels : array_like of shape (256, 256), uint8
        Class ids of the sitter, in the drawing's frame.

    Returns
    -------
    tuple of int
        Patches recognised, and patches asked.

    Raises
    ------
    BadShape
        If the two differ in size.
    MissingWeights
        If the classifier is not installed.

    Notes
    -----
    Accuracy is the first over the second, summed over all drawings. It is to be read beside that of the artist's own
    drawings of the same people: classes of photographs fit no drawing exactly, so not even his reach 1.

    References
    ----------
    Gao et al., "Bridging Unpaired Facial Photos and Sketches by Line-drawings", ICASSP 2021, table 2 (Acc.).
    """
    array, ids = np.asarray(drawing), np.asarray(labels)
    if array.shape != ids.shape:
        raise BadShape(f"The drawing has shape {array.shape} and the map {ids.shape}; want one.")
    wanted = stroke_types(ids)
    asked = wanted >= 0
    if not asked.any():
        return 0, 0
    patches = cut(array)[asked].astype(np.float32)[:, None] / 255
    scores = session().run(WEIGHT, {"patch": patches})["type"]
    right = scores.argmax(1) == wanted[asked]
    return int(right.sum()), int(asked.sum())
