"""Sentences go to stderr, as loudly as was asked for."""

from __future__ import annotations

import pytest

from limner.cli._talk import Talk, bug_sentence, table


def test_data_stays_alone_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    talk = Talk(verbose=True)
    talk.say("said")
    talk.detail("told")
    talk.error("wrong", cause=ValueError("inner"))
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.splitlines()[:2] == ["said", "told"]
    assert "ValueError: inner" in heard.err
    assert heard.err.endswith("limner: wrong\n")


def test_quiet_leaves_only_errors(capsys: pytest.CaptureFixture[str]) -> None:
    talk = Talk(quiet=True)
    talk.say("said")
    talk.detail("told")
    talk.error("wrong", cause=ValueError("inner"))
    assert capsys.readouterr().err == "limner: wrong\n"


def test_a_fault_of_our_own_asks_to_be_reported() -> None:
    assert "report" in bug_sentence(RuntimeError("odd\nsecond line"))
    assert "second line" not in bug_sentence(RuntimeError("odd\nsecond line"))
    assert "--max-side" in bug_sentence(MemoryError())


def test_a_table_holds_its_columns() -> None:
    assert table([("a", "bb"), ("ccc", "")]).splitlines() == ["a    bb", "ccc"]
