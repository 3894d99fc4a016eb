"""One command over many pictures: items and the work in → each done or reported, JSON lines, an exit code."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import click

from limner.cli._signals import check_interrupted
from limner.cli._talk import Talk, bug_sentence
from limner.errors import LimnerError, WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from limner.cli._inputs import Item
    from limner.records import Face

__all__ = ["Outcome", "Reporting", "each"]


@dataclass(frozen=True)
class Reporting:
    """How a run tells what it did; the options of the same names."""

    as_json: bool = False
    fail_fast: bool = False
    quiet: bool = False
    verbose: bool = False


@dataclass
class Outcome:
    """What became of one picture: the object that ``--json`` prints.

    Parameters
    ----------
    file : str
        The picture as it was named.
    outputs : list of str
        The files that were written.
    faces : list of dict
        Box, score and angles of each face.
    notes : list of str
        What is worth knowing.
    error : str, optional
        Why it failed.
    """

    file: str
    outputs: list[str] = field(default_factory=list)
    faces: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str | None = None

    def see(self, faces: Sequence[Face], *, points: bool = False) -> None:
        """Keep the faces that were found, with their landmarks if `points`."""
        self.faces = [dict(face.as_json()) for face in faces]
        if points:
            for entry, face in zip(self.faces, faces, strict=True):
                entry["landmarks"] = [[round(float(v), 1) for v in xy] for xy in face.landmarks]

    def sentence(self) -> str:
        """Return what a person wants to read of it."""
        people = f"{len(self.faces)} face{'s' if len(self.faces) != 1 else ''}"
        written = " ".join(name for name in self.outputs if name != "-")
        return f"{self.file}: {people}" + (f" → {written}" if written else "")


def each(
    items: Sequence[Item], work: Callable[[Item, Outcome], None], *, reporting: Reporting
) -> int:
    """Do `work` for every item and tell what became of it.

    Parameters
    ----------
    items : sequence of Item
    work : callable
        Fills in the outcome as it goes, and raises where it cannot go on.
    reporting : Reporting

    Returns
    -------
    int
        0 if all went well; a lone item's own code; 1 if some of several failed.
    """
    from limner.cli import exit_code

    talk = Talk(quiet=reporting.quiet, verbose=reporting.verbose)
    codes: list[int] = []
    with _progress(len(items), talk) as advance:
        for done, item in enumerate(items, 1):
            outcome = Outcome(item.label)
            start = time.perf_counter()
            error = _attempt(work, item, outcome, talk)
            check_interrupted()
            _tell(outcome, talk, as_json=reporting.as_json)
            talk.detail(f"{item.label}: {1000 * (time.perf_counter() - start):.0f} ms")
            advance()
            if error is None:
                continue
            codes.append(exit_code(error))
            # A broken weight fails every picture alike: one complaint is enough.
            if (reporting.fail_fast or isinstance(error, WeightsError)) and done < len(items):
                talk.say(
                    f"Stopped; {len(items) - done} of {len(items)} pictures were not looked at."
                )
                break
    if not codes:
        return 0
    if len(items) == 1:
        return codes[0]
    talk.say(f"{len(codes)} of {len(items)} pictures failed.")
    return 1


def _attempt(
    work: Callable[[Item, Outcome], None], item: Item, outcome: Outcome, talk: Talk
) -> Exception | None:
    try:
        work(item, outcome)
    except click.ClickException:
        raise
    except Exception as error:  # noqa: BLE001 - one picture's accident must not end the batch
        outcome.error = str(error) if isinstance(error, LimnerError) else bug_sentence(error)
        # Most sentences name the picture themselves.
        named = item.path is None or item.label in outcome.error
        talk.error(outcome.error if named else f"{item.label}: {outcome.error}", cause=error)
        return error
    return None


def _tell(outcome: Outcome, talk: Talk, *, as_json: bool) -> None:
    for note in outcome.notes:
        talk.say(f"{outcome.file}: {note}")
    if outcome.error is None:
        talk.say(outcome.sentence())
    if as_json:
        click.echo(json.dumps(asdict(outcome)))
        sys.stdout.flush()


@contextmanager
def _progress(total: int, talk: Talk) -> Iterator[Callable[[], None]]:
    """Show a bar on stderr if people look at it and there is something to wait for."""
    if talk.quiet or total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # rich heeds NO_COLOR itself; sentences printed meanwhile go above the bar.
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)
