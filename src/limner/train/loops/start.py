"""A trained net of elsewhere in → first weights for a training; and the way back, small enough to commit.

Three sources: the initialisers of an exported graph (``GRAPH.onnx``), the graph of that name that
ships (``shipped``), or a folder that `save_portable` wrote. Names decide what goes where.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from limner.errors import RecipeError
from limner.files.atomic import write_bytes
from limner.train.graph import widened
from limner.weights import ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor, nn

__all__ = ["from_graph", "from_portable", "save_portable", "start"]

_PART_BYTES = 16 * 2**20
#: Axes of a feature map.
_MAP = 4


def start(
    source: str, nets: nn.ModuleDict, *, ships: str, graph: str
) -> Mapping[str, Tensor] | None:
    """Give `nets` the weights of `source`.

    Parameters
    ----------
    source : str
        ``shipped``, the path of an ``.onnx``, or a folder written by `save_portable`.
    nets : nn.ModuleDict
        Changed in place. A graph fills `ships` only; a portable folder fills all.
    ships : str
        Key of the net that is exported.
    graph : str
        Its name in the ledger, for ``shipped``.

    Returns
    -------
    mapping of str to Tensor, or None
        The average to begin with, where the source has one of its own.

    Raises
    ------
    RecipeError
        If the source is not there, or its arrays do not fit the net.
    """
    path = ledger.row(graph).path if source == "shipped" else Path(source)
    if path.is_dir():
        return from_portable(path, nets)
    if path.suffix != ".onnx" or not path.is_file():
        raise RecipeError(f"--init {source}: wanted 'shipped', an .onnx file or a portable folder.")
    from_graph(path, nets[ships])
    return None


def from_graph(path: Path, net: nn.Module) -> None:
    """Fill `net` with the initialisers of an exported graph, whose names are its parameters'.

    Names that contain one of ``net.spare`` serve the training alone: no graph holds them, and they stay as they are.
    ``net.norms`` names, in the order of use, what the exporter keeps without a name.

    Raises
    ------
    RecipeError
        If a parameter is missing in the graph or has another shape.
    """
    import onnx
    from onnx import numpy_helper

    try:
        model = onnx.load(str(path))
    except Exception as error:
        raise RecipeError(f"--init {path}: this is no ONNX graph ({error}).") from error
    arrays = widened({i.name: np.array(numpy_helper.to_array(i)) for i in model.graph.initializer})
    state = net.state_dict()
    prefix = _prefix(set(arrays), set(state))
    taken = {k: arrays[prefix + k] for k in state if prefix + k in arrays}
    adapted: Any = getattr(net, "adapted", None)
    if adapted is not None:  # a net may know how to take over a smaller one of its kind
        taken = adapted(taken)
    spare: tuple[str, ...] = getattr(net, "spare", ())
    needed = [k for k, v in state.items() if v.is_floating_point()]
    needed = [k for k in needed if not any(word in k for word in spare)]
    nameless: tuple[str, ...] = getattr(net, "norms", ())
    missing = nameless or [k for k in needed if k not in taken]
    taken |= _broadcast(arrays, {k: state[k] for k in missing})
    _fill(net, taken, needed, str(path))


def _broadcast(
    arrays: Mapping[str, NDArray[Any]], missing: Mapping[str, Tensor]
) -> dict[str, NDArray[Any]]:
    """Return the vectors that the exporter kept as (1, C, 1, 1) or (C, 1, 1), without their names but in order of use.

    Only if each that is missing finds its own: one that does not fit would fill the wrong places.
    """
    kept = [
        a
        for n, a in arrays.items()
        if _nameless(n) and a.shape[-2:] == (1, 1) and a.ndim >= _MAP - 1
    ]
    same = len(kept) == len(missing) and all(
        a.size == v.numel() and v.ndim == 1 for a, v in zip(kept, missing.values(), strict=True)
    )
    return {k: a.ravel() for k, a in zip(missing, kept, strict=True)} if same else {}


def _nameless(name: str) -> bool:
    """Return whether the exporter made up this name."""
    return name.startswith(("unsqueeze_", "val_"))


def _prefix(theirs: set[str], mine: set[str]) -> str:
    """Return what a wrapper put before the net's own names: the prefix under which most are found."""
    found = {n[: len(n) - len(k)] for k in mine for n in theirs if f".{n}".endswith(f".{k}")}
    return max(sorted(found), key=lambda p: sum(p + k in theirs for k in mine), default="")


def _fill(net: nn.Module, arrays: Mapping[str, Any], needed: list[str], source: str) -> None:
    state = net.state_dict()
    missing = [k for k in needed if k not in arrays]
    if missing:
        raise RecipeError(
            f"--init {source}: {len(missing)} of {len(needed)} parameters are not in it, "
            f"the first is {missing[0]!r}; is it a graph of this net?"
        )
    for name, array in arrays.items():
        value = torch.as_tensor(array)
        if value.shape != state[name].shape:
            raise RecipeError(
                f"--init {source}: {name} has shape {tuple(value.shape)}, "
                f"wanted {tuple(state[name].shape)}."
            )
        state[name].copy_(value)


def save_portable(
    folder: Path, nets: Mapping[str, Mapping[str, Tensor]], about: dict[str, Any]
) -> list[Path]:
    """Write nets in f16, in files of at most 16 MiB that can be committed and carried anywhere.

    Parameters
    ----------
    folder : Path
        Made if it is not there; parts of an earlier call are replaced.
    nets : mapping of str to state dict
        "ema" and whatever else the training needs to go on.
    about : dict
        Plain values kept in ``about.json``: step, pictures, recipe.

    Returns
    -------
    list of Path
        The parts. Optimisers are left out: they find their pace again in some hundred steps.
    """
    from safetensors.torch import save

    folder.mkdir(parents=True, exist_ok=True)
    parts: list[dict[str, Tensor]] = [{}]
    size = 0
    for net, state in nets.items():
        for name, value in state.items():
            small = _short(value)
            bytes_ = small.numel() * small.element_size()
            if size + bytes_ > _PART_BYTES - 2**18 and parts[-1]:  # room for the header
                parts.append({})
                size = 0
            parts[-1][f"{net}/{name}"] = small
            size += bytes_
    for old in folder.glob("part-*.safetensors"):
        old.unlink()
    paths = [folder / f"part-{i:02d}.safetensors" for i in range(len(parts))]
    for path, part in zip(paths, parts, strict=True):
        write_bytes(path, save(part))
    about = {**about, "parts": len(parts)}
    write_bytes(folder / "about.json", json.dumps(about, indent=1, sort_keys=True).encode() + b"\n")
    return paths


def _short(value: Tensor) -> Tensor:
    # A copy, always: the format refuses tensors that share memory.
    value = value.detach().cpu().clone(memory_format=torch.contiguous_format)
    if not value.is_floating_point() or value.abs().max() > torch.finfo(torch.float16).max:
        return value
    return value.half()


def from_portable(folder: Path, nets: nn.ModuleDict) -> Mapping[str, Tensor]:
    """Fill every net of `nets` with what `save_portable` wrote; return the average's tensors.

    Raises
    ------
    RecipeError
        If parts are missing or do not fit.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        about = json.loads((folder / "about.json").read_text("utf-8"))
        parts = [
            load((folder / f"part-{i:02d}.safetensors").read_bytes()) for i in range(about["parts"])
        ]
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise RecipeError(
            f"--init {folder}: this is no whole portable folder ({error})."
        ) from error
    whole: dict[str, dict[str, Tensor]] = {}
    for key, value in ((k, v) for part in parts for k, v in part.items()):
        net, _, name = key.partition("/")
        whole.setdefault(net, {})[name] = value.float() if value.is_floating_point() else value
    for name, module in nets.items():
        _fill(module, whole.get(name, {}), list(module.state_dict()), str(folder))
    return whole["ema"]
