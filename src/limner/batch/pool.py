"""Several pictures at once: items and the work in → results in the items' order, a few ahead at most."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

__all__ = ["in_order"]

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Items begun ahead of the one that is waited for, for each job: a slow picture does not idle the other jobs.
_AHEAD = 4


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, jobs: int
) -> Iterator[tuple[Item, Result]]:
    """Do work for every item, several at once, and give the results back in order.

    Parameters
    ----------
    work : callable
        Called in threads: the networks and filters, which take the time, do not hold the interpreter, and the weights
        are in memory once. It must not raise.
    items : iterable
        Taken a few ahead only; it may be endless.
    jobs : int
        How many are computed at once; with 1, all happens in the caller's own thread. One more is on its way: results
        wait for the disk, and meanwhile another computes.

    Yields
    ------
    item, result
        In the items' order. A caller that stops early leaves what has not begun undone.

    Examples
    --------
    >>> [square for _, square in in_order(lambda n: n * n, [3, 1, 2], jobs=2)]
    [9, 1, 4]
    """
    if jobs <= 1:
        for item in items:
            yield item, work(item)
        return
    begun: deque[tuple[Item, Future[Result]]] = deque()
    pool = ThreadPoolExecutor(jobs + 1, thread_name_prefix="limner-job")
    try:
        for item in items:
            begun.append((item, pool.submit(work, item)))
            while begun and (len(begun) > _AHEAD * jobs or begun[0][1].done()):
                first, future = begun.popleft()
                yield first, future.result()
        while begun:
            first, future = begun.popleft()
            yield first, future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
