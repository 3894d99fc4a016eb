"""Heads through the front door: whose head, files by their end, orbits with drawings, films, meshes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.api import fakes
from tests.heads.conftest import FakeSession, egg_head, fake_row, graphs, source  # noqa: F401

import limner
from limner import api, heads
from limner.errors import InputError, MissingExtra, MissingWeights, NoFace, OutputError, UnknownName
from limner.heads import encode
from limner.records import Face, Head, Photo
from limner.weights import ledger

pytestmark = pytest.mark.usefixtures("graphs")


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> list[Face]:
    """Put stand-ins for the networks; return the faces whose heads are made."""
    fakes.install(monkeypatch)
    seen: list[Face] = []

    def encode_photo(_photo: Photo, face: Face) -> Head:
        seen.append(face)
        return encode.from_source(source())

    monkeypatch.setattr(heads, "encode_photo", encode_photo)
    return seen


def test_one_person_needs_no_choice() -> None:
    head = limner.photo_to_head(fakes.picture((40, 30, 60)))
    assert head.source is not None
    view = limner.HeadRenderer(head).view(yaw_deg=10)
    assert view.yaw_deg == 10


def test_of_two_people_one_is_chosen_by_number(people: list[Face]) -> None:
    photo = fakes.picture((10, 10, 40), (90, 20, 60))
    with pytest.raises(InputError, match=r"2 faces.*--face 1 to 2"):
        limner.photo_to_head(photo)
    limner.photo_to_head(photo, face=2)
    limner.photo_to_head(photo, face=fakes.face_at(10, 10, 40))
    assert [float(f.box[0]) for f in people] == [90, 10]
    with pytest.raises(NoFace, match="Face 3"):
        limner.photo_to_head(photo, face=3)


def test_nobody_is_told() -> None:
    with pytest.raises(NoFace, match="no head"):
        limner.photo_to_head(fakes.picture())


def test_missing_networks_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def row(name: str) -> object:
        raise UnknownName.among("weight", name, ["faces-detect"])

    monkeypatch.setattr(ledger, "row", row)
    with pytest.raises(MissingWeights, match="not installed"):
        limner.seed_to_head(1)
    with pytest.raises(MissingWeights, match="not installed"):
        limner.photo_to_head(one())


def one() -> Photo:
    return fakes.picture((40, 30, 60))


def test_a_head_is_kept_and_opens_again(tmp_path: Path) -> None:
    head = limner.photo_to_head(one())
    limner.write_head(head, tmp_path / "me.limner")
    again = limner.read_head(tmp_path / "me.limner")
    assert (again.base == head.base).all()
    limner.write_head(head, tmp_path / "me.GLB")
    assert (tmp_path / "me.GLB").read_bytes()[:4] == b"glTF"
    with pytest.raises(OutputError, match=r"\.limner, or as \.glb"):
        limner.write_head(head, tmp_path / "me.obj")


def test_parts_are_mixed_by_name() -> None:
    one_head, other = limner.photo_to_head(one()), limner.seed_to_head(5)
    mixed = limner.mix_heads(one_head, other, ["nose"])
    assert (mixed.parts["nose"].codes == other.parts["nose"].codes).all()
    assert (mixed.parts["hair"].codes == one_head.parts["hair"].codes).all()
    with pytest.raises(UnknownName, match="nose"):
        limner.mix_heads(one_head, other, ["nos"])


def test_an_orbit_goes_where_it_is_told_and_draws_on_request() -> None:
    head = limner.photo_to_head(one())
    angles = [(-20.0, 0.0), (0.0, 5.0)]
    stops = list(limner.orbit(head, angles_deg=angles, size_px=512, styles=["croquis", "hatch"]))
    assert [(s.view.yaw_deg, s.view.pitch_deg) for s in stops] == angles
    assert list(stops[0].drawings) == ["croquis", "hatch"]
    assert stops[0].drawings["hatch"].pixels.shape == (512, 512, 3)
    recipe = stops[0].drawings["hatch"].recipe
    assert recipe is not None
    assert recipe.source_type == "trainedAlgorithmicMedia"
    assert set(head.weights) <= set(recipe.weights)
    assert api.view_sheet(stops).shape == (5 * 192, 2 * 192, 3)
    with Image.open(io.BytesIO(api.encode_views(stops, kind="webp"))) as film:
        assert (getattr(film, "n_frames", 1), film.size) == (2, (4 * 512, 512))
    with pytest.raises(OutputError, match="webp or mp4"):
        api.encode_views(stops, kind="gif")


def test_an_mp4_without_the_extra_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "av", None)
    stops = list(limner.orbit(limner.seed_to_head(2), angles_deg=[(0.0, 0.0), (9.0, 0.0)]))
    with pytest.raises(MissingExtra, match="film"):
        api.encode_views(stops, kind="mp4")


def test_the_scale_of_drawings_is_that_of_the_aligned_crop() -> None:
    # the artists' crop shows less than the head crop and more than half of it
    share = api._orbit._crop_share()
    assert 0.5 < share < 1.2


def test_pictures_of_views_are_files() -> None:
    (stop,) = limner.orbit(limner.seed_to_head(3), angles_deg=[(12.0, 0.0)])
    facts = api.camera_facts(stop.view)
    assert np.array(facts["camera_from_world"]).shape == (4, 4)
    assert np.array(facts["intrinsics"]).shape == (3, 3)
    for data in (api.encode_depth(stop.view), api.encode_pixels(api.photo_rows([[stop], [stop]]))):
        assert data.startswith(b"\x89PNG")
