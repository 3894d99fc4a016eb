"""Being told to stop: SIGINT or SIGTERM in → one `Interrupted`, raised where the program stands."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["Interrupted", "check_interrupted", "interruptible"]


class Interrupted(BaseException):
    """The user or the system wants the program to end; passes every ``except Exception``.

    Examples
    --------
    >>> Interrupted(15).exit_code
    143
    """

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.exit_code = 128 + signal_number


_heard: list[int] = []


def check_interrupted() -> None:
    """Raise again if a signal came whose exception some library swallowed."""
    if _heard:
        raise Interrupted(_heard[0])


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM inside the block into `Interrupted`.

    Later signals are not heard: the first one's way out removes temporary files and must not be cut short.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
        check_interrupted()
    except Exception:
        # A library may wrap the signal's exception into its own; the signal is still the cause.
        check_interrupted()
        raise
    finally:
        _heard.clear()
        for number, handler in before.items():
            signal.signal(number, handler)


def _hear(number: int, _frame: FrameType | None) -> None:
    if not _heard:
        _heard.append(number)
        raise Interrupted(number)
