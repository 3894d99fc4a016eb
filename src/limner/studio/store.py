"""What is remembered for a while: a thing and its size in → an id; the id in → the thing, unless it is forgotten."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

from limner.studio.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Store"]

T = TypeVar("T")


class Store(Generic[T]):
    """A bounded memory: what was not asked for longest goes first, and after an idle time all goes.

    Parameters
    ----------
    kind : str
        What the things are called in a sentence.
    most : int
        How many are kept.
    most_bytes : int
        How large they may be together.
    idle_s : float
        After so many seconds without a question a thing is forgotten.
    clock : callable
        Seconds, for tests.

    Examples
    --------
    >>> store = Store[str]("photograph", most=2)
    >>> for name in "abc":
    ...     store.put(name, name.upper())
    >>> store.get("c"), len(store)
    ('C', 2)
    """

    def __init__(
        self,
        kind: str,
        *,
        most: int,
        most_bytes: float = float("inf"),
        idle_s: float = float("inf"),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.kind, self.most, self.most_bytes, self.idle_s = kind, most, most_bytes, idle_s
        self._clock = clock
        self._kept: OrderedDict[str, tuple[T, int, float]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def bytes(self) -> int:
        """Size of everything that is kept."""
        return self._bytes

    def put(self, key: str, thing: T, size: int = 0) -> None:
        """Remember a thing under `key`, in place of what was there."""
        with self._lock:
            self._drop(key)
            self._kept[key] = (thing, size, self._clock())
            self._bytes += size
            while len(self._kept) > 1 and (
                len(self._kept) > self.most or self._bytes > self.most_bytes
            ):
                self._drop(next(iter(self._kept)))

    def peek(self, key: str) -> T | None:
        """Return a thing, None if it is not known."""
        self.sweep()
        with self._lock:
            if key not in self._kept:
                return None
            thing, size, _ = self._kept[key]
            self._kept[key] = (thing, size, self._clock())
            self._kept.move_to_end(key)
            return thing

    def get(self, key: str) -> T:
        """Return a thing.

        Raises
        ------
        Problem
            404 ``gone`` if it is not known.
        """
        thing = self.peek(key)
        if thing is None:
            raise Problem(404, "gone", f"The studio knows no {self.kind} of that id (any more).")
        return thing

    def drop(self, key: str) -> None:
        """Forget a thing, known or not."""
        with self._lock:
            self._drop(key)

    def sweep(self) -> None:
        """Forget everything that nobody asked for in time."""
        with self._lock:
            before = self._clock() - self.idle_s
            # the longest unasked stand first
            for key in [k for k, (_, _, at) in self._kept.items() if at < before]:
                self._drop(key)

    def _drop(self, key: str) -> None:
        if key in self._kept:
            self._bytes -= self._kept.pop(key)[1]
