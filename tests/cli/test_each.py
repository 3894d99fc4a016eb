"""One bad picture is told and the rest is done; the exit code says how it went."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from limner.cli._each import Outcome, Reporting, each
from limner.cli._inputs import Item
from limner.errors import CorruptWeights, LimnerError, NoFace, OutputError, UnreadablePhoto

ITEMS = tuple(Item(f"{name}.jpg", Path(f"{name}.jpg")) for name in "abc")


def failing(errors: dict[str, Exception]) -> tuple[list[str], object]:
    """Return the names that were worked on, and the work that fails for some of them."""
    seen: list[str] = []

    def work(item: Item, outcome: Outcome) -> None:
        seen.append(item.label)
        outcome.notes.append("noted")
        if item.label in errors:
            raise errors[item.label]
        outcome.outputs.append(item.label + ".png")

    return seen, work


def test_all_well_is_nought() -> None:
    seen, work = failing({})
    assert each(ITEMS, work, reporting=Reporting()) == 0  # type: ignore[arg-type]
    assert seen == ["a.jpg", "b.jpg", "c.jpg"]


def test_one_bad_picture_of_several_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    seen, work = failing({"b.jpg": UnreadablePhoto("b.jpg is cut.")})
    assert each(ITEMS, work, reporting=Reporting()) == 1  # type: ignore[arg-type]
    assert len(seen) == 3
    error = capsys.readouterr().err
    assert "limner: b.jpg is cut." in error
    assert "1 of 3 pictures failed." in error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnreadablePhoto("x"), 3),
        (OutputError("x"), 4),
        (NoFace("x"), 5),
        (LimnerError("x"), 1),
        (KeyError("x"), 1),
    ],
)
def test_a_lone_bad_picture_gives_its_own_code(error: Exception, code: int) -> None:
    _, work = failing({"a.jpg": error})
    assert each(ITEMS[:1], work, reporting=Reporting()) == code  # type: ignore[arg-type]


def test_fail_fast_stops_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    seen, work = failing({"a.jpg": NoFace("nobody")})
    assert each(ITEMS, work, reporting=Reporting(fail_fast=True)) == 1  # type: ignore[arg-type]
    assert seen == ["a.jpg"]
    assert "2 of 3 pictures were not looked at" in capsys.readouterr().err


def test_a_broken_weight_is_told_once() -> None:
    seen, work = failing({"a.jpg": CorruptWeights("changed")})
    assert each(ITEMS, work, reporting=Reporting()) == 1  # type: ignore[arg-type]
    assert seen == ["a.jpg"]


def test_json_is_one_object_a_picture_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    _, work = failing({"b.jpg": ZeroDivisionError("oops")})
    each(ITEMS, work, reporting=Reporting(as_json=True))  # type: ignore[arg-type]
    heard = capsys.readouterr()
    lines = [json.loads(line) for line in heard.out.splitlines()]
    assert [line["file"] for line in lines] == ["a.jpg", "b.jpg", "c.jpg"]
    assert all(set(line) == {"file", "outputs", "faces", "notes", "error"} for line in lines)
    assert lines[0] == {
        "file": "a.jpg",
        "outputs": ["a.jpg.png"],
        "faces": [],
        "notes": ["noted"],
        "error": None,
    }
    assert "report" in lines[1]["error"]
    assert "Traceback" not in heard.err


def test_verbose_shows_where_it_went_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    _, work = failing({"b.jpg": ZeroDivisionError("oops")})
    each(ITEMS, work, reporting=Reporting(verbose=True))  # type: ignore[arg-type]
    error = capsys.readouterr().err
    assert "Traceback" in error
    assert "ms" in error


def test_a_name_of_any_bytes_is_still_json(capsys: pytest.CaptureFixture[str]) -> None:
    odd = Item("\udcff 한.jpg", Path("odd.jpg"))
    _, work = failing({})
    assert each([odd], work, reporting=Reporting(as_json=True)) == 0  # type: ignore[arg-type]
    assert json.loads(capsys.readouterr().out)["file"] == odd.label


def test_a_bar_is_shown_only_to_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, work = failing({})
    each(ITEMS, work, reporting=Reporting())  # type: ignore[arg-type]
    assert "\x1b" not in capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    each(ITEMS, work, reporting=Reporting())  # type: ignore[arg-type]
    shown = capsys.readouterr().err
    assert "3/3" in shown
    assert not any(f"\x1b[{color}" in shown for color in ("3", "9", "4", "1;3"))
