"""Work goes to other processes, in order, the newest first where only it counts, and survives their deaths."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.studio import desk

from limner.errors import NoFace
from limner.studio.errors import Problem
from limner.studio.pool import Job, Pool

Test = Callable[[Pool], Coroutine[Any, Any, None]]


def run(test: Test, *, hands: int = 1, most_waiting: int = 8) -> None:
    """Run a test with a pool of threads."""

    async def whole() -> None:
        pool = Pool(hands=hands, most_waiting=most_waiting, executor=desk.thread)
        await pool.open()
        try:
            while not pool.warm:
                await asyncio.sleep(0)
            await test(pool)
        finally:
            await pool.close()

    asyncio.run(whole())


class Gate:
    """Work that goes on until it is let go, and tells what it did."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.done: list[str] = []

    def __call__(self, name: str) -> str:
        assert self.open.wait(30)
        self.done.append(name)
        return name


async def settle() -> None:
    """Let everything happen that can happen now."""
    for _ in range(20):
        await asyncio.sleep(0.002)


def begin(pool: Pool, job: Job) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(pool.run(job))


def test_a_result_and_an_error_come_back() -> None:
    async def test(pool: Pool) -> None:
        assert await pool.run(Job(max, (3, 5))) == 5
        with pytest.raises(NoFace, match="Nobody"):
            await pool.run(Job(_no_face))

    run(test)


def _no_face() -> None:
    raise NoFace("Nobody.")


def test_the_event_loop_goes_on_while_work_is_done() -> None:
    async def test(pool: Pool) -> None:
        gate = Gate()
        task = begin(pool, Job(gate, ("a",)))
        await settle()
        assert pool.as_json()["running"] == 1
        gate.open.set()
        assert await task == "a"
        assert pool.as_json()["running"] == 0

    run(test)


def test_a_full_queue_tells_when_to_come_again() -> None:
    async def test(pool: Pool) -> None:
        gate = Gate()
        tasks = [begin(pool, Job(gate, (str(k),))) for k in range(3)]
        await settle()
        with pytest.raises(Problem) as caught:
            await pool.run(Job(gate, ("late",)))
        assert (caught.value.status_code, caught.value.headers) == (503, {"Retry-After": "2"})
        gate.open.set()
        assert await asyncio.gather(*tasks) == ["0", "1", "2"]

    run(test, most_waiting=2)


def test_25_of_a_slot_one_runs_one_waits_and_the_newest_wins() -> None:
    async def test(pool: Pool) -> None:
        gate = Gate()
        tasks = [begin(pool, Job(gate, (str(k),), slot="canvas")) for k in range(200)]
        await settle()
        assert pool.as_json()["waiting"] == 1
        gate.open.set()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        stale = [e for e in ended if isinstance(e, Problem) and e.code == "stale"]
        assert gate.done == ["0", "199"]
        assert len(stale) == 198

    run(test, hands=2)


def test_slots_do_not_hinder_each_other() -> None:
    async def test(pool: Pool) -> None:
        gate = Gate()
        tasks = [begin(pool, Job(gate, (s,), slot=s)) for s in ("a", "b", "a")]
        await settle()
        assert pool.as_json() | {"running": 2, "waiting": 1} == pool.as_json()
        gate.open.set()
        assert sorted(await asyncio.gather(*tasks)) == ["a", "a", "b"]

    run(test, hands=2)


def test_what_nobody_waits_for_is_not_begun() -> None:
    async def test(pool: Pool) -> None:
        gate = Gate()
        first, second = (begin(pool, Job(gate, (n,))) for n in "ab")
        await settle()
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert pool.as_json()["waiting"] == 0
        gate.open.set()
        await first
        await settle()
        assert gate.done == ["a"]

    run(test)


def _name() -> str:
    time.sleep(0.002)
    return threading.current_thread().name


def test_a_canvas_stays_with_its_hand_which_long_work_leaves_free() -> None:
    async def test(pool: Pool) -> None:
        mine = {await pool.run(Job(_name, lane="canvas", live=True)) for _ in range(6)}
        others = await asyncio.gather(*(pool.run(Job(_name)) for _ in range(6)))
        assert len(mine) == 1
        assert mine.isdisjoint(others)

    run(test, hands=2)


def test_two_pens_take_two_hands_and_long_work_still_goes_on() -> None:
    async def test(pool: Pool) -> None:
        gate = Gate()
        first = begin(pool, Job(gate, ("a",), lane="one", live=True))
        second = begin(pool, Job(gate, ("b",), lane="two", live=True))
        await settle()
        assert pool.as_json()["running"] == 2
        gate.open.set()
        await asyncio.gather(first, second)
        assert await pool.run(Job(max, (1, 2))) == 2

    run(test, hands=2)


def test_many_pens_at_once_spread_over_all_hands() -> None:
    async def test(pool: Pool) -> None:
        gate = Gate()
        tasks = [
            begin(pool, Job(gate, (str(n),), lane=f"canvas {n}", live=True)) for n in range(12)
        ]
        await settle()
        gate.open.set()
        await asyncio.gather(*tasks)
        homes = [pool._lanes[f"canvas {n}"] for n in range(12)]
        assert sorted(sum(h is one for h in homes) for one in pool._hands) == [4, 4, 4]

    run(test, hands=3, most_waiting=20)


def test_closing_answers_what_waits() -> None:
    async def whole() -> list[Any]:
        pool = Pool(hands=1, most_waiting=9, executor=desk.thread)
        await pool.open()
        gate = Gate()
        tasks = [begin(pool, Job(gate, (n,))) for n in "abc"]
        await settle()
        gate.open.set()
        await pool.close()
        with pytest.raises(Problem, match="closing"):
            await pool.run(Job(max, (1, 2)))
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert all(isinstance(e, Problem) and e.status_code == 503 for e in asyncio.run(whole()))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_once(mark: str) -> int:
    if not Path(mark).exists():
        Path(mark).touch()
        _die()
    return os.getpid()


unix = pytest.mark.skipif(sys.platform == "win32", reason="kills by a signal")


@unix
def test_33_a_worker_that_dies_is_replaced_and_its_work_done_again(tmp_path: Path) -> None:
    async def whole() -> None:
        pool = Pool(hands=1, most_waiting=9)
        await pool.open()
        try:
            before = await pool.run(Job(os.getpid))
            after = await pool.run(Job(_die_once, (str(tmp_path / "mark"),)))
            assert before != after
            assert pool.restarts == 1
            with pytest.raises(Problem) as caught:
                await pool.run(Job(_die))
            assert (caught.value.status_code, caught.value.code) == (503, "worker_died")
            assert await pool.run(Job(max, (1, 2))) == 2
            assert pool.restarts == 3
            # one that dies while it has nothing to do is replaced as well
            os.kill(await pool.run(Job(os.getpid)), signal.SIGKILL)
            assert await pool.run(Job(max, (3, 4))) == 4
        finally:
            await pool.close()

    asyncio.run(whole())


@unix
def test_work_that_never_ends_is_stopped() -> None:
    async def whole() -> None:
        pool = Pool(hands=1, most_waiting=9)
        await pool.open()
        try:
            await pool.run(Job(os.getpid))
            pool._job_s = 0.2
            with pytest.raises(Problem) as caught:
                await pool.run(Job(time.sleep, (3600,)))
            assert (caught.value.status_code, caught.value.code) == (504, "too_slow")
            pool._job_s = 120
            assert await pool.run(Job(max, (1, 2))) == 2
        finally:
            await pool.close()

    asyncio.run(whole())


@unix
def test_workers_end_with_their_server() -> None:
    async def whole() -> int:
        pool = Pool(hands=1, most_waiting=9)
        await pool.open()
        pid: int = await pool.run(Job(os.getpid))
        await pool.close()
        return pid

    pid = asyncio.run(whole())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
