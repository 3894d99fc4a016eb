"""What the judge sees: prepared drawings or photographs in → EfficientNet-Lite0's features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from limner import weights
from limner.errors import BadShape
from limner.metrics.drawing import PATCHES_OF_ONE, SIDE_PX, patches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["WEIGHT", "early_features", "features", "photo_features"]

#: The network's name in the ledger.
WEIGHT = "metrics-features"
_PHOTO_PX = 224
_BATCH = 36

Floats = NDArray[np.float64]


def features(drawings: Sequence[ArrayLike]) -> Floats:
    """Return the judge's features of drawings, nine patches each.

    Parameters
    ----------
    drawings : sequence of array_like of shape (256, 256), uint8
        From `metrics.prepare`.

    Returns
    -------
    ndarray of shape (9 N, 1280), float64
        EfficientNet-Lite0's last features, averaged over each 128² patch; 0 to 6. A drawing's nine rows follow each
        other.

    Raises
    ------
    BadShape
        If a drawing was not prepared.
    MissingWeights, CorruptWeights
        If the network cannot be opened.

    Notes
    -----
    The judge is never the teacher: no loss, perceptual distance or discriminator may use these features, or the scores
    mean nothing. Computed in f32, 36 patches at a time: about 20 ms a drawing on two cores.

    References
    ----------
    Tan & Le, EfficientNet, ICML 2019. The 128² patches follow sRender (Qi et al., Bridging Unpaired Facial Photos and
    Sketches by Line-drawings, ICASSP 2021), which cuts its drawings likewise.
    """
    found = np.empty((PATCHES_OF_ONE * len(drawings), 1280))
    per_run = _BATCH // PATCHES_OF_ONE
    for first in range(0, len(drawings), per_run):
        cut = np.concatenate([patches(d) for d in drawings[first : first + per_run]])
        at = PATCHES_OF_ONE * first
        found[at : at + len(cut)] = _run(_grey_pixels(cut))["pooled"]
    return found


def early_features(drawings: Sequence[ArrayLike]) -> NDArray[np.float32]:
    """Return the judge's early feature maps of whole drawings, for `metrics.sifid`.

    Parameters
    ----------
    drawings : sequence of array_like of shape (256, 256), uint8
        From `metrics.prepare`.

    Returns
    -------
    ndarray of shape (N, 24, 64, 64), float32
        Not bounded. 0.4 MB a drawing.
    """
    found = np.empty((len(drawings), 24, SIDE_PX // 4, SIDE_PX // 4), np.float32)
    for i, drawing in enumerate(drawings):
        patches(drawing)  # refuses what was not prepared
        found[i] = _run(_grey_pixels(np.asarray(drawing)[None]))["early"][0]
    return found


def photo_features(photos: Sequence[ArrayLike]) -> Floats:
    """Return the judge's features of whole photographs in colour.

    Parameters
    ----------
    photos : sequence of array_like of shape (H, W, 3), uint8
        Photographs of any size; brought to 224² by Lanczos, whatever the proportions.

    Returns
    -------
    ndarray of shape (N, 1280), float64
        0 to 6.

    Raises
    ------
    BadShape
        If one is no picture in colour.

    Notes
    -----
    There are fewer rows than features for under 1,281 photographs: give the figure between two halves of real
    photographs beside any other. 8 ms a photograph.
    """
    found = [_run(chunk)["pooled"] for chunk in _photo_chunks(photos)]
    return np.concatenate(found).astype(np.float64) if found else np.empty((0, 1280))


def _photo_chunks(photos: Sequence[ArrayLike]) -> Iterator[NDArray[np.float32]]:
    for first in range(0, len(photos), 8):
        small = [_shrunk(p) for p in photos[first : first + 8]]
        yield _pixels(np.stack(small).transpose(0, 3, 1, 2))


def _shrunk(photo: ArrayLike) -> NDArray[np.uint8]:
    array = np.asarray(photo)
    if array.ndim != 3 or array.shape[2] != 3 or array.dtype != np.uint8 or not array.size:
        raise BadShape(
            f"A photograph is {array.dtype} of shape {array.shape}; wanted uint8 (H, W, 3)."
        )
    image = Image.fromarray(array).resize((_PHOTO_PX, _PHOTO_PX), Image.Resampling.LANCZOS)
    return np.asarray(image)


def _grey_pixels(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.repeat(_pixels(pictures)[:, None], 3, axis=1)


def _pixels(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return tones as the network was taught on them."""
    return (pictures.astype(np.float32) - np.float32(127)) / np.float32(128)


def _run(pixels: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    return weights.session().run(WEIGHT, {"pixels": pixels})
