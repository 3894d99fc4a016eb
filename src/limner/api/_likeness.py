"""Whether people are known again: pictures of faces and a network of one's own in → descriptors, rank-1 rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from limner.records import Face, Photo
    from limner.weights.elsewhere import Descriptor

__all__ = ["described", "judge_of", "known", "likeness"]

_SIDE = 256


def judge_of(
    identity: str | os.PathLike[str] | None, pixel_range: str, share: float
) -> Descriptor | None:
    """Return the network that tells people apart, if one was given.

    Raises
    ------
    InputError
        If the share of the crop is none, or the network cannot be used.
    """
    from limner.errors import InputError
    from limner.weights.elsewhere import Descriptor

    if not 0.3 <= share <= 1:
        raise InputError(f"The identity's crop is {share}; give a share from 0.3 to 1.")
    return None if identity is None else Descriptor(identity, pixel_range=pixel_range)


def described(photo: Photo, face: Face, judge: Descriptor, share: float) -> NDArray[np.float32]:
    """Return the descriptor of a face: of the aligned crop's middle, `share` of its side."""
    import numpy as np

    from limner.geometry.affine import compose
    from limner.geometry.align import crop_from_landmarks, warp

    side = judge.size_px
    k = 1 / share
    middle = (side - 1) / 2
    nearer = np.array([[k, 0, middle * (1 - k)], [0, k, middle * (1 - k)]])
    matrix = compose(nearer, crop_from_landmarks(face.landmarks, side))
    return judge.describe(np.asarray(warp(photo.pixels, matrix, (side, side)), np.uint8))


def known(found: list[tuple[int, Any]], gallery: list[Any]) -> float | None:
    """Return the rank-1 rate; a view without a face was not known, and one person alone cannot be mistaken."""
    import numpy as np

    from limner.metrics import rank_1

    seen = [(who, vector) for who, vector in found if vector is not None]
    if len(gallery) < 2 or not found:
        return None
    if not seen:
        return 0.0
    # a single view is shown twice, because rates are taken of two or more
    who, vectors = zip(*(seen * 2 if len(seen) == 1 else seen), strict=True)
    share = rank_1(np.stack(vectors), np.stack(gallery), sitters=np.array(who))
    return share * len(seen) / len(found)


def likeness(
    hands: Mapping[str, Mapping[str, NDArray[np.uint8]]],
    photos: Mapping[str, Path],
    judge: Descriptor,
    share: float,
) -> dict[str, float | None]:
    """Return how often each hand's drawings are known to be of their sitters, among all sitters with a photograph.

    Parameters
    ----------
    hands : mapping
        Hand → sitter → prepared drawing of shape (256, 256), uint8.
    photos : mapping of str to Path
        Sitter → photograph; it is made grey and as large as the drawing, so that both are told apart alike.
    judge : Descriptor
    share : float
        As in `described`.

    Returns
    -------
    dict of str to float or None
        Rank-1 rates, 0 to 1; a drawing in which no face is found was not known. None for a hand without a sitter.
    """
    import cv2
    import numpy as np

    from limner.api._photo import read_photo

    drawn = {stem for hand in hands.values() for stem in hand}
    places: dict[str, int] = {}
    gallery: list[Any] = []
    for stem in sorted(drawn & set(photos)):
        grey = cv2.cvtColor(read_photo(photos[stem]).pixels, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        vector = _of_largest(np.asarray(small, np.uint8), judge, share)
        if vector is not None:
            places[stem] = len(gallery)
            gallery.append(vector)
    return {
        name: known(
            [(places[s], _of_largest(d, judge, share)) for s, d in hand.items() if s in places],
            gallery,
        )
        for name, hand in hands.items()
    }


def _of_largest(
    grey: NDArray[np.uint8], judge: Descriptor, share: float
) -> NDArray[np.float32] | None:
    from limner.api._draw import largest_face
    from limner.api._photo import detect_faces
    from limner.records import Photo

    photo = Photo(grey[..., None].repeat(3, 2))
    faces = largest_face(detect_faces(photo))
    return described(photo, faces[0], judge, share) if faces else None
