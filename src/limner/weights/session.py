"""Networks, opened once and run from any thread: a weight's name and arrays in → arrays."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from limner.errors import BadShape, ForbiddenWeights, UnknownName
from limner.weights.audit import audit
from limner.weights.engines import Network, chosen_engine, opened
from limner.weights.ledger import CLEAN, Row, allowed, audited_bytes, row, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Session", "configure", "each", "home", "physical_cores", "session"]

Arrays = dict[str, NDArray[Any]]
Item = TypeVar("Item")
Result = TypeVar("Result")


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
    engine : str, optional
        "openvino" (extra ``openvino``) or "onnxruntime"; the environment's LIMNER_ENGINE if not given, else OpenVINO
        where it is installed.
    threads : int, optional
        Threads per network; physical cores if not given.
    precision : str, optional
        "f32" or "bf16" for all; each weight's own, from the ledger, if not given.
    commercial_only : bool, optional
        Refuse weights whose terms forbid commercial use; a clean one serves in their place where there is one. The
        environment's LIMNER_COMMERCIAL_ONLY if not given, else no.
    most_open : int
        How many networks stay open at once; the one unused for longest is closed.

    Notes
    -----
    ONNX Runtime opens a graph in 10–100 ms, OpenVINO in 20–300 ms the first time and, from its compiled copy on disk,
    in 10–60 ms later.
    """

    def __init__(
        self,
        *,
        engine: str | None = None,
        threads: int | None = None,
        precision: str | None = None,
        commercial_only: bool | None = None,
        most_open: int = 8,
    ) -> None:
        self.engine = chosen_engine(engine)
        self.threads = threads or int(os.environ.get("LIMNER_THREADS", "0")) or physical_cores()
        self.precision = precision
        told = os.environ.get("LIMNER_COMMERCIAL_ONLY", "").strip().lower()
        self.commercial_only = (
            told not in ("", "0", "false", "no", "off")
            if commercial_only is None
            else commercial_only
        )
        self.most_open = most_open
        self._open: OrderedDict[str, Network] = OrderedDict()
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
            found = allowed(found)
        missing = set(found.inputs) - set(inputs)
        if missing:
            raise BadShape(
                f"{found.name} wants the input {sorted(missing)[0]!r}; got {sorted(inputs)}."
            )
        network = self._network(found)
        return network.run({k: np.ascontiguousarray(v) for k, v in inputs.items()})

    def serves(self, weight: str) -> bool:
        """Say whether a network is installed and may be used here, or one that serves in its place is and may."""
        try:
            found = row(weight)
            return (allowed(found) if self.commercial_only else found).path.is_file()
        except (ForbiddenWeights, UnknownName):
            return False

    def hashes(self, *rooms: str) -> dict[str, str]:
        """Return name and short hash of the networks of some rooms that run here, for a `Recipe`."""
        return {
            one.name: one.sha256[:12]
            for one in rows()
            if one.room in rooms
            and (one.commercial if self.commercial_only else not one.name.endswith(CLEAN))
        }

    def _network(self, found: Row) -> Network:
        key = found.sha256
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
            data = audited_bytes(found)
            audit(data)
            network = opened(
                self.engine,
                data,
                found.name,
                threads=self.threads,
                precision=self.precision or found.precision,
                at_once=max(1, physical_cores() // self.threads),
                cache=home() / "compiled",
            )
            self._open[key] = network
            while len(self._open) > self.most_open:
                self._open.popitem(last=False)
            return network


_default: Session | None = None
_default_lock = threading.Lock()


def configure(
    *,
    engine: str | None = None,
    threads: int | None = None,
    precision: str | None = None,
    commercial_only: bool | None = None,
) -> Session:
    """Replace the process-wide session and return it; parameters as in `Session`."""
    global _default
    with _default_lock:
        _default = Session(
            engine=engine,
            threads=threads,
            precision=precision,
            commercial_only=commercial_only,
        )
        return _default


def session() -> Session:
    """Return the process-wide session, made on first use."""
    global _default
    with _default_lock:  # made under it: two threads that ask first must get one session, not two
        if _default is None:
            _default = Session()
        return _default


def each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Do work on every item, as many at once as a network has threads, and return the results in the items' order.

    Parameters
    ----------
    work : callable
        Its networks and filters do not hold the interpreter, so that while one item is computed the next is made ready.
    items : iterable
        Taken while the first ones are worked on already.

    Examples
    --------
    >>> each(lambda n: n * n, [3, 1, 2])
    [9, 1, 4]
    """
    threads = session().threads
    if threads < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))
