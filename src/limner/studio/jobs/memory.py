"""What one worker remembers between jobs: a key and a size in → the thing again, while there is room."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Memory"]

T = TypeVar("T")


def _one(_thing: object) -> float:
    return 1.0


class Memory(Generic[T]):
    """The last few things that were used.

    Parameters
    ----------
    most : float
        Sum of the sizes that are kept; the newest always is.

    Examples
    --------
    >>> memory = Memory[int](most=2)
    >>> [memory.get(k, lambda: len(k)) for k in ("a", "bb", "ccc")]
    [1, 2, 3]
    >>> "a" in memory
    False
    """

    def __init__(self, most: float) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[T, float]] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        return key in self._kept

    def get(self, key: str, make: Callable[[], T], size: Callable[[T], float] = _one) -> T:
        """Return what is known under `key`, made now if it is not."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        thing = make()
        self._kept[key] = (thing, size(thing))
        while len(self._kept) > 1 and sum(s for _, s in self._kept.values()) > self._most:
            self._kept.popitem(last=False)
        return thing

    def drop(self, key: str) -> None:
        """Forget a thing, known or not."""
        self._kept.pop(key, None)
