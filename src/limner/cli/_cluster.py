"""One command over a cluster: pictures and the work in → what became of each, from workers in other processes."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from limner import api, errors
from limner.cli._talk import bug_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from limner.cli._each import Outcome
    from limner.cli._inputs import Item

__all__ = ["Answer", "BusyClock", "Hand", "answers"]

#: Options of a command that say how its networks run, in whatever process.
_MACHINE = ("threads", "precision", "engine", "commercial_only")


@dataclass(frozen=True)
class Answer:
    """What a worker says of a picture.

    Parameters
    ----------
    told : dict
        The fields of its `Outcome`.
    error : Exception, optional
        Why it failed.
    seconds : float
        How long it took.
    worker : str
        Who did it.
    busy_seconds : float
        What it added to the time in which its worker had anything in hand.
    """

    told: dict[str, Any]
    error: Exception | None
    seconds: float
    worker: str
    busy_seconds: float


class BusyClock:
    """How long a worker has anything in hand: its pictures overlap, and a second counts once.

    Examples
    --------
    >>> clock = BusyClock()
    >>> clock.begin(0.0)
    >>> clock.begin(5.0)
    >>> clock.end(7.0), clock.end(10.0)
    (7.0, 3.0)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_hand = 0
        self._counted_to = 0.0

    def begin(self, now: float) -> None:
        """Note that a picture is taken in hand."""
        with self._lock:
            if not self._in_hand:
                self._counted_to = now
            self._in_hand += 1

    def end(self, now: float) -> float:
        """Note that one is done, and return the busy seconds that were not counted yet."""
        with self._lock:
            seconds, self._counted_to = max(0.0, now - self._counted_to), max(now, self._counted_to)
            self._in_hand -= 1
            return seconds


@dataclass(frozen=True)
class Hand:
    """What does one picture in a worker; it travels there, is called once, and then once a row.

    Parameters
    ----------
    work : callable
        The command's own work on one picture.
    items : tuple of Item
        All pictures; a row names one by its number.
    folder : str
        Where the command was typed: paths are meant from there.
    machine : dict
        Keywords of ``api.configure``.
    """

    work: Callable[[Item, Outcome], None]
    items: tuple[Item, ...]
    folder: str
    machine: dict[str, Any]

    def __call__(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Make ready in the worker's process."""
        os.chdir(self.folder)
        api.configure(**self.machine)
        clock = BusyClock()
        return lambda row: self.do(row, clock)

    def do(self, row: dict[str, Any], clock: BusyClock) -> dict[str, Any]:
        """Do one picture, while others may be done; nothing is raised, or the others would end with it."""
        from limner.cli._each import Outcome

        item = self.items[int(row["number"])]
        outcome = Outcome(item.label)
        failed: dict[str, str] = {"kind": "", "error": ""}
        start = time.perf_counter()
        clock.begin(start)
        try:
            self.work(item, outcome)
        except Exception as error:  # noqa: BLE001 - told to the one who asked, who decides
            words = str(error) if isinstance(error, errors.LimnerError) else bug_sentence(error)
            failed = {"kind": type(error).__name__, "error": words}
        end = time.perf_counter()
        return {
            "number": int(row["number"]),
            # As text: a column of nested lists that are empty in one row and full in another has no type.
            "told": json.dumps(asdict(outcome)),
            "seconds": end - start,
            "busy_seconds": clock.end(end),
            "worker": f"{os.uname().nodename if hasattr(os, 'uname') else 'this'}:{os.getpid()}",
            **failed,
        }


def answers(
    work: Callable[[Item, Outcome], None], items: Sequence[Item], *, address: str, workers: int
) -> Iterator[Answer]:
    """Yield what becomes of each picture, in order; the cluster is left when the last has come.

    Raises
    ------
    MissingExtra, InputError
        If there is no cluster.
    click.UsageError
        If a picture is stdin, which only this process can read.
    """
    from limner.batch import cluster

    if any(item.path is None for item in items):
        raise click.UsageError("--cluster reads files, not stdin; give files or a folder.")
    given = click.get_current_context().params
    machine = {name: given[name] for name in _MACHINE if name in given}
    crew = cluster.open_crew(address, workers)
    machine["jobs"] = crew.workers if address == cluster.LOCAL else 1
    hand = Hand(work, tuple(items), os.getcwd(), machine)  # noqa: PTH109 - travels as text
    try:
        for row in cluster.in_row_order(crew.run(hand, len(items)), len(items)):
            error = _error(row["kind"], row["error"]) if row["kind"] else None
            yield Answer(
                json.loads(row["told"]),
                error,
                float(row["seconds"]),
                row["worker"],
                float(row["busy_seconds"]),
            )
    finally:
        crew.close()


def _error(kind: str, words: str) -> Exception:
    """Return a worker's error as it would have been here."""
    known = getattr(errors, kind, None)
    if isinstance(known, type) and issubclass(known, errors.LimnerError):
        return known(words)
    return RuntimeError(f"{kind}: {words}")
