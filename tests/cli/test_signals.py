"""The first SIGINT or SIGTERM ends the work once; later ones do not cut the way out short."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable

import pytest

from limner.cli._signals import Interrupted, check_interrupted, interruptible


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_becomes_its_exit_code(number: int, code: int) -> None:
    with pytest.raises(Interrupted) as caught, interruptible():
        os.kill(os.getpid(), number)
    assert caught.value.exit_code == code


def test_a_second_signal_does_not_disturb_the_way_out() -> None:
    cleaned = []

    def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            cleaned.append(True)

    with pytest.raises(Interrupted), interruptible():
        work()
    assert cleaned


def swallow() -> None:
    """Lose a signal's exception, as a careless library does."""
    with contextlib.suppress(BaseException):
        os.kill(os.getpid(), signal.SIGINT)


def swallow_and_look() -> None:
    swallow()
    check_interrupted()


def swallow_and_fail() -> None:
    swallow()
    raise ValueError("made of the signal")


@pytest.mark.parametrize("work", [swallow, swallow_and_look, swallow_and_fail])
def test_a_library_that_swallows_the_signal_does_not_keep_it(work: Callable[[], None]) -> None:
    with pytest.raises(Interrupted), interruptible():
        work()


def test_the_handlers_of_before_come_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted), interruptible():
        os.kill(os.getpid(), signal.SIGINT)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    check_interrupted()


def test_another_thread_is_left_alone() -> None:
    worked = []

    def work() -> None:
        with interruptible():
            worked.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert worked
