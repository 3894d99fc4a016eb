"""Networks, opened once and run from any thread: a weight's name and arrays in → arrays.

OpenVINO computes in bf16 by itself on processors that have it, at about one per cent of error, so the precision is
always said: f32, or bf16 where the ledger's measured error allows it.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from limner.errors import BadShape, CorruptWeights, MissingExtra
from limner.weights.audit import audit
from limner.weights.ledger import Row, allowed, audited_bytes, row

__all__ = ["Session", "configure", "home", "physical_cores", "session"]

Arrays = dict[str, NDArray[Any]]

#: Calls of one network that run at once. Each takes all threads, so more would only take memory.
_MOST_RUNNING = 2


class _Network(Protocol):
    def run(self, inputs: Arrays) -> Arrays:
        """Return the outputs by name."""


def home() -> Path:
    """Return the folder of caches: the environment's LIMNER_HOME, else the platform's cache folder."""
    told = os.environ.get("LIMNER_HOME")
    if told:
        return Path(told)
    import platformdirs

    return Path(platformdirs.user_cache_dir("limner"))


def physical_cores() -> int:
    """Return how many physical cores this process may use: more threads than that only get in each other's way."""
    try:
        mine = os.sched_getaffinity(0)
        seen = {
            Path(f"/sys/devices/system/cpu/cpu{i}/topology/thread_siblings_list").read_text()
            for i in mine
        }
        return max(1, len(seen))
    except (AttributeError, OSError):
        return max(1, (os.cpu_count() or 2) // 2)


class Session:
    """Opens graphs on first use, keeps the last few, runs them from any thread.

    Parameters
    ----------
    engine : str
        "openvino" (default) or "onnxruntime" (extra ``ort``).
    threads : int, optional
        Threads per network; physical cores if not given.
    precision : str, optional
        "f32" or "bf16" for all; each weight's own, from the ledger, if not given.
    commercial_only : bool
        Refuse weights whose terms forbid commercial use.
    most_open : int
        How many networks stay open at once; the one unused for longest is closed.

    Notes
    -----
    A graph is opened in 20–300 ms the first time and, from the compiled copy on disk, in 10–60 ms later.
    """

    def __init__(
        self,
        *,
        engine: str = "openvino",
        threads: int | None = None,
        precision: str | None = None,
        commercial_only: bool = False,
        most_open: int = 8,
    ) -> None:
        self.engine = engine
        self.threads = threads or int(os.environ.get("LIMNER_THREADS", "0")) or physical_cores()
        self.precision = precision
        self.commercial_only = commercial_only
        self.most_open = most_open
        self._open: OrderedDict[str, _Network] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, weight: str | Row, inputs: Arrays) -> Arrays:
        """Run one network.

        Parameters
        ----------
        weight : str or Row
            A name of the ledger, or the row of a graph elsewhere (a style of one's own).
        inputs : dict of str to ndarray
            As the row's `inputs` say.

        Returns
        -------
        dict of str to ndarray
            The graph's outputs by name.

        Raises
        ------
        UnknownName, MissingWeights, CorruptWeights, ForbiddenWeights
            If the weight cannot be opened.
        BadShape
            If an input is missing or does not fit.
        """
        found = row(weight) if isinstance(weight, str) else weight
        if self.commercial_only:
            allowed(found)
        missing = set(found.inputs) - set(inputs)
        if missing:
            raise BadShape(
                f"{found.name} wants the input {sorted(missing)[0]!r}; got {sorted(inputs)}."
            )
        network = self._network(found)
        return network.run({k: np.ascontiguousarray(v) for k, v in inputs.items()})

    def _network(self, found: Row) -> _Network:
        key = found.sha256
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
            data = audited_bytes(found)
            audit(data)
            precision = self.precision or found.precision
            if self.engine == "onnxruntime":
                network: _Network = _OnnxRuntime(data, self.threads)
            else:
                network = _OpenVINO(data, found, self.threads, precision)
            self._open[key] = network
            while len(self._open) > self.most_open:
                self._open.popitem(last=False)
            return network


class _OpenVINO:
    """A compiled OpenVINO model with a pool of requests, one a running call."""

    def __init__(self, data: bytes, found: Row, threads: int, precision: str) -> None:
        import openvino

        core = openvino.Core()
        settings: dict[str, object] = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
        }
        cache = home() / "compiled"
        try:
            cache.mkdir(parents=True, exist_ok=True)
            settings["CACHE_DIR"] = str(cache)
        except OSError:
            pass  # a read-only home costs a slower start, nothing else
        try:
            self.compiled = core.compile_model(core.read_model(data), "CPU", settings)
        except RuntimeError as error:
            raise CorruptWeights(
                f"OpenVINO cannot open {found.name}: {str(error).splitlines()[0]}"
            ) from error
        self.requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.slots = threading.BoundedSemaphore(_MOST_RUNNING)

    def run(self, inputs: Arrays) -> Arrays:
        with self.slots:
            return self._run(inputs)

    def _run(self, inputs: Arrays) -> Arrays:
        try:
            request = self.requests.get_nowait()
        except queue.Empty:
            request = self.compiled.create_infer_request()
        try:
            result = request.infer(inputs)
            return {port.get_any_name(): np.array(value) for port, value in result.items()}
        except RuntimeError as error:
            raise BadShape(
                f"The inputs do not fit the network: {str(error).splitlines()[0]}"
            ) from error
        finally:
            self.requests.put(request)


class _OnnxRuntime:
    """The same through ONNX Runtime, for machines without OpenVINO."""

    def __init__(self, data: bytes, threads: int) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtra.of("ort", "running on ONNX Runtime") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            data, options, providers=["CPUExecutionProvider"]
        )
        self.names = [o.name for o in self.session.get_outputs()]

    def run(self, inputs: Arrays) -> Arrays:
        return dict(zip(self.names, self.session.run(None, inputs), strict=True))


_default: Session | None = None
_default_lock = threading.Lock()


def configure(
    *,
    engine: str | None = None,
    threads: int | None = None,
    precision: str | None = None,
    commercial_only: bool = False,
) -> Session:
    """Replace the process-wide session and return it; parameters as in `Session`."""
    global _default
    with _default_lock:
        _default = Session(
            engine=engine or os.environ.get("LIMNER_ENGINE", "openvino"),
            threads=threads,
            precision=precision,
            commercial_only=commercial_only,
        )
        return _default


def session() -> Session:
    """Return the process-wide session, made on first use."""
    with _default_lock:
        if _default is not None:
            return _default
    return configure()
