"""Many pictures on many machines: rows and the work in → each row's result, in order, whichever worker did it.

`Crew` is all that the rest of Limner knows of a cluster; `open_crew` gives the one that Ray Data makes.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Protocol

from limner.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["LOCAL", "Crew", "blocks", "in_row_order", "open_crew"]

#: The address that means: workers of this machine alone.
LOCAL = "local"
#: The column that numbers rows.
_NUMBER = "number"

#: Pictures that a worker has in hand at once: while one waits for the disk, another computes.
_ON_THEIR_WAY = 2
#: Pictures that are sent together, in a folder so large that each worker gets so many sendings: Ray's own work
#: for one sending is some hundredths of a picture's, on the same cores.
_TOGETHER, _SENDINGS = 4, 16

Row = dict[str, Any]


class Crew(Protocol):
    """Workers that do rows, each in a process of its own, on this machine or on others.

    A worker that dies is replaced, and what it had not given back is done again by another.
    """

    workers: int

    def run(self, make_hand: Callable[[], Callable[[Row], Row]], count: int) -> Iterator[Row]:
        """Yield what becomes of the rows 0 to `count` − 1, as they are done, in any order.

        Parameters
        ----------
        make_hand : callable
            Called once in each worker; what it returns is called with ``{"number": n}`` and returns a dict of plain
            values that holds the number too. Both travel to other processes.
        count : int
        """
        ...

    def close(self) -> None:
        """Let the workers go."""
        ...


def in_row_order(results: Iterable[Row], count: int) -> Iterator[Row]:
    """Yield results by their number, each as soon as all before it are there.

    Parameters
    ----------
    results : iterable of dict
        Each with its ``number``; one that comes twice, because a worker died after it was done, counts once.
    count : int
        How many there will be.

    Examples
    --------
    >>> [row["number"] for row in in_row_order([{"number": 1}, {"number": 0}, {"number": 1}], 2)]
    [0, 1]
    """
    waiting: dict[int, Row] = {}
    wanted = 0
    for row in results:
        if int(row[_NUMBER]) >= wanted:
            waiting[int(row[_NUMBER])] = row
        while wanted in waiting:
            yield waiting.pop(wanted)
            wanted += 1
        if wanted == count:
            return


def blocks(count: int, workers: int) -> int:
    """Return in how many sendings `count` pictures go to `workers`.

    What a dead worker had begun is a sending, and is done again: so a small folder goes picture by picture, and no
    sending holds more than four.

    Examples
    --------
    >>> blocks(20, 2), blocks(500, 2)
    (20, 125)
    """
    together = min(_TOGETHER, max(1, count // (_SENDINGS * workers)))
    return -(-count // together)


def open_crew(address: str, workers: int) -> Crew:
    """Return a crew of Ray workers.

    Parameters
    ----------
    address : str
        `LOCAL`, or a running cluster's address such as ``10.0.0.1:6379``.
    workers : int
        How many at once; 0: a worker for each core of the cluster.

    Raises
    ------
    MissingExtra
        If Ray is not installed.
    InputError
        If nothing answers at the address.
    """
    # Ray counts its users unless it is told not to, before it starts.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    if address == LOCAL:
        # Ray's workers would give way to everything else on the machine; the command's own priority is theirs.
        os.environ.setdefault("RAY_worker_niceness", "0")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtra.of("cluster", "Drawing on a cluster") from error
    for name in ("ray", "ray.data"):  # their plans and bars are not what was asked for
        logging.getLogger(name).setLevel(logging.ERROR)
    own = {"num_cpus": workers or None} if address == LOCAL else {}
    try:
        ray.init(
            address=LOCAL if address == LOCAL else address,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            **own,
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise InputError(
            f"No cluster answers at {address!r}: {str(error).splitlines()[0]} Give `--cluster local`, or the address "
            "that `ray start --head` printed."
        ) from error
    return _RayCrew(workers or max(1, int(ray.cluster_resources().get("CPU", 1))))


class _RayCrew:
    """Actors of Ray Data."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, make_hand: Callable[[], Callable[[Row], Row]], count: int) -> Iterator[Row]:
        sendings, lost = blocks(count, self.workers), set(range(count))
        for row in self._sent(make_hand, sorted(lost), sendings):
            lost.discard(int(row[_NUMBER]))
            yield row
        if lost and sendings < count:
            # One picture took a worker down, and those that were sent with it: each on its own, then.
            yield from self._sent(make_hand, sorted(lost), len(lost))

    def _sent(
        self, make_hand: Callable[[], Callable[[Row], Row]], numbers: list[int], sendings: int
    ) -> Iterator[Row]:
        """Yield what becomes of the numbered rows, sent in so many blocks."""
        import ray.data

        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        # A picture may take a worker down with it; that is told, and the others go on.
        context.max_errored_blocks = -1
        crew = ray.data.ActorPoolStrategy(
            size=min(self.workers, sendings),
            max_concurrent_calls_per_actor=_ON_THEIR_WAY,
            max_tasks_in_flight_per_actor=2 * _ON_THEIR_WAY,
            enable_true_multi_threading=True,
        )
        rows = ray.data.from_items([{_NUMBER: n} for n in numbers], override_num_blocks=sendings)
        done = rows.map(_Worker, fn_constructor_args=(make_hand,), num_cpus=1, compute=crew)
        yield from done.iter_rows()

    def close(self) -> None:
        import ray

        ray.shutdown()


class _Worker:
    """A worker's hand, made once and used for many rows."""

    def __init__(self, make_hand: Callable[[], Callable[[Row], Row]]) -> None:
        self._hand = make_hand()

    def __call__(self, row: Row) -> Row:
        return self._hand(row)
