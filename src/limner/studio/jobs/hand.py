"""One worker process: a function and its arguments in → its result and who made it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["begin", "pid", "run"]


def begin() -> None:
    """Make this process a worker: it leaves Ctrl-C to the server, and ends when the server does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True, name="watch the server").start()


def run(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[int, Any]:
    """Return this process's id and what `function` returns."""
    return os.getpid(), function(*args)


def pid() -> int:
    """Return this process's id: the least that a worker can do."""
    return os.getpid()
