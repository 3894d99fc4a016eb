"""`limner orbit`: every view's files, a list of them that is true, a sheet, films, and words for what cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.cli.conftest import Run
from tests.cli.test_cluster import FakeCrew
from tests.heads.conftest import FakeSession, graphs, source  # noqa: F401

from limner import heads
from limner.batch import cluster
from limner.cli import orbit
from limner.heads import encode

pytestmark = pytest.mark.usefixtures("graphs")


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every face be an egg."""
    monkeypatch.setattr(heads, "encode_photo", lambda _photo, _face: encode.from_source(source()))


def listed(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "views.json").read_text("utf-8"))
    return found


def test_every_view_has_its_files_and_the_list_knows_them(desk: Path, run: Run) -> None:
    answer = run("orbit", "one.png", "--yaw", "-10:10:10", "--style", "croquis,hatch")
    assert answer.code == 0, answer.err
    folder = desk / "one-orbit"
    page = listed(folder)
    assert [v["yaw_deg"] for v in page["views"]] == [-10, 0, 10]
    for view in page["views"]:
        names = [view["photo"], view["labels"], view["depth"], *view["drawings"].values()]
        assert list(view["drawings"]) == ["croquis", "hatch"]
        for name in names:
            with Image.open(folder / name) as picture:
                assert picture.size == (512, 512)
    with Image.open(folder / page["views"][1]["depth"]) as picture:
        depth_m = np.asarray(picture) * page["depth_unit_m"]
    assert 0.9 < depth_m[depth_m > 0].min() < depth_m.max() < 1.4
    camera = np.array(page["views"][0]["camera_from_world"])
    assert np.allclose(camera[:3, :3] @ camera[:3, :3].T, np.eye(3), atol=1e-6)
    assert {"sheet.png", "orbit.webp"} <= {p.name for p in folder.iterdir()}


def test_json_is_one_object_and_talk_goes_elsewhere(desk: Path, run: Run) -> None:
    answer = run("orbit", "one.png", "--yaw", "5", "--size", "256", "--json", "-o", "out")
    (told,) = answer.objects
    assert told["folder"] == "out"
    assert told["yaw_deg"] == 0.0
    assert "1 views" in answer.err
    assert len(listed(desk / "out")["views"]) == 1
    assert not (desk / "out" / "orbit.webp").exists()


def test_a_random_person_is_named_after_the_seed(desk: Path, run: Run) -> None:
    assert run("orbit", "--seed", "7", "--yaw", "0,20", "--size", "256").code == 0
    page = listed(desk / "seed-7-orbit")
    assert page["head"]["seed"] == 7
    assert len(page["views"]) == 2


def test_angles_beyond_what_is_known_are_clamped_told_and_not_doubled(desk: Path, run: Run) -> None:
    answer = run("orbit", "--seed", "1", "--yaw", "50:80:10", "--size", "256")
    assert answer.code == 0
    assert "at most ±60°" in answer.err
    assert [v["yaw_deg"] for v in listed(desk / "seed-1-orbit")["views"]] == [50, 60]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["two.png"], 3, "--face 1 to 2"),
        (["nobody.png"], 5, "No face"),
        (["broken.jpg"], 3, "broken.jpg"),
        (["missing.limner"], 3, "missing.limner"),
        ([], 2, "--seed"),
        (["one.png", "--seed", "3"], 2, "Give one of both"),
        (["one.png", "--yaw", "left"], 2, "no angles"),
        (["one.png", "--style", "crokis"], 2, "croquis"),
        (["one.png", "--behind", "pink"], 2, "pink"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_cannot_be_is_a_sentence_and_a_code(
    run: Run, words: list[str], code: int, said: str
) -> None:
    answer = run("orbit", *words)
    assert answer.code == code, answer.err
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_one_of_two_people_is_chosen(desk: Path, run: Run) -> None:
    assert run("orbit", "two.png", "--face", "2", "--yaw", "0", "--size", "256").code == 0
    assert (desk / "two-orbit" / "view-000-photo.png").is_file()


def test_no_film_extra_is_a_note_and_no_failure(
    desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "av", None)
    answer = run("orbit", "--seed", "1", "--yaw", "0,5", "--size", "256")
    assert answer.code == 0
    assert "limner[film]" in answer.err
    assert not (desk / "seed-1-orbit" / "orbit.mp4").exists()


def test_a_folder_that_cannot_be_made_is_an_output_error(desk: Path, run: Run) -> None:
    (desk / "taken").write_text("a file")
    assert run("orbit", "--seed", "1", "-o", "taken/here").code == 4


def test_neighbours_with_weights_are_one_blend() -> None:
    wanted = orbit._Look(
        yaw=(0.0,),
        pitch=(0.0,),
        size="256",
        style="croquis,pen:0.6,hatch:0.4;croquis",
        part=(),
        lines=False,
        hold=True,
        behind="keep",
        own_pixels=True,
        refine=True,
        fps=12,
    )
    assert wanted.styles == ("croquis", "pen:0.6,hatch:0.4")
    assert orbit._in_a_name(wanted.styles[1]) == "pen-0.6-hatch-0.4"


def test_parts_and_lines_are_written_for_every_view(desk: Path, run: Run) -> None:
    words = ["--yaw", "0,10", "--size", "256", "--style", "croquis", "--part", "hair=hatch"]
    answer = run("orbit", "one.png", *words, "--lines")
    assert answer.code == 0, answer.err
    for view in listed(desk / "one-orbit")["views"]:
        names = [*view["drawings"].values(), view["lines"], view["strokes"]]
        assert all((desk / "one-orbit" / name).stat().st_size for name in names)
        assert view["strokes"].endswith(".svg")


QUICK = ("--yaw", "0,10", "--size", "256")


def test_several_heads_get_folders_of_their_own_and_a_bad_one_is_named(
    desk: Path, run: Run
) -> None:
    (desk / "many").mkdir()
    for name in ("one.png", "broken.jpg"):
        (desk / "many" / name).write_bytes((desk / name).read_bytes())
    (desk / "many" / "one.webp").write_bytes((desk / "one.png").read_bytes())
    answer = run("orbit", "many", *QUICK, "-o", "out", "--json", "--jobs", "2")
    assert answer.code == 1
    bad, one, two = answer.objects
    assert "broken.jpg" in bad["error"]
    assert (one["folder"], two["folder"]) == ("out/one-orbit", "out/one-2-orbit")
    assert "'one-2'" in two["notes"][0]
    for told in (one, two):
        assert {told["views"], told["sheet"], told["webp"]} <= set(told["outputs"])
        assert all(Path(name).stat().st_size for name in told["outputs"])
        assert len(listed(Path(told["folder"]))["views"]) == 2


def test_a_folder_of_one_photograph_is_still_a_folder(desk: Path, run: Run) -> None:
    (desk / "few").mkdir()
    (desk / "few" / "me.png").write_bytes((desk / "one.png").read_bytes())
    assert run("orbit", "few", *QUICK, "-o", "out").code == 0
    assert (desk / "out" / "me-orbit" / "views.json").is_file()
    assert run("orbit", "few", *QUICK).code == 0
    assert (desk / "few" / "me-orbit" / "views.json").is_file()


def test_a_run_goes_on_and_redoes_only_what_is_not_whole(desk: Path, run: Run) -> None:
    words = ("orbit", "one.png", "two.png", *QUICK, "--face", "1", "-o", "out", "--resume")
    assert run(*words).code == 0
    again = run(*words, "--json")
    assert "0 done, 2 skipped" in again.err
    assert again.objects[0]["folder"] == "out/one-orbit"
    (desk / "out" / "two-orbit" / "view-001-depth.png").write_bytes(b"")
    assert "1 done, 1 skipped" in run(*words).err
    assert "2 done, 0 skipped" in run(*words, "--fps", "6").err


def test_50_heads_go_over_the_cluster_too(
    desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = FakeCrew()
    monkeypatch.setattr(cluster, "open_crew", lambda address, workers: crew)
    monkeypatch.setattr("limner.api.configure", lambda **_: None)
    words = ("orbit", "one.png", "broken.jpg", *QUICK)
    assert run(*words, "-o", "here").code == 1
    there = run(*words, "-o", "there", "--cluster", "local", "--json")
    assert there.code == 1
    assert there.objects[0]["folder"] == "there/one-orbit"
    assert "2 views → there/one-orbit" in there.err
    files = {p.relative_to("here"): p.read_bytes() for p in Path("here").rglob("*.*")}
    assert len(files) > 8
    assert {p.relative_to("there"): p.read_bytes() for p in Path("there").rglob("*.*")} == files
