"""One command over many pictures: items and the work in → each done or reported, JSON lines, an exit code."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import click

from limner.cli._batch import Batching, Past
from limner.cli._signals import check_interrupted
from limner.cli._talk import Talk, bug_sentence
from limner.errors import LimnerError, WeightsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from limner.batch import Report
    from limner.cli._inputs import Item
    from limner.cli._outputs import Folders, Outputs
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
    more : dict
        What this command alone tells; stands beside the others in the JSON.
    words : str
        What became of it in a few words, where the list of files is too long for people.
    """

    file: str
    outputs: list[str] = field(default_factory=list)
    faces: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str | None = None
    more: dict[str, Any] = field(default_factory=dict)
    words: str = ""

    # no field: a command that never looks for faces has nothing to say of them
    _looked = False

    def see(self, faces: Sequence[Face], *, points: bool = False) -> None:
        """Keep the faces that were found, with their landmarks if `points`."""
        self._looked = True
        self.faces = [dict(face.as_json()) for face in faces]
        if points:
            for entry, face in zip(self.faces, faces, strict=True):
                entry["landmarks"] = [[round(float(v), 1) for v in xy] for xy in face.landmarks]

    def sentence(self) -> str:
        """Return what a person wants to read of it."""
        if self.words:
            return f"{self.file}: {self.words}"
        written = " ".join(name for name in self.outputs if name != "-")
        told = [f"→ {written}"] if written else []
        if self._looked or self.faces:
            told.insert(0, f"{len(self.faces)} face{'s' if len(self.faces) != 1 else ''}")
        return f"{self.file}: {' '.join(told) or 'done'}"

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints."""
        told = {k: v for k, v in asdict(self).items() if k not in {"words", "more"}}
        return told | self.more


@dataclass
class _Done:
    """How one picture went."""

    item: Item
    outcome: Outcome
    error: Exception | None = None
    key: str | None = None
    skipped: bool = False
    seconds: float = 0.0


def each(
    items: Sequence[Item],
    work: Callable[[Item, Outcome], None],
    *,
    reporting: Reporting,
    batching: Batching | None = None,
    outputs: Outputs | Folders | None = None,
    again: Callable[[], tuple[Item, ...]] | None = None,
) -> int:
    """Do `work` for every item and tell what became of it.

    Parameters
    ----------
    items : sequence of Item
    work : callable
        Fills in the outcome as it goes, and raises where it cannot go on. With several jobs, called in threads.
    reporting : Reporting
    batching : Batching, optional
        Whether to go on from an earlier run, how many at once, the report, the watching.
    outputs : Outputs or Folders, optional
        Where the results lie; needed for going on.
    again : callable, optional
        Looks for the items anew; needed for watching.

    Returns
    -------
    int
        0 if all went well; a lone item's own code; 1 if some of several failed.
    """
    from limner.batch import Report

    batching = batching or Batching()
    if batching.watch:
        items = [item for item in items if not item.problem]
    run = _Run(work, reporting, batching, batching.past(outputs), Report())
    try:
        run.go(items)
        if batching.watch and again is not None and not run.stopped:
            for new in batching.arrivals(again, tuple(items)):
                if outputs is not None:
                    outputs.admit(new)
                run.go(new)
    finally:
        run.finish()
    return run.code()


@dataclass
class _Run:
    """All pictures of one command, done or being done."""

    work: Callable[[Item, Outcome], None]
    reporting: Reporting
    batching: Batching
    past: Past | None
    report: Report
    codes: list[int] = field(default_factory=list)
    stopped: bool = False

    def __post_init__(self) -> None:
        self.talk = Talk(quiet=self.reporting.quiet, verbose=self.reporting.verbose)

    def go(self, items: Sequence[Item]) -> None:
        """Work through items, and stop where it makes no sense to go on."""
        if self.stopped:
            return
        with _progress(len(items), self.talk) as advance:
            for number, done in enumerate(self._results(items), 1):
                check_interrupted()
                self._keep(done)
                self._count(done)
                advance()
                # A broken weight fails every picture alike: one complaint is enough.
                hopeless = done.error and (
                    self.reporting.fail_fast or isinstance(done.error, WeightsError)
                )
                if hopeless and number < len(items):
                    self.stopped = True
                    self.report.left = len(items) - number
                    self.talk.say(
                        f"Stopped; {len(items) - number} of {len(items)} pictures were not looked at."
                    )
                    break

    def _results(self, items: Sequence[Item]) -> Iterator[_Done]:
        """Do the items, here or on a cluster, and yield how each went, in order."""
        from limner.batch import in_order

        if self.batching.cluster:
            yield from self._on_cluster(items)
            return
        for _, done in in_order(self._attempt, items, jobs=self.batching.jobs):
            yield done

    def _on_cluster(self, items: Sequence[Item]) -> Iterator[_Done]:
        """Send what an earlier run has not done to workers; they write the results themselves."""
        from limner.cli._cluster import answers

        waiting = []
        for item in items:
            done = _Done(item, Outcome(item.label))
            if self._known(done):
                yield done
            else:
                waiting.append(done)
        if not waiting:
            return
        told = answers(
            self.work,
            [done.item for done in waiting],
            address=str(self.batching.cluster),
            workers=0 if self.batching.jobs == 1 else self.batching.jobs,
        )
        for done, answer in zip(waiting, told, strict=True):
            done.outcome = Outcome(**answer.told)
            done.error, done.seconds = answer.error, answer.seconds
            self.report.count_worker(answer.worker, answer.busy_seconds)
            yield done

    def _attempt(self, item: Item) -> _Done:
        done = _Done(item, Outcome(item.label))
        start = time.perf_counter()
        try:
            if not self._known(done):
                self.work(item, done.outcome)
        except click.ClickException:
            raise
        except Exception as error:  # noqa: BLE001 - one picture's accident must not end the batch
            done.error = error
        done.seconds = time.perf_counter() - start
        return done

    def _known(self, done: _Done) -> bool:
        """Say whether an earlier run did this picture already, and tell again what was told of it."""
        done.key = None if self.past is None else self.past.key(done.item)
        if self.past is None or done.key is None:
            return False
        entry = self.past.current(done.item, done.key)
        if entry is None:
            return False
        done.outcome.outputs = [str(name) for name in entry.told.get("outputs", ())]
        done.outcome.faces = list(entry.told.get("faces", ()))
        done.outcome.more = dict(entry.told.get("more", {}))
        done.outcome.words = str(entry.told.get("words", ""))
        done.outcome.notes = [*entry.told.get("notes", ()), "Whole and current; it was left alone."]
        done.skipped = True
        return True

    def _keep(self, done: _Done) -> None:
        if self.past is None or done.key is None or done.error or done.skipped:
            return
        told = asdict(done.outcome)
        try:
            self.past.keep(done.item, done.key, done.outcome.outputs, told)
        except LimnerError as error:
            done.error = error

    def _count(self, done: _Done) -> None:
        """Tell what became of a picture."""
        outcome, error = done.outcome, done.error
        if error is not None:
            outcome.error = str(error) if isinstance(error, LimnerError) else bug_sentence(error)
            # Most sentences name the picture themselves.
            named = done.item.path is None or done.item.label in outcome.error
            words = outcome.error if named else f"{done.item.label}: {outcome.error}"
            self.talk.error(words, cause=error)
            self.report.failed[done.item.label] = outcome.error
            self.codes.append(_code(error))
        elif done.skipped:
            self.report.skipped += 1
        else:
            self.report.done += 1
        if done.skipped and not self.reporting.as_json:
            self.talk.detail(f"{done.item.label}: whole and current.")
        else:
            _tell(outcome, self.talk, as_json=self.reporting.as_json)
        self.talk.detail(f"{done.item.label}: {1000 * done.seconds:.0f} ms")

    def finish(self) -> None:
        """Tell and keep the sum."""
        if self.batching.asked_for:
            self.talk.say(self.report.as_text())
            self.batching.keep(self.report)

    def code(self) -> int:
        """Return the exit code."""
        if not self.codes:
            return 0
        if self.report.total == 1:
            return self.codes[0]
        if not self.batching.asked_for:
            self.talk.say(f"{len(self.codes)} of {self.report.total} pictures failed.")
        return 1


def _code(error: Exception) -> int:
    from limner.cli import exit_code

    return exit_code(error)


def _tell(outcome: Outcome, talk: Talk, *, as_json: bool) -> None:
    for note in outcome.notes:
        talk.say(f"{outcome.file}: {note}")
    if outcome.error is None:
        talk.say(outcome.sentence())
    if as_json:
        click.echo(json.dumps(outcome.as_json()))
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
