"""A job in → a trained task, in a run's folder that can go on.

One command trains on a CPU, a GPU, or several processes. What a run's folder holds::

    recipe.toml            the recipe, every key resolved
    run.json               where the data was, which machine, which number format
    metrics.csv            step, pictures, name, value
    samples/               a contact sheet a check
    checkpoints/           the last two, for going on
    best.safetensors       the average's weights with the best validation number
    portable/              on request: all weights in f16, 16 MiB a file
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pickle
import platform
import signal
import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from filelock import FileLock, Timeout
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy
from torch.multiprocessing.spawn import ProcessRaisedException

from limner.errors import RecipeError, TrainingStopped
from limner.files.atomic import write_bytes
from limner.train import recipe as recipes
from limner.train.loops import precision
from limner.train.loops.loop import Loop
from limner.train.loops.prefetch import PRELOAD
from limner.weights import physical_cores

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from limner.train.loops.job import Job, Result

__all__ = ["machine_name", "run"]

#: Keys that decide how a run is watched or carried out, not what it learns.
_FREE = frozenset(
    [
        "about",
        "checkpoint_every_s",
        "log_every",
        "sample_every",
        "steps",
        "validate_every",
        "workers",
    ]
)


def run(job: Job) -> Result:
    """Train, beginning or going on, in as many processes as the machine says.

    Raises
    ------
    RecipeError
        If the recipe cannot be followed, or the folder holds another recipe's run.
    TrainingStopped
        If the training ended early for a reason that going on would not mend by itself.
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(job.folder / ".lock", timeout=0):
            _check_folder(job)
            return _launch(job)
    except Timeout:
        raise RecipeError(f"Another training is at work in {job.folder}.") from None


def _launch(job: Job) -> Result:
    m = job.machine
    cuda = m.accelerator == "cuda" or (m.accelerator == "auto" and torch.cuda.is_available())
    several = m.devices * m.nodes > 1
    # Under torchrun or SLURM the processes are there already; else Fabric makes them here.
    made_here = several and "LOCAL_RANK" not in os.environ and m.nodes == 1
    strategy = DDPStrategy(start_method="forkserver" if made_here else "popen")
    fabric = Fabric(
        accelerator="cuda" if cuda else "cpu",
        devices=m.devices,
        num_nodes=m.nodes,
        strategy=strategy if several else "auto",
        precision=precision.FABRIC[precision.choose(job.recipe.precision, cuda=cuda)],
    )
    if not made_here:
        return fabric.launch(_train, job)  # type: ignore[arg-type,no-any-return]
    multiprocessing.set_forkserver_preload([PRELOAD])
    errors = job.folder / ".error"
    errors.unlink(missing_ok=True)
    try:
        result: Result = pickle.loads(fabric.launch(_train_sent, pickle.dumps(job)))  # type: ignore[arg-type]  # noqa: S301
        return result
    except ProcessRaisedException:
        if errors.exists():
            kind, message = json.loads(errors.read_text("utf-8"))
            raise (RecipeError if kind == "RecipeError" else TrainingStopped)(message) from None
        raise


def _train_sent(fabric: Fabric, job_bytes: bytes) -> bytes:
    """Train as a process made here; leave word of an error, of which torch would keep only text.

    Records travel as bytes, because Fabric would look for tensors inside them.
    """
    job: Job = pickle.loads(job_bytes)  # noqa: S301  (from our own parent)
    try:
        return pickle.dumps(_train(fabric, job))
    except (RecipeError, TrainingStopped) as error:
        word = json.dumps([type(error).__name__, str(error)])
        write_bytes(job.folder / ".error", word.encode())
        raise


def _train(fabric: Fabric, job: Job) -> Result:
    """Train as one of the processes."""
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    on_cpu = fabric.device.type == "cpu"
    share = job.machine.devices if on_cpu else 1
    torch.set_num_threads(job.machine.threads or max(1, physical_cores() // share))
    torch.use_deterministic_algorithms(on_cpu, warn_only=True)
    try:
        with torch.random.fork_rng(devices=[]), _Signals() as signals:
            if fabric.is_global_zero:
                _note_machine(job, fabric)
            result = Loop(fabric, job, lambda: signals.caught != 0).run()
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])
    return result


class _Signals:
    """Ctrl-C and SIGTERM as a wish: the step under way is finished and kept, then they act.

    A second Ctrl-C interrupts at once.
    """

    def __init__(self) -> None:
        self.caught = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Signals:
        """Take the signals over, where that is possible: in the main thread."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back, and pass on what was caught."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self.caught and kind is None:
            signal.raise_signal(self.caught)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.caught and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.caught = number


def _check_folder(job: Job) -> None:
    """Keep the recipe in the run's folder, or refuse to go on with another one."""
    for torn in job.folder.rglob(".limner-*.tmp"):  # what a kill left of a file being written
        torn.unlink(missing_ok=True)
    path = job.folder / "recipe.toml"
    text = recipes.as_toml(job.recipe)
    if path.exists():
        old, new = _plain(path.read_text("utf-8")), _plain(text)
        differ = sorted(k for k in {*old, *new} - _FREE if old.get(k) != new.get(k))
        if differ and not job.options.allow_changes:
            key = differ[0]
            raise RecipeError(
                f"The run in {job.folder} began with {key} = {old.get(key)!r}, now it is "
                f"{new.get(key)!r}. Name another folder, or allow changes."
            )
    write_bytes(path, text.encode())


def _plain(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"The run's recipe.toml is damaged: {error}.") from error


def _note_machine(job: Job, fabric: Fabric) -> None:
    """Say in ``run.json`` where the data is and what computes, for the export's ledger row."""
    about = {
        "data": str(job.data.resolve()),
        "machine": machine_name(fabric.device),
        "processes": fabric.world_size,
        "format": precision.choose(job.recipe.precision, cuda=fabric.device.type == "cuda"),
        "torch": torch.__version__,
    }
    write_bytes(job.folder / "run.json", json.dumps(about, indent=1).encode() + b"\n")


def machine_name(device: torch.device) -> str:
    """Return what computes: the GPU's name, or the CPU's with its number of cores."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as stream:
            names = [x.split(":", 1)[1].strip() for x in stream if x.startswith("model name")]
    except OSError:
        names = []
    return f"{names[0] if names else platform.machine()}, {physical_cores()} cores"
