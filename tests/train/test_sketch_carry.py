"""Packs that travel: smaller, and read like the packs themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from limner.errors import RecipeError
from limner.train.data.sketch_carry import write_carry
from limner.train.data.sketch_drawings import drawings
from limner.train.data.sketch_faces import build_faces, chosen


def test_what_is_carried_gives_the_same_faces(packs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = write_carry(packs, out, least_sharpness=0, most_bytes=10**8, least_faces=1)
    there, here = chosen(packs, "train", 0), chosen(out, "train", 0)
    assert sorted(s.id for s in there) == sorted(s.id for s in here)
    assert done.train == len(here)
    assert done.val == len(chosen(out, "val", 0)) > 0
    assert done.bytes == sum(p.stat().st_size for p in out.iterdir())
    name = here[0].id
    pair = [
        build_faces([s for s in some if s.id == name], tmp_path, f"c{k}", workers=1)
        for k, some in enumerate((there, here))
    ]
    np.testing.assert_array_equal(pair[0].photos, pair[1].photos)
    np.testing.assert_array_equal(pair[0].labels, pair[1].labels)
    np.testing.assert_array_equal(pair[0].points, pair[1].points)


def test_the_large_set_travels_alone(packs: Path, tmp_path: Path) -> None:
    done = write_carry(packs, tmp_path, size=512, least_faces=1)
    assert done.train == 2
    assert {s.id for s in chosen(tmp_path, "train", 0, size=512)} == {"00010", "00011"}
    assert not (tmp_path / "celeba-256-photos.tar").exists()


def test_where_room_is_short_faces_stay_behind(packs: Path, tmp_path: Path) -> None:
    whole = write_carry(packs, tmp_path / "a", least_sharpness=0, most_bytes=10**8, least_faces=1)
    # 3 MB are set aside for indices
    photos = (tmp_path / "a" / "celeba-256-photos.tar").stat().st_size
    room = 3_000_000 + whole.bytes - photos // 2
    part = write_carry(packs, tmp_path / "b", least_sharpness=0, most_bytes=room, least_faces=1)
    assert 0 < part.train < whole.train
    with pytest.raises(RecipeError, match="raise the limit"):
        write_carry(packs, tmp_path / "c", most_bytes=10)


def test_drawings_travel_too(packs: Path, tmp_path: Path) -> None:
    done = write_carry(packs, tmp_path, least_sharpness=0, most_bytes=10**8, least_faces=1)
    assert done.drawings == sum(len(drawings(packs, s)) for s in ("train", "test")) > 0
    for split in ("train", "test"):
        there, here = drawings(packs, split), drawings(tmp_path, split)
        assert there.shape == here.shape
        assert np.abs(there.astype(int) - here).mean() < 4
