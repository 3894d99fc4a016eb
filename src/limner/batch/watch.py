"""A folder that is watched: a way to list it in → files as they arrive, whole."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["arrivals"]

Item = TypeVar("Item")


def arrivals(
    look: Callable[[], Mapping[Item, object]],
    *,
    known: Iterable[Item] = (),
    pause_s: float = 1.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[list[Item]]:
    """Yield what is new in a folder, each file once, when it has stopped growing.

    Parameters
    ----------
    look : callable
        Lists what is there now: each file → its size and time, or whatever changes while it is being written.
    known : iterable
        What was there before and is not new.
    pause_s : float
        Between two looks. A file is whole if it looked the same at two looks in a row.
    sleep : callable
        Waits; a test's does not.

    Yields
    ------
    list
        What has arrived since the last; endlessly: the caller stops when it is told to.

    Notes
    -----
    It looks instead of asking the system to be told, because that works alike on every system, on network drives and
    on memory cards.
    """
    seen = set(known)
    before: Mapping[Item, object] = {}
    while True:
        now = look()
        new = [i for i, state in now.items() if i not in seen and before.get(i) == state]
        if new:
            seen.update(new)
            yield new
        before = now
        sleep(pause_s)
