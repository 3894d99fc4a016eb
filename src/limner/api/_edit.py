"""Painting on a head's map of classes: a `Head` and a painted map in → the head changed, in every view."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    import numpy as np
    from numpy.typing import NDArray

    from limner.records import Head, SemanticMap

__all__ = ["edit_head", "read_labels"]


def edit_head(
    head: Head,
    *,
    labels: SemanticMap | NDArray[np.uint8] | str | os.PathLike[str],
    yaw_deg: float = 0.0,
    pitch_deg: float = 0.0,
) -> Head:
    """Change a head by painting on its map of classes.

    Parameters
    ----------
    head : Head
    labels : SemanticMap, ndarray of shape (S, S), or path
        The whole map of one view, painted over: class ids, or a picture as `read_labels` takes it. What differs from
        the head's own map of that view was painted.
    yaw_deg, pitch_deg : float
        The view that was painted on. Positive: seen from the sitter's left; from above.

    Returns
    -------
    Head
        Its map, photograph and drawings follow in every view from which the painted place can be seen. The same head
        if nothing was changed.

    Raises
    ------
    BadShape
        If the map is not square, or holds ids that are no classes.
    InputError
        If the picture of a map cannot be read, an angle is no number, or the head was painted too often.

    Notes
    -----
    What is painted lies on the head's surface, continued beyond its outline, and looks as its class looks elsewhere on
    this head. Impossible maps (two noses, a hole in the face) give what they say.
    """
    import numpy as np

    from limner import heads
    from limner.records import SemanticMap

    if isinstance(labels, SemanticMap):
        semantic = labels
    elif isinstance(labels, np.ndarray):
        semantic = SemanticMap(labels)
    else:
        semantic = read_labels(labels)
    return heads.paint_map(heads.HeadRenderer(head), semantic, yaw_deg=yaw_deg, pitch_deg=pitch_deg)


def read_labels(path: str | os.PathLike[str] | bytes) -> SemanticMap:
    """Read a picture of a map of classes.

    Parameters
    ----------
    path : path or bytes
        A file or its bytes: the index PNG that `parse` and `orbit` write, painted over in any program; a colour
        picture, in which each pixel is taken for the class of the nearest colour; or a grey one of the bare ids.

    Raises
    ------
    UnreadablePhoto
        If it is no picture.
    """
    import numpy as np

    from limner.files import image
    from limner.records import CLASS_COLORS, CLASSES, SemanticMap

    pixels = image.read_photo(path).pixels
    bare = (pixels == pixels[..., :1]).all()
    if bare and pixels.max() < len(CLASSES):
        return SemanticMap(np.ascontiguousarray(pixels[..., 0]))
    colors, inverse = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
    gaps = np.abs(colors[:, None].astype(np.int16) - np.array(CLASS_COLORS, np.int16)).sum(-1)
    ids = gaps.argmin(1).astype(np.uint8)
    return SemanticMap(ids[inverse.reshape(-1)].reshape(pixels.shape[:2]))
