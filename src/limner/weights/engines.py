"""What runs a network: an engine's name and a checked graph in → something that turns arrays into arrays.

ONNX Runtime comes with Limner and computes in f32. OpenVINO, an extra, takes 180 MB more on disk and computes in bf16
where the processor can and the ledger's measured error allows it, about twice as fast; it is taken where it is there.
"""

from __future__ import annotations

import importlib.util
import os
import queue
import threading
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from limner.errors import BadShape, CorruptWeights, MissingExtra, UnknownName
from limner.weights.stages import Chain, apart

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

__all__ = ["ENGINES", "Network", "chosen_engine", "onnx_session", "opened"]

ENGINES = ("openvino", "onnxruntime")

#: Held while a network of OpenVINO is opened and first touched, whoever's session it is.
_OPENING = threading.Lock()

#: Calls of one network that run at once where each takes all cores: one computes, the next makes itself ready.
_MOST_RUNNING = 2


class Network(Protocol):
    """A graph that is open."""

    def run(self, inputs: Arrays) -> Arrays:
        """Return the outputs by name."""


def chosen_engine(name: str | None = None) -> str:
    """Decide which engine runs networks.

    Parameters
    ----------
    name : str, optional
        One of `ENGINES`; None asks the environment's LIMNER_ENGINE, and then takes OpenVINO if it is installed.

    Returns
    -------
    str
        Its name.

    Raises
    ------
    UnknownName
        If there is no such engine.
    """
    name = name or os.environ.get("LIMNER_ENGINE")
    if not name:
        return "openvino" if importlib.util.find_spec("openvino") else "onnxruntime"
    if name not in ENGINES:
        raise UnknownName.among("engine", name, ENGINES)
    return name


def opened(
    engine: str,
    data: bytes,
    name: str,
    *,
    threads: int,
    precision: str,
    at_once: int = 1,
    cache: Path,
) -> Network:
    """Open a graph.

    Parameters
    ----------
    engine : str
        One of `ENGINES`.
    data : bytes
        The graph, its hash and operators checked already.
    name : str
        How messages call it.
    threads : int
    precision : {"f32", "bf16"}
        ONNX Runtime computes in f32 either way.
    at_once : int
        How many calls, of `threads` each, compute at the same time.
    cache : Path
        Folder for compiled copies.

    Raises
    ------
    CorruptWeights
        If the engine cannot make sense of it.
    MissingExtra
        If the engine is not installed.
    """
    if engine == "openvino":
        return _OpenVINO(data, name, (threads, at_once), precision, cache)
    return _OnnxRuntime(data, name, (threads, at_once))


class _OpenVINO:
    """A compiled OpenVINO model, or two in a row, with a pool of requests, one a running call."""

    def __init__(
        self, data: bytes, name: str, cores: tuple[int, int], precision: str, cache: Path
    ) -> None:
        try:
            import openvino
        except ImportError as error:
            raise MissingExtra.of("openvino", "running on OpenVINO") from error
        threads, at_once = cores
        core = openvino.Core()
        # OpenVINO takes bf16 by itself where it can, at about one per cent of error: the precision is always said.
        settings: dict[str, object] = {
            "INFERENCE_NUM_THREADS": threads * at_once,
            "NUM_STREAMS": at_once,
            # Pinned threads of several processes, a cluster's workers say, would all sit on the first cores.
            "ENABLE_CPU_PINNING": False,
        }
        try:
            cache.mkdir(parents=True, exist_ok=True)
            settings["CACHE_DIR"] = str(cache)
        except OSError:
            pass  # a read-only home costs a slower start, nothing else
        try:
            with _OPENING:
                _touch(openvino)
                model = _read(openvino, core, data)
                self.outputs = {port.get_any_name() for port in model.outputs}
                models = apart(openvino, model) if precision == "bf16" else [model]
                # all but the last stage is geometry
                hints = ["f32"] * (len(models) - 1) + [precision]
                self.compiled = [
                    core.compile_model(one, "CPU", settings | {"INFERENCE_PRECISION_HINT": hint})
                    for one, hint in zip(models, hints, strict=True)
                ]
        except RuntimeError as error:
            raise CorruptWeights(
                f"OpenVINO cannot open {name}: {str(error).splitlines()[0]}"
            ) from error
        self.requests: queue.SimpleQueue[Chain] = queue.SimpleQueue()
        self.slots = threading.BoundedSemaphore(max(_MOST_RUNNING, cores[1]))

    def run(self, inputs: Arrays) -> Arrays:
        with self.slots:
            return self._run(inputs)

    def _run(self, inputs: Arrays) -> Arrays:
        try:
            request = self.requests.get_nowait()
        except queue.Empty:
            request = Chain(self.compiled, self.outputs)
        try:
            # Copied into the request's own memory. Were Python's arrays lent to it, OpenVINO would let go of them under
            # a lock of its own, which waits for the interpreter's, which another thread holds while it waits for
            # OpenVINO's: eight threads then stand still for ever.
            for name, value in inputs.items():
                _fill(request.get_tensor(name), value)
            return request.infer()
        except (RuntimeError, ValueError) as error:
            raise BadShape(
                f"The inputs do not fit the network: {str(error).splitlines()[0]}"
            ) from error
        finally:
            self.requests.put(request)


def _touch(openvino: Any) -> None:
    """Look at the memory of a tensor once, while no other thread can.

    The first such look makes OpenVINO's bindings load NumPy's half, under a guard of C++ inside which the interpreter's
    lock is let go and taken again. A second thread that looks at that moment waits for the guard with the interpreter's
    lock in its hand, and both stand still for ever.
    """
    _ = openvino.Tensor(openvino.Type.f32, openvino.Shape([1])).data


def _read(openvino: Any, core: Any, data: bytes) -> Any:
    """Read a graph, and widen what it keeps in eight bits before OpenVINO compiles it.

    Left to itself OpenVINO widens while it compiles, and where several streams compile at once, every second network is
    wrong from the start, wildly and without a word (2026.4.1, two streams on two cores).
    """
    model = core.read_model(data)
    eight = openvino.Type.i8, openvino.Type.u8
    if any(
        o.get_type_name() == "Constant" and o.get_element_type() in eight for o in model.get_ops()
    ):
        from openvino.passes import ConstantFolding, Manager

        passes = Manager()
        passes.register_pass(ConstantFolding())
        passes.run_passes(model)
    return model


def _fill(tensor: Any, value: NDArray[Any]) -> None:
    """Copy an array into a tensor of OpenVINO, which grows or shrinks where its network allows it."""
    if tuple(tensor.shape) != value.shape:
        tensor.shape = value.shape
    np.copyto(tensor.data, value, casting="same_kind")


def onnx_session(data: bytes, name: str, threads: int) -> Any:
    """Open a graph in ONNX Runtime; arguments and errors as `opened` has them."""
    try:
        import onnxruntime
    except ImportError as error:
        raise CorruptWeights(
            "ONNX Runtime, which comes with Limner, is missing or broken. "
            "Install Limner again: pip install --force-reinstall limner"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # Threads that wait for work would spin: beside other programs that costs a third more time than sleeping.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The errors of its C++ half share no base but Exception.
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise CorruptWeights(
            f"ONNX Runtime cannot open {name}: {str(error).splitlines()[0]}"
        ) from error


class _OnnxRuntime:
    """A session of ONNX Runtime, which any thread may run."""

    def __init__(self, data: bytes, name: str, cores: tuple[int, int]) -> None:
        self.session = onnx_session(data, name, cores[0])
        self.names = [o.name for o in self.session.get_outputs()]
        self.slots = threading.BoundedSemaphore(max(_MOST_RUNNING, cores[1]))

    def run(self, inputs: Arrays) -> Arrays:
        with self.slots:
            try:
                found = self.session.run(None, inputs)
            except Exception as error:
                raise BadShape(
                    f"The inputs do not fit the network: {str(error).splitlines()[0]}"
                ) from error
        return dict(zip(self.names, found, strict=True))
