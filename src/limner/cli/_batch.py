"""Many pictures in one run: options in → what is current, how many at once, a report, a watched folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from limner import api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from limner.batch import Entry, Report
    from limner.cli._inputs import Item
    from limner.cli._outputs import Folders, Outputs

__all__ = ["Batching", "Past"]

#: Parameters of a command that do not decide what its results hold.
_NO_MATTER = frozenset(
    (
        *("pictures", "output", "resume", "jobs", "report", "watch", "cluster"),
        *("threads", "commercial_only"),
        *("as_json", "fail_fast", "quiet", "verbose", "max_megabytes", "max_megapixels"),
    )
)


@dataclass(frozen=True)
class Batching:
    """How many pictures are worked through; the options of the same names."""

    resume: bool = False
    jobs: int = 1
    report: str | None = None
    watch: bool = False
    cluster: str | None = None

    @property
    def asked_for(self) -> bool:
        """Whether a report is worth its lines."""
        return self != Batching()

    def past(self, outputs: Outputs | Folders | None) -> Past | None:
        """Return what earlier runs did, if this one goes on from them.

        Raises
        ------
        click.UsageError
            If there is no folder of results to keep the journal in.
        """
        if not self.resume:
            return None
        if outputs is None or outputs.folder is None:
            raise click.UsageError(
                "--resume keeps its journal beside the results; name a folder for them: -o DIR."
            )
        return Past(outputs)

    def keep(self, report: Report) -> None:
        """Write the report as JSON where ``--report`` says.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        if self.report:
            api.write_bytes(self.report, report.as_json().encode())

    def arrivals(
        self, again: Callable[[], tuple[Item, ...]], known: tuple[Item, ...]
    ) -> Iterator[list[Item]]:
        """Yield new pictures as they arrive whole, endlessly."""
        from limner.batch import arrivals

        return arrivals(lambda: _states(again()), known=known)


def _states(items: tuple[Item, ...]) -> dict[Item, object]:
    states: dict[Item, object] = {}
    for item in items:
        if item.path is None or item.problem:
            continue
        found = api.place_state(item.path)
        if found is not None:
            states[item] = found
    return states


class Past:
    """What earlier runs of the command did in a folder of results.

    Parameters
    ----------
    outputs : Outputs or Folders
        Names the folder, and what each picture's results are called.
    """

    def __init__(self, outputs: Outputs | Folders) -> None:
        from limner import __version__
        from limner.batch import open_journal

        context = click.get_current_context()
        given = {k: v for k, v in context.params.items() if k not in _NO_MATTER}
        here = api.information()
        weights = [(row["name"], row["sha256"]) for row in api.weights_table()]
        self._settings: dict[str, Any] = {
            **given,
            "of": (context.info_name, __version__, here["engine"], here["precision"], weights),
        }
        self._outputs = outputs
        self._journal = open_journal(outputs.folder or Path(), str(context.info_name))

    def key(self, item: Item) -> str | None:
        """Return the digest of all that decides an item's results; None if it cannot be read."""
        from limner.batch import digest

        if item.path is None or item.problem:
            return None
        return digest(item.path, self._settings | {"stem": self._outputs.stem(item)})

    def current(self, item: Item, key: str) -> Entry | None:
        """Return what was written and told, if it is whole and would be the same now."""
        return self._journal.current(item.label, key)

    def keep(self, item: Item, key: str, results: list[str], told: dict[str, Any]) -> None:
        """Write down that an item is done."""
        self._journal.keep(item.label, key, results, told)
