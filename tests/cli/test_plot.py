"""`limner plot`: strokes on a page, in the unit and for the machine that was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("kind", "inside"), [("svg", b"inkscape:groupmode"), ("hpgl", b"PU"), ("gcode", b"G21")]
)
def test_each_machine_gets_its_language(desk: Path, run: Run, kind: str, inside: bytes) -> None:
    answer = run("plot", "one.png", "--format", kind)
    assert answer.code == 0
    assert inside in (desk / f"one-lines.{kind}").read_bytes()
    assert "with the pen up" in answer.err


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ([], b'width="210mm" height="297mm"'),
        (["--page", "a5"], b'width="148mm" height="210mm"'),
        (["--landscape"], b'width="297mm" height="210mm"'),
        (["--page", "8x10in", "--margin", "0.5in"], b'width="203.2mm" height="254mm"'),
    ],
)
def test_the_page_is_as_large_as_was_said(
    desk: Path, run: Run, words: list[str], size: bytes
) -> None:
    assert run("plot", "one.png", *words).code == 0
    assert size in (desk / "one-lines.svg").read_bytes()


def test_margins_that_leave_nothing_are_a_usage_error(desk: Path, run: Run) -> None:
    answer = run("plot", "one.png", "--margin", "11cm")
    assert answer.code == 2
    assert "margin" in answer.err


def test_tone_is_laid_on_request(desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("plot", "one.png", "-o", "plain.svg")
    toned = run("plot", "one.png", "--hatch", "-o", "toned.svg")
    assert plain.code == toned.code == 0
    assert (desk / "toned.svg").stat().st_size > (desk / "plain.svg").stat().st_size
