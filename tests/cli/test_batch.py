"""A run over many pictures goes on where the last one stopped, works on several at once, and reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from tests.api import fakes
from tests.cli.conftest import Run, save

from limner.cli import _batch
from limner.cli._signals import Interrupted
from limner.errors import OutputError


@pytest.fixture
def many(desk: Path) -> Path:
    """Return a folder of six people and one file that is no picture."""
    folder = desk / "many"
    folder.mkdir()
    for k in range(6):
        save(fakes.picture((10 + 5 * k, 30, 50)), folder / f"p{k}.png")
    (folder / "bad.jpg").write_bytes(b"no picture")
    return folder


def counts(run: Run, *words: str | Path) -> dict[str, Any]:
    run("draw", *words, "-o", "out", "--resume", "--report", "report.json")
    told: dict[str, Any] = json.loads(Path("report.json").read_text())
    return told


def test_what_is_whole_and_current_is_left_alone(many: Path, run: Run) -> None:
    first = counts(run, many)
    assert (first["done"], first["skipped"], len(first["failed"])) == (6, 0, 1)
    assert first["failed"][0]["file"].endswith("bad.jpg")
    times = {p: p.stat().st_mtime_ns for p in Path("out").glob("*.png")}
    again = counts(run, many)
    assert (again["done"], again["skipped"], len(again["failed"])) == (0, 6, 1)
    assert times == {p: p.stat().st_mtime_ns for p in Path("out").glob("*.png")}


def test_what_is_missing_broken_or_changed_is_done_again(many: Path, run: Run) -> None:
    counts(run, many)
    Path("out/p0-croquis.png").unlink()
    Path("out/p1-croquis.png").write_bytes(b"")
    whole = Path("out/p2-croquis.png").read_bytes()
    Path("out/p2-croquis.png").write_bytes(whole[: len(whole) // 2])
    save(fakes.picture((60, 60, 30)), many / "p3.png")
    again = counts(run, many)
    assert (again["done"], again["skipped"]) == (4, 2)
    assert Path("out/p2-croquis.png").read_bytes() == whole


@pytest.mark.parametrize("words", [["--seed", "3"], ["--style", "hatch"], ["--format", "webp"]])
def test_another_option_does_everything_again(words: list[str], many: Path, run: Run) -> None:
    counts(run, many)
    assert counts(run, many, *words)["done"] == 6


@pytest.mark.parametrize("words", [["--jobs", "2"], ["--json"], ["-q"], ["--threads", "1"]])
def test_an_option_that_changes_no_result_does_nothing_again(
    words: list[str], many: Path, run: Run
) -> None:
    counts(run, many)
    assert counts(run, many, *words)["skipped"] == 6


def test_several_at_once_give_the_same_files_and_lines_in_the_same_order(
    many: Path, run: Run
) -> None:
    one = run("draw", many, "-o", "one", "--json")
    four = run("draw", many, "-o", "four", "--json", "--jobs", "4")
    assert one.code == four.code == 1
    assert [o["file"] for o in four.objects] == [o["file"] for o in one.objects]
    for path in sorted(Path("one").iterdir()):
        assert (Path("four") / path.name).read_bytes() == path.read_bytes()


def test_a_picture_that_was_left_alone_is_told_with_its_faces(many: Path, run: Run) -> None:
    first = run("draw", many / "p0.png", "-o", "out", "--resume", "--json").objects[0]
    again = run("draw", many / "p0.png", "-o", "out", "--resume", "--json").objects[0]
    assert again["faces"] == first["faces"] != []
    assert again["outputs"] == first["outputs"]
    assert again["notes"] == ["Whole and current; it was left alone."]


def test_the_report_is_said_at_the_end(many: Path, run: Run) -> None:
    answer = run("draw", many, "-o", "out", "--resume")
    assert "7 pictures: 6 done, 0 skipped, 1 failed" in answer.err
    assert answer.code == 1


def test_going_on_needs_a_folder_of_results(many: Path, run: Run) -> None:
    answer = run("draw", many, "--resume")
    assert answer.code == 2
    assert "-o DIR" in answer.err


@pytest.fixture
def stored(many: Path) -> Iterator[str]:
    """Return the address of the same pictures in a store that lives in memory."""
    memory = fsspec.filesystem("memory")
    for path in many.iterdir():
        memory.pipe_file(f"memory://cli-tests/in/{path.name}", path.read_bytes())
    yield "memory://cli-tests"
    memory.rm("memory://cli-tests", recursive=True)


def test_a_folder_of_a_store_is_drawn_as_one_of_this_machine(
    stored: str, many: Path, run: Run
) -> None:
    assert run("draw", many, "-o", "out").code == 1
    words = ["draw", f"{stored}/in", "-o", f"{stored}/out", "--report", f"{stored}/r.json"]
    first = run(*words, "--resume", "--json")
    assert first.code == 1
    memory = fsspec.filesystem("memory")
    for path in Path("out").glob("*.png"):
        assert memory.cat_file(f"{stored}/out/{path.name}") == path.read_bytes()
    assert [o["file"] for o in first.objects] == [
        f"{stored}/in/{n}" for n in sorted(p.name for p in many.iterdir())
    ]
    memory.pipe_file(f"{stored}/out/p1-croquis.png", b"")
    assert "1 done, 5 skipped, 1 failed" in run(*words, "--resume").err
    assert json.loads(memory.cat_file(f"{stored}/r.json"))["done"] == 1


def test_a_pattern_in_a_store_leaves_earlier_results_out(stored: str, run: Run) -> None:
    assert run("draw", f"{stored}/in/p[01].png").code == 0
    beside = run("draw", f"{stored}/in/p*.png", "--json").objects
    assert [Path(o["file"]).name for o in beside] == [f"p{k}.png" for k in range(6)]


@pytest.mark.usefixtures("stored")
def test_no_pictures_in_a_store_or_no_store_is_said(run: Run) -> None:
    assert "There are no pictures at" in run("draw", "memory://cli-tests/in/*.gif").err
    assert run("draw", "ftp://cli-tests/in/me.jpg").code == 3
    assert run("draw", "memory://cli-tests/in/p0.png", "-o", "ftp://out").code == 4


def test_a_watched_store_is_drawn_as_pictures_arrive(
    stored: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once(look: Callable[[], dict[Any, object]], known: tuple[Any, ...]) -> Iterator[list[Any]]:
        memory = fsspec.filesystem("memory")
        memory.pipe_file(f"{stored}/in/late.png", memory.cat_file(f"{stored}/in/p0.png"))
        yield [item for item in look() if item not in known]
        raise Interrupted(2)

    monkeypatch.setattr("limner.batch.arrivals", once)
    assert run("draw", f"{stored}/in", "-o", f"{stored}/out", "--watch").code == 130
    assert fsspec.filesystem("memory").exists(f"{stored}/out/late-croquis.png")


@pytest.mark.parametrize("verb", ["lines", "parse", "plot"])
def test_the_other_verbs_go_on_too(verb: str, many: Path, run: Run) -> None:
    run(verb, many, "-o", "out", "--resume", "--jobs", "2")
    answer = run(verb, many, "-o", "out", "--resume")
    assert "0 done, 6 skipped, 1 failed" in answer.err


def test_a_journal_that_cannot_be_written_is_told(
    many: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OutputError("The journal cannot be written: no room.")

    monkeypatch.setattr(_batch.Past, "keep", refuse)
    answer = run("draw", many / "p0.png", "-o", "out", "--resume")
    assert answer.code == 4
    assert "no room" in answer.err


def test_a_watched_folder_is_drawn_as_pictures_arrive(
    many: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(look: Callable[[], dict[Any, object]], known: tuple[Any, ...]) -> Iterator[list[Any]]:
        save(fakes.picture((20, 20, 60)), many / "late.png")
        (many / "deep").mkdir()
        yield [item for item in look() if item not in known]
        raise Interrupted(2)

    monkeypatch.setattr("limner.batch.arrivals", twice)
    answer = run("draw", many, "-o", "out", "--watch")
    assert answer.code == 130
    assert Path("out/late-croquis.png").is_file()
    assert "8 pictures: 7 done" in answer.err
