"""A part of another head comes with its own pixels, to where the first head has it, in the first one's light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.heads.conftest import FakeSession, source

from limner.heads import HeadRenderer, decode_head, donor, encode_head, mix, sample_head
from limner.heads.encode import from_source
from limner.records import CLASSES, Head, HeadSource, Photo, SemanticMap

#: Where an egg has what tells heads from each other, x and y, and how large.
PLACES = {
    "r_brow": (104, 112, 7),
    "l_brow": (152, 112, 7),
    "r_eye": (104, 130, 7),
    "l_eye": (152, 130, 7),
    "u_lip": (128, 168, 8),
}


def faced(tone: int, right: int = 0) -> HeadSource:
    """Return the photograph of an egg with a face, its eyes of one tone, all of it moved to the right."""
    plain = source()
    photo, labels = plain.photo.pixels.copy(), plain.semantic.labels.copy()
    ys, xs = np.mgrid[: len(labels), : len(labels)]
    for name, (x, y, reach) in PLACES.items():
        here = (xs - x - right) ** 2 + (ys - y) ** 2 < reach**2
        labels[here] = CLASSES.index(name)
        photo[here] = tone if name.endswith("eye") else 120
    return HeadSource(Photo(photo), SemanticMap(labels), 0.0, 0.0, plain.crop_from_photo)


@pytest.fixture
def pair(graphs: FakeSession) -> tuple[Head, Head]:
    """Return a head with dark eyes, and one with bright eyes a little to the right."""
    del graphs
    return from_source(faced(30)), from_source(faced(240, right=4))


def eye(pixels: np.ndarray, name: str = "l_eye") -> float:
    """Return the tone of an eye, where the first head has it."""
    x, y, _ = PLACES[name]
    return float(pixels[y - 2 : y + 3, x - 2 : x + 3].mean())


def test_eyes_are_the_others_pixels_in_their_own_place(pair: tuple[Head, Head]) -> None:
    one, other = pair
    mixed = mix(one, other, ["eyes"])
    assert mixed.edited == ("eyes",)
    assert mixed.source is not None
    assert mixed.source.joined == ("eyes",)
    view = HeadRenderer(mixed).view().photo.pixels
    before = HeadRenderer(one).view().photo.pixels
    for name in ("l_eye", "r_eye"):
        assert eye(view, name) > eye(before, name) + 100
    lips = PLACES["u_lip"][1]
    assert np.abs(view[lips - 4 :].astype(int) - before[lips - 4 :]).mean() < 1


def test_what_was_joined_is_seen_from_the_side_too(pair: tuple[Head, Head]) -> None:
    one, other = pair
    views = [HeadRenderer(h).view(yaw_deg=15) for h in (one, mix(one, other, ["eyes"]))]
    bright = [
        v.photo.pixels[np.isin(v.semantic.labels, [CLASSES.index("l_eye")])].mean() for v in views
    ]
    assert bright[1] > bright[0] + 60


def test_part_of_the_way_no_photograph_shows(pair: tuple[Head, Head]) -> None:
    one, other = pair
    mixed = mix(one, other, ["eyes"], amount=0.5)
    assert mixed.edited == ("eyes",)
    assert mixed.source is not None
    assert mixed.source.joined == ()
    again = mix(mix(one, other, ["eyes"]), other, ["eyes"], amount=0.5)
    assert again.source is not None
    assert again.source.joined == ()


def test_it_is_kept_in_the_file(pair: tuple[Head, Head]) -> None:
    mixed = mix(*pair, ["eyes", "mouth"])
    kept = decode_head(encode_head(mixed))
    assert kept.source is not None
    assert kept.source.joined == ("eyes", "mouth")
    assert np.array_equal(kept.source.photo.pixels, mixed.source.photo.pixels)  # type: ignore[union-attr]


def test_other_hair_takes_the_old_wisps_with_it(pair: tuple[Head, Head]) -> None:
    one, other = pair
    assert one.source is not None
    photo = one.source.photo.pixels.copy()
    xs = np.nonzero(one.source.semantic.labels[60])[0]
    photo[55:65, xs[-1] + 6 : xs[-1] + 10] = 0
    wispy = replace(one, source=replace(one.source, photo=Photo(photo)))
    bald = mix(wispy, other, ["hair"])
    kept = mix(wispy, other, ["mouth"])
    place = (slice(57, 63), slice(xs[-1] + 7, xs[-1] + 9))
    assert bald.source is not None
    assert kept.source is not None
    assert bald.source.photo.pixels[place].min() > 40
    assert kept.source.photo.pixels[place].max() == 0


def test_a_head_without_marks_is_mixed_by_its_codes(pair: tuple[Head, Head]) -> None:
    one, _ = pair
    plain = from_source(source())
    mixed = mix(one, plain, ["nose"])
    assert mixed.source is not None
    assert mixed.source.joined == ()
    assert mixed.edited == ("nose",)


def test_a_seed_lends_its_portrait_only_where_the_painter_is(
    pair: tuple[Head, Head], graphs: FakeSession
) -> None:
    assert donor._shows(sample_head(3), ["eyes"])
    graphs.without.add("heads-portrait")
    assert not donor._shows(sample_head(3), ["eyes"])
    one, other = pair
    assert donor._shows(other, ["eyes"])
    half = mix(other, one, ["eyes"], amount=0.5)
    assert not donor._shows(half, ["eyes"])
    assert donor._shows(half, ["mouth"])
