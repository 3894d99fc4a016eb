"""What the commands about heads share: words in → a head, or a sentence."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest
from tests.heads.conftest import egg_head, graphs  # noqa: F401

from limner.cli._heads import facts, head_of, stem_of, told
from limner.cli._inputs import Reading
from limner.errors import InputError
from limner.heads import write_head
from limner.records import Head

pytestmark = pytest.mark.usefixtures("graphs")
PLAIN = {"seed": None, "truncation": 0.7, "face": None, "reading": Reading()}


def test_a_head_comes_from_a_file_or_a_seed(tmp_path: Path, egg_head: Head) -> None:  # noqa: F811
    write_head(tmp_path / "me.limner", egg_head)
    head = head_of(str(tmp_path / "me.limner"), **PLAIN)  # type: ignore[arg-type]
    assert (head.base == egg_head.base).all()
    assert head_of(None, **{**PLAIN, "seed": 7}).seed == 7  # type: ignore[arg-type]


def test_neither_both_and_a_face_of_nobody_are_usage_errors() -> None:
    for source, changes in ((None, {}), ("me.jpg", {"seed": 1}), (None, {"seed": 1, "face": 2})):
        with pytest.raises(click.UsageError):
            head_of(source, **{**PLAIN, **changes})  # type: ignore[arg-type]


def test_a_file_that_is_no_head_is_refused(tmp_path: Path) -> None:
    (tmp_path / "me.limner").write_bytes(b"x" * 99)
    with pytest.raises(InputError, match="refused"):
        head_of(str(tmp_path / "me.limner"), **PLAIN)  # type: ignore[arg-type]


def test_results_are_named_after_what_they_come_from() -> None:
    assert stem_of("a/b.c.jpg", None) == Path("a/b.c")
    assert stem_of("-", None) == Path("stdin")
    assert stem_of(None, 4) == Path("seed-4")


def test_a_warning_becomes_one_note() -> None:
    notes: list[str] = []
    with told(notes):
        for _ in range(3):
            warnings.warn("too far", UserWarning, stacklevel=1)
    assert notes == ["too far"]


def test_facts_are_plain(egg_head: Head) -> None:  # noqa: F811
    told_of = facts(egg_head)
    assert told_of["yaw_deg"] == 0.0
    assert told_of["seed"] is None


def test_each_thread_hears_its_own_warnings() -> None:
    def listen(name: str) -> list[str]:
        notes: list[str] = []
        with told(notes):
            both.wait()
            warnings.warn(f"{name} warns", stacklevel=1)
            both.wait()
            warnings.warn(f"{name} warns again", stacklevel=1)
        return notes

    both = threading.Barrier(2, timeout=60)
    before = warnings.filters[:]
    with ThreadPoolExecutor(2) as pool:
        heard = list(pool.map(listen, "ab"))
    assert heard == [["a warns", "a warns again"], ["b warns", "b warns again"]]
    assert warnings.filters == before


def test_while_one_listens_the_others_warn_as_ever() -> None:
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as heard, told(notes):
        thread = threading.Thread(target=warnings.warn, args=("mine",))
        thread.start()
        thread.join()
    assert notes == []
    assert [str(warning.message) for warning in heard] == ["mine"]
