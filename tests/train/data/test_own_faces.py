"""Photographs of one's own: what permissive teachers tell of a face becomes classes, and nothing else does."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.train.made_packs import person

from limner.errors import RecipeError
from limner.records import CLASSES
from limner.train.data.own_faces import UNKNOWN, classes_of, key_of, own_faces, terms_of
from limner.train.data.parse_crops import ParseSampler, build_own_parse_arrays, shares
from limner.train.data.sitters import build_sitters

pytestmark = pytest.mark.train
COUNT = 13
NAMED = ("skin", "nose", "r_brow", "l_brow", "r_eye", "l_eye", "u_lip", "l_lip")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a folder of made people and one of the labels that teachers would write."""
    photos, labels = (tmp_path_factory.mktemp(name) for name in ("photos", "labels"))
    for k in range(COUNT):
        made = person(f"p{k:02d}", k + 1)
        Image.fromarray(made.photo).save(photos / f"p{k:02d}.png")
        for kind, mask in (
            ("hair", made.labels == CLASSES.index("hair")),
            ("person", made.labels > 0),
        ):
            Image.fromarray(mask.astype(np.uint8) * 255).save(labels / f"p{k:02d}.png.{kind}.png")
        nobody = k == 5
        np.savez(
            labels / f"p{k:02d}.png.npz",
            scores=np.array([0.2, 0.9][: 0 if nobody else 2], np.float32),
            mesh_scores=np.ones(0 if nobody else 2, np.float32),
            meshes=np.stack([made.mesh * 0, made.mesh])[: 0 if nobody else 2],
            yaw_pitch_roll_deg=np.tile(
                np.array([made.yaw_deg, made.pitch_deg, 0], np.float32), (2, 1)
            ),
        )
    return photos, labels


def test_the_best_face_of_each_photograph_is_taken(own: tuple[Path, Path]) -> None:
    found = list(own_faces(*own))
    assert [f.name for f in found] == [f"p{k:02d}.png" for k in range(COUNT) if k != 5]
    np.testing.assert_array_equal(found[0].mesh, person("p00", 1).mesh)
    assert found[0].hair.max() == 255


def test_labels_that_were_never_made_are_asked_for(own: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="limner train label"):
        list(own_faces(own[0], tmp_path / "none"))


def test_a_network_is_for_research_unless_the_photographs_own_terms_say_otherwise(
    tmp_path: Path,
) -> None:
    usual = terms_of(tmp_path)
    assert not usual.commercial
    assert usual.license == "LicenseRef-research-only"
    ours = {"license": "Apache-2.0", "commercial": True, "data": [["ours", "CC-BY-4.0"]]}
    (tmp_path / "terms.json").write_text(json.dumps(ours))
    told = terms_of(tmp_path)
    assert (told.license, told.commercial) == ("Apache-2.0", True)
    assert told.data[0] == ("ours", "CC-BY-4.0")
    assert {"MIT", "Apache-2.0"} <= {terms for _, terms in told.data[1:]}


@pytest.mark.parametrize("text", ["", "[]", '{"license": "MIT"}', '{"license": 1, "data": 7}'])
def test_terms_that_cannot_be_read_are_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "terms.json").write_text(text)
    with pytest.raises(RecipeError, match="license, commercial, and data"):
        terms_of(tmp_path)


def test_what_is_built_of_other_folders_has_another_name(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    assert key_of(a, b) == key_of(a, tmp_path / "b" / ".")
    assert len({key_of(a, b), key_of(b, a), key_of(a, a)}) == 3


def test_parts_lie_where_the_mesh_says(own: tuple[Path, Path]) -> None:
    face = next(own_faces(*own))
    pixels, classes = face.crop(256)
    assert pixels.shape == (256, 256, 3)
    assert set(np.unique(classes)) <= set(range(19)) | {UNKNOWN}
    centers = {n: np.argwhere(classes == CLASSES.index(n)).mean(0) for n in NAMED}
    assert centers["r_eye"][1] < centers["l_eye"][1]
    assert centers["r_brow"][0] < centers["r_eye"][0] < centers["nose"][0] < centers["u_lip"][0]
    assert centers["u_lip"][0] < centers["l_lip"][0]
    assert (classes == UNKNOWN).mean() < 0.4


def test_what_no_teacher_tells_stays_unknown() -> None:
    points = person("p", 3).mesh[:, :2].astype(np.float64)
    grey = np.full((256, 256, 3), 120, np.uint8)
    half = np.full((256, 256), 128, np.uint8)
    classes = classes_of(grey, points, half, half)
    corner = classes[:8, :8]
    assert (corner == UNKNOWN).all()
    assert (classes[shown := classes != UNKNOWN] > 0).all()
    assert shown.any()
    nobody = classes_of(grey, points, half * 0, half * 0)
    assert (nobody[:8, :8] == 0).all()


def test_unknown_pixels_share_nothing_and_survive_the_mirror(
    own: tuple[Path, Path], packs: Path, tmp_path: Path
) -> None:
    labels = np.full((4, 4), UNKNOWN, np.uint8)
    labels[:2, :2] = 1
    assert shares(labels).sum() == 4
    photos, classes, real = build_own_parse_arrays(packs, *own, tmp_path)
    assert real == COUNT - 1
    assert len(photos) == len(classes) > real
    again, _, _ = build_own_parse_arrays(packs / "gone", own[0], own[1], tmp_path)
    np.testing.assert_array_equal(again, photos)
    sampler = ParseSampler(photos, classes, real=real, batch=3, size_px=64, donated=1.0)
    batch = sampler.batch(np.random.default_rng(1))
    assert batch["shares"].max() == 4
    assert batch["shares"].sum(1).min() == 0


def test_faces_to_compose_come_with_drawings_by_rule_and_every_twelfth_is_held_out(
    own: tuple[Path, Path], packs: Path, tmp_path: Path
) -> None:
    train = build_sitters(packs, own[1], tmp_path, "train", photos=own[0])
    held = build_sitters(packs, own[1], tmp_path, "val", photos=own[0])
    assert np.bincount(train.kind).tolist() == [COUNT - 2, COUNT - 2]
    assert np.bincount(held.kind).tolist() == [1, 1]
    photo, drawing = train.pictures[0], train.pictures[1]
    np.testing.assert_array_equal(train.points[0], train.points[1])
    assert np.ptp(drawing.reshape(-1, 3), axis=1).max() == 0
    assert drawing.mean() > 200 > cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).mean()
