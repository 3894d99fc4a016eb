"""Places of a sitter lie in the frame of the prepared drawing; who cannot be found has none."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from limner.faces import find_faces, parse_crop
from limner.files.image import read_photo
from limner.metrics import stroke_types
from limner.metrics.places import UNKNOWN, places_of
from limner.metrics.strokes import STROKE_TYPES
from limner.records import CLASSES, Photo


def test_places_follow_the_squeezed_sheet_and_are_unknown_beyond_the_crop(samples: Path) -> None:
    photo = read_photo(sorted(samples.glob("*.jpg"))[0])
    wide = Photo(np.ascontiguousarray(np.pad(photo.pixels, ((0, 0), (0, 300), (0, 0)), "edge")))
    places = places_of(wide)
    assert places is not None
    assert places.shape == (256, 256)
    assert places.dtype == np.uint8
    assert (places[:, -10:] == UNKNOWN).all()
    (face,) = find_faces(wide)
    crop = parse_crop(wide, face).labels
    for name in ("l_eye", "u_lip", "nose"):
        k = CLASSES.index(name)
        ys, xs = np.nonzero(crop == k)
        x, y = cv2.invertAffineTransform(face.crop_from_photo) @ [xs.mean(), ys.mean(), 1]
        there = np.argwhere(places == k).mean(0)
        width, height = wide.size_px
        np.testing.assert_allclose(there, [y * 256 / height, x * 256 / width], atol=1.5)
    types = stroke_types(places)
    seen = {STROKE_TYPES[t] for t in types[types >= 0]}
    assert {"skin", "hair", "boundary"} <= seen
    assert (types[:, -1] == -1).all()


def test_nobody_has_no_places() -> None:
    assert places_of(Photo(np.full((90, 120, 3), 200, np.uint8))) is None
