"""A run over a cluster gives what a run here gives, whichever worker did what and however often (test 50)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api import fakes
from tests.cli.conftest import Run, save

from limner.batch import cluster
from limner.cli import _cluster

Row = dict[str, Any]


class FakeCrew:
    """Two workers in this process; the first dies after its first row, which is done again by the other."""

    workers = 2

    def __init__(self) -> None:
        self.given: list[int] = []
        self.hands = 0
        self.closed = False

    def run(self, make_hand: Callable[[], Callable[[Row], Row]], count: int) -> Iterator[Row]:
        first, second = make_hand(), make_hand()
        self.hands += 2
        first({"number": count - 1})  # done, and lost with the worker
        for number in reversed(range(count)):
            self.given.append(number)
            yield second({"number": number})
        yield second({"number": 0})  # told twice

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> FakeCrew:
    one = FakeCrew()
    monkeypatch.setattr(cluster, "open_crew", lambda address, workers: one)
    monkeypatch.setattr("limner.api.configure", lambda **_: None)
    return one


@pytest.fixture
def many(desk: Path) -> Path:
    """Return a folder of five people and one file that is no picture."""
    folder = desk / "many"
    folder.mkdir()
    for k in range(5):
        save(fakes.picture((10 + 5 * k, 30, 50)), folder / f"p{k}.png")
    (folder / "bad.jpg").write_bytes(b"no picture")
    return folder


def written(folder: str) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in Path(folder).glob("*.*") if p.suffix == ".png"}


def test_50_the_union_of_the_workers_is_the_single_run(
    many: Path, run: Run, crew: FakeCrew
) -> None:
    here = run("draw", many, "-o", "here", "--json")
    there = run("draw", many, "-o", "there", "--json", "--cluster", "local", "--report", "r.json")
    assert (here.code, there.code) == (1, 1)
    assert written("here") == written("there")
    assert crew.closed
    for one, other in zip(here.objects, there.objects, strict=True):
        assert one["file"] == other["file"]
        assert (one["faces"], one["error"]) == (other["faces"], other["error"])
    told = json.loads(Path("r.json").read_text())
    assert [Path(row["file"]).name for row in told["failed"]] == ["bad.jpg"]
    assert told["done"] == 5
    assert [row["pictures"] for row in told["workers"]] == [6]
    assert str(os.getpid()) in there.err


def test_50_what_is_current_is_not_sent_to_the_cluster(
    many: Path, run: Run, crew: FakeCrew
) -> None:
    run("draw", many, "-o", "out", "--resume")
    Path("out/p3-croquis.png").unlink()
    run("draw", many, "-o", "out", "--resume", "--cluster", "local")
    # the missing one and the bad one
    assert sorted(crew.given) == [0, 1]
    assert len(written("out")) == 5
    # a journal does not care where the work was done
    crew.given.clear()
    run("draw", many, "-o", "out", "--resume", "--cluster", "local")
    assert crew.given == [0]


@pytest.mark.parametrize("verb", ["lines", "parse", "plot"])
def test_50_other_verbs_go_over_the_cluster_too(
    verb: str, many: Path, run: Run, crew: FakeCrew
) -> None:
    assert run(verb, many, "-o", "out", "--cluster", "10.0.0.1:6379").code == 1
    assert len(list(Path("out").glob("p*"))) == 5


def test_50_stdin_stays_here(run: Run, desk: Path, crew: FakeCrew) -> None:
    refused = run("draw", "-", "-o", "out", "--cluster", "local")
    assert refused.code == 2
    assert "not stdin" in refused.err


def test_an_accident_in_a_worker_is_told_as_one(run: Run, desk: Path, crew: FakeCrew) -> None:
    error = _cluster._error("ZeroDivisionError", "by zero")
    assert isinstance(error, RuntimeError)
    assert "ZeroDivisionError" in str(error)
    known = _cluster._error("NoFace", "Nobody is there.")
    assert type(known).__name__ == "NoFace"
    assert str(known) == "Nobody is there."


def test_a_second_in_which_two_pictures_are_in_hand_counts_once() -> None:
    clock = _cluster.BusyClock()
    clock.begin(0.0)
    clock.begin(5.0)
    assert [clock.end(7.0), clock.end(10.0)] == [7.0, 3.0]
    clock.begin(20.0)  # what lay between was idle
    assert clock.end(21.0) == 1.0
