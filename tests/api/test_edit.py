"""Painted maps through the front door: ids, colours, indexed pictures; words for what cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.heads.conftest import graphs, source  # noqa: F401

import limner
from limner import api
from limner.errors import BadShape, UnreadablePhoto
from limner.heads import encode
from limner.records import CLASSES, Head, SemanticMap

pytestmark = pytest.mark.usefixtures("graphs")
_LIPS = CLASSES.index("l_lip")


@pytest.fixture
def person() -> Head:
    return encode.from_source(source())


def repainted(head: Head) -> np.ndarray:
    labels = np.array(limner.HeadRenderer(head).view().semantic.labels)
    labels[150:170, 110:150] = _LIPS
    return labels


def test_a_map_may_be_a_record_an_array_or_a_file(person: Head, tmp_path: Path) -> None:
    labels = repainted(person)
    (tmp_path / "index.png").write_bytes(api.encode(SemanticMap(labels)))
    Image.fromarray(SemanticMap(labels).colored()).save(tmp_path / "colour.png")
    Image.fromarray(labels).save(tmp_path / "ids.png")
    files = [tmp_path / f"{name}.png" for name in ("index", "colour", "ids")]
    kinds: list[SemanticMap | np.ndarray | Path] = [SemanticMap(labels), labels, *files]
    for given in kinds:
        head = limner.edit_head(person, labels=given)
        seen = limner.HeadRenderer(head).view(yaw_deg=20).semantic.labels
        assert (seen == _LIPS).sum() > 400


def test_colours_that_are_nearly_a_classs_are_taken_for_it(person: Head, tmp_path: Path) -> None:
    colours = SemanticMap(repainted(person)).colored().astype(int)
    off = np.clip(colours + np.random.default_rng(0).integers(-4, 5, colours.shape), 0, 255)
    Image.fromarray(off.astype(np.uint8)).save(tmp_path / "near.png")
    assert (api.read_labels(tmp_path / "near.png").labels == repainted(person)).all()


def test_what_is_no_map_is_said(person: Head, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_bytes(b"no picture")
    with pytest.raises(UnreadablePhoto):
        limner.edit_head(person, labels=tmp_path / "no.png")
    with pytest.raises(BadShape):
        limner.edit_head(person, labels=np.full((256, 256), 19, np.uint8))
