"""Work in other processes: a function and its arguments in → its result, without the event loop ever waiting.

A *hand* is one process. Jobs wait in one bounded queue. A *slot* names what only the newest request counts for: one job
of a slot runs, one waits, a newer one takes the waiting one's place. A *lane* names what a hand remembers (a canvas, a
photograph): its jobs go to the same hand, where the work of before is still known.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import time
from collections import OrderedDict, deque
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from limner.studio.errors import Problem
from limner.studio.jobs import hand

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Job", "Pool", "new_process"]

_log = logging.getLogger("limner.studio")

#: For so long after a pen's last stroke its hand is kept free of long work.
_RESERVED_S = 20.0
_MOST_LANES = 256


def new_process() -> Executor:
    """Return an executor of one fresh process."""
    return ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), initializer=hand.begin
    )


@dataclass(eq=False)
class Job:
    """What is to be done.

    Parameters
    ----------
    function : callable
        Of a module, so that another process finds it.
    args : tuple
        Plain values and arrays.
    slot : str
        "" or the name under which only the newest counts.
    lane : str
        "" or what the hand remembers between jobs.
    live : bool
        Whether a pen waits for it: its hand is then kept free of long work.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...] = ()
    slot: str = ""
    lane: str = ""
    live: bool = False
    tries: int = 0
    result: asyncio.Future[Any] = field(init=False)

    def __post_init__(self) -> None:
        """Make the place for the result."""
        self.result = asyncio.get_running_loop().create_future()


@dataclass(eq=False)
class _Hand:
    """One process and what it does."""

    executor: Executor
    running: Job | None = None
    pid: int | None = None
    live_at: float = float("-inf")
    killed_as_slow: bool = False


class Pool:
    """A few processes behind a bounded queue.

    Parameters
    ----------
    hands : int
        How many processes.
    most_waiting : int
        Jobs that may wait.
    job_s : float
        Seconds after which a job's process is killed.
    executor : callable
        Makes an executor of one worker; tests hand in threads.
    """

    def __init__(
        self,
        *,
        hands: int,
        most_waiting: int,
        job_s: float = 120.0,
        executor: Callable[[], Executor] = new_process,
    ) -> None:
        self._count, self._most_waiting, self._job_s = hands, most_waiting, job_s
        self._executor = executor
        self._hands: list[_Hand] = []
        self._waiting: deque[Job] = deque()
        self._lanes: OrderedDict[str, _Hand] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self.restarts = 0
        self.warm = False
        self._closed = False

    async def open(self, warm_up: Callable[[], Any] | None = None) -> None:
        """Start the processes, each of which runs `warm_up` first, and return at once."""
        self._hands = [_Hand(self._executor()) for _ in range(self._count)]
        first = []
        for one in self._hands:
            job = Job(warm_up or hand.pid)
            first.append(job)
            self._start(one, job)
        self._spawn(self._await_warmth(first))

    async def close(self) -> None:
        """End the processes, whatever they do; what is asked for is answered with 503."""
        self._closed = True
        for job in [*self._waiting, *(h.running for h in self._hands if h.running)]:
            _fail(job, Problem(503, "busy", "The studio is closing."))
        self._waiting.clear()
        for task in list(self._tasks):
            task.cancel()
        hands, self._hands = self._hands, []
        for one in hands:
            _kill(one.pid or next(iter(_pids(one.executor)), None))
        for one in hands:
            # dead already, so this is short; it gives the processes' queues back
            await asyncio.to_thread(one.executor.shutdown, cancel_futures=True)

    def as_json(self) -> dict[str, Any]:
        """Return how it is."""
        return {
            "warm": self.warm,
            "workers": len(self._hands),
            "restarts": self.restarts,
            "waiting": len(self._waiting),
            "running": sum(h.running is not None for h in self._hands),
        }

    async def run(self, job: Job) -> Any:
        """Return a job's result, whenever it comes.

        Raises
        ------
        Problem
            503 if the queue is full or the process died twice, 409 if a newer job took its place, 504 if it took
            too long.
        Exception
            Whatever the job raised.
        """
        if job.slot:
            self.overtake(job.slot)
        if self._closed:
            raise Problem(503, "busy", "The studio is closing.")
        if len(self._waiting) >= self._most_waiting:
            raise Problem(
                503,
                "busy",
                f"{len(self._waiting)} requests wait already.",
                {"Retry-After": "2"},
            )
        self._waiting.append(job)
        self._pump()
        try:
            return await job.result
        finally:
            # the client went away: what has not begun need not begin
            if not job.result.done() or job.result.cancelled():
                self._forget(job)

    def overtake(self, slot: str) -> None:
        """Answer what waits in a slot: something newer came."""
        for job in [j for j in self._waiting if j.slot == slot]:
            self._waiting.remove(job)
            _fail(job, Problem(409, "stale", "A newer request took this one's place."))

    def _forget(self, job: Job) -> None:
        if job in self._waiting:
            self._waiting.remove(job)

    def _pump(self) -> None:
        """Give free hands what they may do."""
        busy_slots = {h.running.slot for h in self._hands if h.running and h.running.slot}
        for job in list(self._waiting):
            if job.slot in busy_slots:
                continue
            one = self._hand_for(job)
            if one is None:
                continue
            self._waiting.remove(job)
            if job.slot:
                busy_slots.add(job.slot)
            self._start(one, job)

    def _hand_for(self, job: Job) -> _Hand | None:
        """Return the free hand that should do a job, None if it has to wait."""
        now = time.monotonic()
        home = self._lanes.get(job.lane) if job.lane else None
        if job.live:
            if home is None:
                home = min(self._hands, key=self._crowd)
                self._settle(job.lane, home)
            home.live_at = now
            return home if home.running is None else None
        free = [h for h in self._hands if h.running is None]
        everyone_live = all(now - h.live_at < _RESERVED_S for h in self._hands)
        open_hands = [h for h in free if everyone_live or now - h.live_at >= _RESERVED_S]
        if not open_hands:
            return None
        one = home if home is not None and home in open_hands else open_hands[-1]
        self._settle(job.lane, one)
        return one

    def _crowd(self, one: _Hand) -> tuple[int, int]:
        """Return what a new canvas looks at: free hands first, of busy ones that with the fewest canvases.

        Canvases gather at the first hands, so that the last stay free for long work; many at once spread over all.
        """
        lanes = 0 if one.running is None else 1 + sum(h is one for h in self._lanes.values())
        return lanes, _at(self._hands, one)

    def _settle(self, lane: str, one: _Hand) -> None:
        if lane:
            self._lanes[lane] = one
            self._lanes.move_to_end(lane)
            while len(self._lanes) > _MOST_LANES:
                self._lanes.popitem(last=False)

    def _start(self, one: _Hand, job: Job) -> None:
        one.running = job
        self._spawn(self._do(one, job))

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, one: _Hand, job: Job) -> None:
        """Run one job on one hand, and see to the hand if it dies."""
        loop = asyncio.get_running_loop()
        late = loop.call_later(self._job_s, self._stop_slow, one)
        try:
            future = self._submit(one, job)
            pid, result = await asyncio.wrap_future(future)
            one.pid = pid
            if not job.result.done():
                job.result.set_result(result)
        except BrokenProcessPool:
            self._mend(one, job)
        except Exception as error:  # noqa: BLE001 - whatever a job raises is its caller's
            _fail(job, error)
        finally:
            late.cancel()
            one.running = None
            self._pump()

    def _submit(self, one: _Hand, job: Job) -> Future[tuple[int, Any]]:
        """Hand a job over; a process that died while it rested costs the job nothing."""
        try:
            return one.executor.submit(hand.run, job.function, job.args)
        except BrokenProcessPool:
            self._replace(one)
            return one.executor.submit(hand.run, job.function, job.args)

    def _replace(self, one: _Hand) -> None:
        self.restarts += 1
        one.pid = None
        one.executor.shutdown(wait=False)
        one.executor = self._executor()

    def _stop_slow(self, one: _Hand) -> None:
        one.killed_as_slow = True
        _kill(one.pid or next(iter(_pids(one.executor)), None))

    def _mend(self, one: _Hand, job: Job) -> None:
        """Put a new process in a dead one's place; its job is tried once more."""
        if self._closed:
            return
        slow, one.killed_as_slow = one.killed_as_slow, False
        self._replace(one)
        _log.warning("a worker %s; it was replaced", "took too long" if slow else "died")
        job.tries += 1
        if slow:
            _fail(job, Problem(504, "too_slow", f"The work took over {self._job_s:g} s."))
        elif job.tries > 1:
            _fail(job, Problem(503, "worker_died", "The work ended its process, and once more."))
        elif not job.result.done():
            self._waiting.appendleft(job)

    async def _await_warmth(self, jobs: list[Job]) -> None:
        await asyncio.wait([job.result for job in jobs])
        for job in jobs:
            if job.result.done() and not job.result.cancelled() and job.result.exception():
                _log.warning("warming up failed: %s", job.result.exception())
        self.warm = True


def _at(hands: list[_Hand], one: _Hand) -> int:
    return hands.index(one)


def _fail(job: Job, error: BaseException) -> None:
    if not job.result.done():
        job.result.set_exception(error)


def _pids(executor: Executor) -> list[int]:
    processes = getattr(executor, "_processes", None) or {}
    return list(processes)


def _kill(pid: int | None) -> None:
    """End a process that may hang in a library's code; a thread (as in tests) has none of its own."""
    if pid is None or pid == os.getpid():
        return
    with contextlib.suppress(OSError):
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
