"""Drawn orbits become rows of figures: ink that lies on the surface agrees, ink that lies on the sheet does not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.heads.conftest import egg

from limner.errors import InputError
from limner.files.depth import encode_depth
from limner.files.image import encode_labels
from limner.geometry.camera import Camera
from limner.metrics import views
from limner.metrics.views import find_orbits, score_views
from limner.records import SemanticMap


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "find_faces", lambda _photo: ())


def orbit(folder: Path, *yaws: float) -> Path:
    """Write an orbit around an egg, with stripes on the egg and stripes on the sheet."""
    folder.mkdir(parents=True)
    rows = []
    for k, yaw in enumerate(yaws):
        depth, labels, points = egg(Camera(yaw, 0, 128))
        rows_px = np.mgrid[:128, :128][1] + round(3 * yaw)
        inks = {"on-it": np.sin(300 * points[..., 0]), "on-paper": np.sin(0.8 * rows_px)}
        for name, wave in inks.items():
            drawn = np.where((wave > 0.3) & (depth > 0), 30, 255).astype(np.uint8)
            Image.fromarray(drawn).save(folder / f"{k}-{name}.png")
        (folder / f"{k}-labels.png").write_bytes(encode_labels(SemanticMap(labels)))
        (folder / f"{k}-depth.png").write_bytes(encode_depth(depth))
        drawings = {name: f"{k}-{name}.png" for name in inks}
        names = {"labels": f"{k}-labels.png", "depth": f"{k}-depth.png", "photo": f"{k}-on-it.png"}
        rows.append({"yaw_deg": yaw, "pitch_deg": 0.0, **names, "drawings": drawings})
    (folder / "views.json").write_text(json.dumps({"views": rows}))
    return folder


def test_ink_on_the_surface_agrees_and_ink_on_the_sheet_does_not(tmp_path: Path) -> None:
    held, loose = score_views(find_orbits([orbit(tmp_path / "a", -10, -5, 0, 10)]))
    assert (held.style, loose.style, held.views) == ("on-it", "on-paper", 4)
    assert held.ink_error is not None
    assert loose.ink_error is not None
    assert held.ink_error < 0.4 * loose.ink_error
    assert held.label_iou is not None
    assert held.label_iou > 0.9
    assert held.parse_iou is None
    assert held.fd is None


def test_views_that_are_too_far_apart_say_nothing(tmp_path: Path) -> None:
    row = score_views(find_orbits([orbit(tmp_path / "a", -30, 30)]))[0]
    assert row.ink_error is None
    assert row.label_iou is None


def test_folders_of_orbits_are_searched_and_artists_stand_beside(tmp_path: Path) -> None:
    orbit(tmp_path / "all" / "a", 0, 10)
    orbit(tmp_path / "all" / "b", 0, 10)
    real = tmp_path / "real" / "on-it"
    real.mkdir(parents=True)
    for k in range(3):
        noise = np.random.default_rng(k).integers(0, 2, (96, 96)) * 255
        Image.fromarray(noise.astype(np.uint8)).save(real / f"{k}.png")
    held, loose = score_views(find_orbits([tmp_path / "all"]), tmp_path / "real")
    assert held.number == 3
    assert held.fd is not None
    assert held.fd > 0
    assert held.sifid is not None
    assert loose.number == 0


def test_what_is_no_orbit_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"No views\.json"):
        find_orbits([tmp_path])
    folder = orbit(tmp_path / "a", 0, 5)
    (folder / "0-depth.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no orbit"):
        find_orbits([folder])
    (folder / "views.json").write_text('{"views": []}')
    with pytest.raises(InputError, match="no drawings"):
        score_views(find_orbits([folder]))
