"""One worker process: a function and its arguments in → its result and who made it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

from limner.errors import LimnerError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Fault", "begin", "pid", "run"]

#: How far workers stand back (see `os.nice`): the page draws ink on the same processors, and must not wait for them.
_NICENESS = 10

_log = logging.getLogger("limner.studio")


class Fault(Exception):
    """An error that nobody foresaw, told in words: the exception itself might not travel between processes."""


def begin() -> None:
    """Make this process a worker: it leaves Ctrl-C to the server, gives way to the page, and ends with the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True, name="watch the server").start()


def run(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[int, Any]:
    """Return this process's id and what `function` returns.

    Raises
    ------
    LimnerError, MemoryError
        As `function` raises them.
    Fault
        In place of everything else.
    """
    try:
        return os.getpid(), function(*args)
    except (LimnerError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it must travel
        _log.exception("%s failed", getattr(function, "__name__", function))
        raise Fault(f"{type(error).__name__}: {error}") from None


def pid() -> int:
    """Return this process's id: the least that a worker can do."""
    return os.getpid()
