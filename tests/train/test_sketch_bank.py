"""The bank that ships is made of people who learnt, not of those who judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.sketches.conftest import FakeSession

from limner.sketches.parts import NAMES, cut
from limner.sketches.synthesize import Engine
from limner.train.data.sketch_bank import MOST, build_bank
from limner.train.data.sketch_faces import build_faces, chosen


def test_everybody_is_coded_from_the_clean_drawing(packs: Path, cache: Path) -> None:
    faces = build_faces(chosen(packs, "train", 0)[:3], cache, "sketch-test", workers=1)
    bank = build_bank(faces, FakeSession())
    assert len(bank) == 3
    ink = faces.clean[1].astype(np.float32) / 255
    code = Engine(FakeSession()).encode({"nose": cut(ink, "nose")})["nose"]
    np.testing.assert_allclose(bank.matrices["nose"][1], code, atol=0.5 / 127 + 1e-6)
    assert set(bank.codes) == set(NAMES)


def test_a_bank_takes_people_evenly_and_no_more_than_fit(packs: Path, cache: Path) -> None:
    faces = build_faces(chosen(packs, "train", 0)[:3], cache, "sketch-test", workers=1)
    assert len(build_bank(faces, FakeSession(), most=2)) == 2
    assert MOST <= 1500
