"""A run in → a pack: its graph, checked against torch, a ledger row and a card."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from limner.errors import CorruptWeights, RecipeError
from limner.train import recipe as recipes
from limner.train.graph import to_onnx
from limner.train.loops import checkpoint, precision
from limner.train.pack import card, write_pack
from limner.weights import Row, Session, audit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import nn

    from limner.train.loops.task import ExportSpec, Task

    Arrays = dict[str, NDArray[Any]]

__all__ = ["bf16_error", "check", "export_run", "probes"]

#: A larger error of bf16 keeps a weight at f32.
_HARMLESS = 0.02
_TERMS = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")


def export_run(
    run: Path, task: Task, out: Path, *, scores: Mapping[str, float] | None = None
) -> Path:
    """Write the pack of a run.

    Parameters
    ----------
    run : Path
        The run's folder; its best weights are taken, or, if none were kept, its newest.
    task : Task
        The run's task, made anew. One that ships several graphs names them in ``pieces``, and
        exports the one that its ``piece`` is set to.
    out : Path
        The pack's folder; other rows there stay as they are.
    scores : mapping of str to float, optional
        Held-out scores; measured now if left out.

    Returns
    -------
    Path
        The graph; where the task ships several pieces, the pack.

    Raises
    ------
    RecipeError
        If the run holds no weights, or a licence is no SPDX expression.
    CorruptWeights
        If the graph does not compute what torch computes.
    """
    state = checkpoint.newest(run / "checkpoints")
    if state is None:
        raise RecipeError(f"The run {run} holds no checkpoint; train it first.")
    net = task.nets[task.ships]
    net.load_state_dict(_best(run) or state["ema"])
    net.eval().requires_grad_(requires_grad=False)
    with torch.no_grad():
        measured = dict(scores) if scores is not None else task.validate(net)
    told = {"scores": {k: _round(v) for k, v in measured.items()}}
    written = []
    for piece in getattr(task, "pieces", ("",)):
        if piece:
            task.piece = piece  # type: ignore[attr-defined]
        spec = task.export(net)
        spec.module.eval()
        _check_terms(spec)
        graph = to_onnx(spec)
        audit(graph)
        check(spec, graph)
        row = _row(run, spec, graph, state) | told | _precision(spec, graph)
        page = out / "cards" / f"{spec.name}.md"
        old = page.read_text("utf-8") if page.exists() else ""
        text = card(spec.name, row, purpose=spec.purpose, limits=spec.limits, old=old)
        written.append(write_pack(out, spec.name, graph, row, text))
    return written[0] if len(written) == 1 else out


def _best(run: Path) -> dict[str, Any] | None:
    from safetensors.torch import load

    path = run / "best.safetensors"
    return load(path.read_bytes()) if path.exists() else None


def _check_terms(spec: ExportSpec) -> None:
    if not spec.data:
        raise RecipeError(f"{spec.name}: its `data` names no data set.")
    for what, terms in (("the weight itself", spec.license), *spec.data):
        if not _TERMS.fullmatch(terms):
            raise RecipeError(
                f"{spec.name}: the licence of {what} is {terms!r}, wanted an SPDX expression or "
                "LicenseRef-something."
            )


def _row(run: Path, spec: ExportSpec, graph: bytes, state: Mapping[str, Any]) -> dict[str, Any]:
    import onnx

    about = json.loads((run / "run.json").read_text("utf-8"))
    recipe = recipes.read(run / "recipe.toml")
    model = onnx.load_from_string(graph)
    return {
        "sha256": hashlib.sha256(graph).hexdigest(),
        "bytes": len(graph),
        "room": spec.name.partition("-")[0],
        "inputs": {p.name: _port(p, spec) for p in model.graph.input},
        "outputs": {p.name: _port(p, spec) for p in model.graph.output},
        "license": spec.license,
        "commercial": spec.commercial,
        "data": [{"name": n, "license": terms} for n, terms in spec.data],
        "recipe": recipe.name,
        "commit": _commit(),
        "hours": _round(state["seconds"] / 3600),
        "pictures": state["step"] * recipe.batch * max(recipe.shards, about["processes"]),
        "machine": about["machine"],
    }


def _port(port: Any, spec: ExportSpec) -> dict[str, Any]:
    import onnx

    kind = port.type.tensor_type
    return {
        "shape": [d.dim_param or d.dim_value for d in kind.shape.dim],
        "dtype": onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type).name,
        # Text where there is no bound: JSON, in which ledgers are listed too, has no infinity.
        "range": list(spec.ranges.get(port.name, ("-inf", "inf"))),
    }


def _commit() -> str:
    """Return the commit of the code that runs, or nothing where it is no working copy."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"],  # noqa: S607
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _round(value: float) -> float:
    """Return four digits: more would only differ from machine to machine."""
    return float(f"{value:.4g}")


def probes(spec: ExportSpec) -> list[Arrays]:
    """Return inputs to compare with: the example, smooth fields and noise over each input's range.

    Examples
    --------
    >>> from limner.train.loops.task import ExportSpec
    >>> spec = ExportSpec("a-b", torch.nn.ReLU(), {"x": torch.zeros(1, 3, 8, 8)}, ("y",))
    >>> [p["x"].shape for p in probes(spec)]
    [(1, 3, 8, 8), (1, 3, 8, 8), (1, 3, 8, 8)]
    """
    chance = np.random.default_rng(0)
    found: list[Arrays] = [{k: v.numpy() for k, v in spec.inputs.items()}]
    for smooth in (True, False):
        made = {}
        for name, example in found[0].items():
            low, high = spec.ranges.get(name, (0.0, 1.0))
            made[name] = _field(example, low, high, chance, smooth=smooth)
        found.append(made)
    return found


def _field(
    like: NDArray[Any], low: float, high: float, chance: np.random.Generator, *, smooth: bool
) -> NDArray[Any]:
    shape = like.shape
    if smooth and like.ndim == 4:
        small = chance.random((*shape[:2], 4, 4), np.float32)
        tall = torch.nn.functional.interpolate(
            torch.from_numpy(small), size=shape[2:], mode="bicubic", align_corners=False
        )
        unit = np.clip(tall.numpy(), 0, 1)
    else:
        unit = chance.random(shape)
    made: NDArray[Any] = (low + (high - low) * unit).astype(like.dtype)
    return made


def _temporary(spec: ExportSpec, graph: bytes, folder: Path) -> Row:
    """Return a row for bytes that no ledger knows yet."""
    (folder / f"{spec.name}.onnx").write_bytes(graph)
    return Row(
        name=spec.name,
        sha256=hashlib.sha256(graph).hexdigest(),
        bytes=len(graph),
        room="",
        license=spec.license,
        commercial=spec.commercial,
        inputs={k: {} for k in spec.inputs},
        folder=folder,
    )


def check(spec: ExportSpec, graph: bytes) -> float:
    """Run the graph through every runtime that is installed and compare it with torch.

    Returns
    -------
    float
        The largest difference, as a share of the output's own range.

    Raises
    ------
    CorruptWeights
        If it is over the spec's tolerance.
    """
    from tempfile import TemporaryDirectory

    engines = [name for name in ("openvino", "onnxruntime") if find_spec(name)]
    worst = 0.0
    with TemporaryDirectory() as folder:
        row = _temporary(spec, graph, Path(folder))
        for engine in engines:
            session = Session(engine=engine, precision="f32")
            for inputs in probes(spec):
                expected = _torch(spec.module, inputs, spec.outputs)
                got = session.run(row, inputs)
                for name, value in expected.items():
                    off = _difference(got[name], value, jumps=spec.jumps)
                    worst = max(worst, off)
                    if not off <= spec.tolerance:
                        raise CorruptWeights(
                            f"{spec.name}: {name} from {engine} differs from torch by {off:.3g} of "
                            f"its range, allowed are {spec.tolerance:g}."
                        )
    return worst


def _torch(module: nn.Module, inputs: Arrays, outputs: tuple[str, ...]) -> Arrays:
    with torch.no_grad():
        made = module(*(torch.from_numpy(v) for v in inputs.values()))
    made = made if isinstance(made, tuple | list) else (made,)
    return {k: v.numpy() for k, v in zip(outputs, made, strict=True)}


def _difference(got: NDArray[Any], expected: NDArray[Any], *, jumps: bool) -> float:
    if got.shape != expected.shape:
        return float("inf")
    spread = float(np.ptp(expected)) or 1.0
    off = np.abs(got.astype(np.float64) - expected)
    return float((off.mean() if jumps else off.max()) / spread)


def bf16_error(spec: ExportSpec, graph: bytes) -> float:
    """Return how far bf16 is from f32: mean difference as a share of the standard deviation.

    Notes
    -----
    Only a processor that computes in bf16 can tell; elsewhere the answer is 1, which means: use f32.
    """
    from tempfile import TemporaryDirectory

    if precision.choose("auto", cuda=False) != "bf16":
        return 1.0
    worst = 0.0
    with TemporaryDirectory() as folder:
        row = _temporary(spec, graph, Path(folder))
        long, short = Session(precision="f32"), Session(precision="bf16")
        for inputs in probes(spec)[1:]:
            a, b = long.run(row, inputs), short.run(row, inputs)
            for name, value in a.items():
                spread = float(value.std()) or 1.0
                worst = max(worst, float(np.abs(b[name] - value).mean()) / spread)
    return worst


def _precision(spec: ExportSpec, graph: bytes) -> dict[str, Any]:
    error = _round(bf16_error(spec, graph))
    return {"bf16_error": error, "precision": "bf16" if error <= _HARMLESS else "f32"}
