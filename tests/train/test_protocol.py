"""The folders on which styles are judged."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from limner.errors import RecipeError
from limner.train import protocol
from limner.train.data.sitters import FS2K_TWINS

TWIN = min(t for t in FS2K_TWINS if t.startswith("photo3"))


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """Return a folder with a pack like FS2K's: 130 pencil drawings, all of them official training, and some ink."""
    ids = [f"photo3_image{i:04}" for i in range(1, 130)]
    rows = [(i, "train", "pencil") for i in dict.fromkeys([*ids, TWIN])]
    rows += [(f"photo1_image{i:04}", "train" if i < 4 else "test", "croquis") for i in range(1, 7)]
    rows += [("photo3_image0900", "test", "croquis"), ("photo2_image0001", "train", "pencil")]
    rows += [(f"photo1_image{i:04}", "train" if i < 23 else "test", "hatch") for i in range(20, 25)]
    table = "".join(f"{i},{split},{style},250,250,0,1,1,0,1\n" for i, split, style in rows)
    head = "id,split,style,width,height,gender,frontal_face,smile,hair,earring\n"
    (tmp_path / "fs2k.csv").write_text(head + table)
    with tarfile.open(tmp_path / "fs2k.tar", "w") as tar:
        for name, _, _ in rows:
            for kind in ("photo", "sketch"):
                data = f"{kind} of {name}".encode()
                member = tarfile.TarInfo(f"{kind}/{name}.webp")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    return tmp_path


def test_artists_are_judged_on_one_source_of_photographs(packs: Path) -> None:
    train, test = protocol.split(packs, "croquis")
    assert train == [f"photo1_image{i:04}" for i in (1, 2, 3)]
    assert test == [f"photo1_image{i:04}" for i in (4, 5, 6)]


def test_the_pencil_has_test_people_set_apart_and_no_twins_in_training(packs: Path) -> None:
    train, test = protocol.split(packs, "pencil")
    assert len(test) == 120
    assert not set(train) & set(test)
    assert not set(train) & FS2K_TWINS
    assert test == sorted(test, key=(train + test).index)
    assert protocol.split(packs, "pencil") == (train, test)


def test_a_folder_without_the_pack_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="fs2k"):
        protocol.lay_out(tmp_path, tmp_path)


def test_folders_hold_the_files_as_they_are(
    packs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert protocol.main([str(packs), str(packs / "out")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "croquis: 3 real, 3 artist, 3 photos"
    one = packs / "out" / "croquis"
    assert (one / "artist" / "photo1_image0004.webp").read_bytes() == b"sketch of photo1_image0004"
    assert (one / "photos" / "photo1_image0004.webp").read_bytes() == b"photo of photo1_image0004"
    assert sorted(p.stem for p in (one / "real").iterdir()) == protocol.split(packs, "croquis")[0]
