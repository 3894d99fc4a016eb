"""A sampler and a stretch of steps in → its batches in order, made ahead by worker processes.

Every batch is made from a generator seeded with (seed, step, shard): which worker makes it, or
whether there are workers at all, changes nothing.
"""

from __future__ import annotations

import io
import mmap
import multiprocessing
import pickle
import queue
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

import numpy as np

from limner.errors import TrainingStopped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from types import TracebackType

    from numpy.typing import NDArray

    from limner.train.loops.task import Sampler

    Batch = dict[str, NDArray[Any]]

__all__ = ["PRELOAD", "Prefetch", "generator"]

#: What the fork server imports once, so that each process starts with torch in place.
PRELOAD = "limner.train.loops.engine"

#: Batches that lie ready beside the one that each worker holds.
_DEPTH = 2


def generator(seed: int, step: int, shard: int) -> np.random.Generator:
    """Return the only source of chance of one batch."""
    return np.random.default_rng([seed, step, shard])


class Prefetch:
    """Batches of `steps` and `shards`, in that order; a context manager and an iterator.

    Parameters
    ----------
    sampler : Sampler
        Sent to each worker once, by pickle; memory-mapped files are opened again there, not sent.
    seed : int
        The recipe's.
    steps : range
        Which steps.
    shards : range
        Which draws of each step are this process's.
    workers : int
        Processes; 0 makes each batch when it is asked for.

    Notes
    -----
    Worker w makes items w, w + workers, … and blocks on its own pipe until they are taken: no
    queue is shared, so a worker that dies can spoil nothing, and workers whose owner died find
    their pipe closed and end. Workers come from a fork server that never touched torch's threads.
    """

    def __init__(
        self, sampler: Sampler, *, seed: int, steps: range, shards: range, workers: int
    ) -> None:
        self._items = [(step, shard) for step in steps for shard in shards]
        self._sampler = sampler
        self._seed = seed
        self._workers = min(workers, len(self._items))
        self._ends: list[Connection] = []
        self._processes: list[multiprocessing.process.BaseProcess] = []
        self._ready: queue.Queue[Batch | BaseException] = queue.Queue(_DEPTH)
        self._closing = threading.Event()
        self._reader: threading.Thread | None = None

    def __enter__(self) -> Prefetch:
        """Start the workers."""
        if not self._workers:
            return self
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([PRELOAD, type(self._sampler).__module__])
        sampler = _packed(self._sampler)
        for w in range(self._workers):
            mine, theirs = context.Pipe(duplex=False)
            items = self._items[w :: self._workers]
            process = context.Process(
                target=_work, args=(theirs, sampler, self._seed, items), daemon=True
            )
            process.start()
            theirs.close()  # so that a dead worker is seen as the end of its pipe
            self._ends.append(mine)
            self._processes.append(process)
        self._reader = threading.Thread(target=self._read, name="prefetch", daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the workers, whatever they are doing."""
        self._closing.set()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        if self._reader is not None:
            while self._reader.is_alive():
                _drain(self._ready)
                self._reader.join(0.01)
        for end in self._ends:
            end.close()

    def __iter__(self) -> Iterator[Batch]:
        """Yield batch after batch.

        Raises
        ------
        TrainingStopped
            If a worker failed or died.
        """
        for step, shard in self._items:
            if not self._workers:
                yield self._sampler.batch(generator(self._seed, step, shard))
                continue
            got = self._ready.get()
            if isinstance(got, BaseException):
                raise got
            yield got

    def _read(self) -> None:
        for i in range(len(self._items)):
            if self._closing.is_set():
                return
            try:
                got = _receive(self._ends[i % self._workers])
            except (EOFError, OSError):
                got = TrainingStopped(
                    "A worker that makes batches died (out of memory?); "
                    "resume, perhaps with --set workers=0."
                )
            self._ready.put(got)
            if isinstance(got, BaseException):
                return


def _drain(ready: queue.Queue[Any]) -> None:
    try:
        while True:
            ready.get_nowait()
    except queue.Empty:
        return


def _receive(end: Connection) -> Batch | BaseException:
    """Return what `_send` sent: a message, then each array's bytes straight into place."""
    head = end.recv_bytes()
    sizes: list[int] = pickle.loads(end.recv_bytes())  # noqa: S301  (from our own child)
    buffers = [bytearray(n) for n in sizes]
    for buffer in buffers:
        if buffer:
            end.recv_bytes_into(buffer)
    got = pickle.loads(head, buffers=buffers)  # noqa: S301  (from our own child)
    return TrainingStopped(got) if isinstance(got, str) else dict(got)


def _send(end: Connection, message: Batch | str) -> None:
    buffers: list[pickle.PickleBuffer] = []
    if isinstance(message, dict):
        message = {k: np.ascontiguousarray(v) for k, v in message.items()}
    head = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    views = [b.raw() for b in buffers]
    end.send_bytes(head)
    end.send_bytes(pickle.dumps([v.nbytes for v in views]))
    for view in views:
        if view.nbytes:
            end.send_bytes(view)


class _Packer(pickle.Pickler):
    """Pickle that names a memory-mapped file instead of copying gigabytes."""

    def reducer_override(self, obj: Any) -> Any:
        base: Any = getattr(obj, "base", None)
        if isinstance(obj, np.memmap) and isinstance(base, mmap.mmap):  # a whole map, no slice
            order = "C" if obj.flags.c_contiguous else "F"
            return _reopened, (str(obj.filename), obj.dtype.str, obj.offset, obj.shape, order)
        return NotImplemented


def _reopened(name: str, dtype: str, offset: int, shape: tuple[int, ...], order: Any) -> Any:
    return np.memmap(name, np.dtype(dtype), "r", offset, shape, order)


def _packed(sampler: Sampler) -> bytes:
    stream = io.BytesIO()
    _Packer(stream, protocol=5).dump(sampler)
    return stream.getvalue()


def _work(end: Connection, packed: bytes, seed: int, items: list[tuple[int, int]]) -> None:
    """Make the batches of `items` until they are done or nobody listens."""
    sampler: Sampler = pickle.loads(packed)  # noqa: S301  (from our own parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner decides what Ctrl-C means
    _one_thread()
    try:
        for step, shard in items:
            try:
                batch = sampler.batch(generator(seed, step, shard))
            except Exception:  # noqa: BLE001  (whatever it was, the owner must hear of it)
                _send(end, f"Making batch {step}.{shard} failed:\n{traceback.format_exc()}")
                return
            _send(end, batch)
    except (BrokenPipeError, ConnectionResetError):
        return
    finally:
        end.close()


def _one_thread() -> None:
    """Leave the cores to the training: libraries in a worker use one thread."""
    if (cv2 := sys.modules.get("cv2")) is not None:
        cv2.setNumThreads(1)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
