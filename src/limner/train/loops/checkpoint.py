"""The state of a training in → files that a kill cannot spoil, and the newest sound one back.

A checkpoint is one file, ``step-<step>-<digest>.pt``: it appears under its name only when it is
whole, and its name holds the digest of its bytes. The last two are kept. Nothing is ever unpickled
but tensors and plain values (``weights_only``).
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING, Any

import torch

from limner.errors import TrainingStopped
from limner.files.atomic import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["found", "newest", "save"]

_KEEP = 2
_NAME = re.compile(r"step-(\d+)-([0-9a-f]{16})\.pt")


def found(folder: Path) -> list[Path]:
    """Return the checkpoints of a folder, newest first."""
    named = [(m, p) for p in folder.glob("step-*.pt") if (m := _NAME.fullmatch(p.name))]
    return [p for m, p in sorted(named, key=lambda pair: int(pair[0][1]), reverse=True)]


def save(folder: Path, step: int, state: dict[str, Any]) -> Path:
    """Write a checkpoint, then remove all but the newest two.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    step : int
        Steps done.
    state : dict
        Tensors and plain values, nested at will.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        If it cannot be written; older checkpoints stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stream = io.BytesIO()
    torch.save(state, stream)
    data = stream.getvalue()
    path = folder / f"step-{step:09d}-{_digest(data)}.pt"
    write_bytes(path, data)
    for old in [p for p in found(folder) if p != path][_KEEP - 1 :]:
        old.unlink(missing_ok=True)
    return path


def newest(folder: Path) -> dict[str, Any] | None:
    """Return the state of the newest checkpoint that is sound, on the CPU; None if there is none.

    Raises
    ------
    TrainingStopped
        If there are checkpoints, but all are damaged: starting anew would bury the work.
    """
    paths = found(folder)
    for path in paths:
        data = path.read_bytes()
        if _digest(data) in path.name:
            state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            return dict(state)
    if paths:
        raise TrainingStopped(
            f"All {len(paths)} checkpoints in {folder} are damaged; bring one back from a copy, "
            "or begin a new run in another folder."
        )
    return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
