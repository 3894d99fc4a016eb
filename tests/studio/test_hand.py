"""A worker tells who it is, and its errors travel."""

from __future__ import annotations

import copy
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from limner.errors import NoFace
from limner.studio.jobs import hand


def raises(error: Exception) -> None:
    raise error


class Stubborn(Exception):
    """Cannot be made again from what it says."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def test_a_result_comes_with_the_process_that_made_it() -> None:
    assert hand.run(max, (3, 4)) == (os.getpid(), 4)
    assert hand.pid() == os.getpid()


def test_limners_own_errors_stay_what_they_are() -> None:
    with pytest.raises(NoFace, match="Nobody"):
        hand.run(raises, (NoFace("Nobody."),))


def test_any_other_error_becomes_words_that_travel(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(hand.Fault) as caught:
        hand.run(raises, (Stubborn(1, 2),))
    assert str(copy.copy(caught.value)) == "Stubborn: 1 and 2"
    assert "raises failed" in caplog.text


@pytest.mark.skipif(not hasattr(os, "nice"), reason="this system has no niceness")
def test_a_worker_gives_way_to_the_page() -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=hand.begin) as one:
        assert one.submit(os.nice, 0).result(60) >= min(19, os.nice(0) + 10)
