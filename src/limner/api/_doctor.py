"""Health: this installation in → what was looked at, what is wrong and what to do."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

from limner.api._about import cache_folder
from limner.api._photo import detect_faces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from limner.weights import Row

__all__ = ["Check", "doctor"]

_NEEDED = ("numpy", "cv2", "PIL", "onnxruntime")
_EXTRAS = {
    "heic": ("pi_heif", "HEIC pictures"),
    "openvino": ("openvino", "OpenVINO, quicker where the processor has bf16"),
    "train": ("torch", "training"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that `doctor` looked at.

    Parameters
    ----------
    name : str
    ok : bool
    detail : str
        What was found.
    remedy : str
        What to do, where it is not well.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def doctor() -> tuple[Check, ...]:
    """Look at everything that a drawing needs.

    Returns
    -------
    tuple of Check
        Those that are not `ok` say what to do. An extra that is absent is no fault.
    """
    return (*_libraries_load(), *_weights_whole(), _networks_run(), _cache_kept(), *_extras())


def _libraries_load() -> Iterator[Check]:
    for name in _NEEDED:
        remedy = "Install Limner again: pip install --force-reinstall limner"
        yield _tried(f"library {name}", functools.partial(_version_of, name), remedy)


def _weights_whole() -> Iterator[Check]:
    from limner.weights import ledger

    for row in ledger.rows():
        yield _tried(f"weight {row.name}", functools.partial(_whole, row), "Install Limner again.")


def _whole(row: Row) -> str:
    from limner.weights import ledger

    ledger.audited_bytes(row)
    return f"{row.bytes / 1e6:.1f} MB, as the ledger says"


def _networks_run() -> Check:
    def trial() -> str:
        import numpy as np

        found = detect_faces(np.full((64, 64, 3), 255, np.uint8))
        return f"an empty sheet was looked at; {len(found)} faces on it"

    return _tried("networks run", trial, "Try LIMNER_ENGINE=onnxruntime.")


def _cache_kept() -> Check:
    def kept() -> str:
        import tempfile

        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return str(folder)

    return _tried(
        "cache folder", kept, "Set LIMNER_HOME to a folder that can be written, for quicker starts."
    )


def _extras() -> Iterator[Check]:
    for extra, (module, purpose) in _EXTRAS.items():
        there = importlib.util.find_spec(module) is not None
        detail = purpose if there else f"absent; pip install 'limner[{extra}]' brings {purpose}"
        yield Check(f"extra {extra}", ok=True, detail=detail)


def _tried(name: str, trial: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(name, ok=True, detail=trial())
    except Exception as error:  # noqa: BLE001 - whatever is wrong is the finding
        return Check(name, ok=False, detail=f"{type(error).__name__}: {error}", remedy=remedy)


def _version_of(module: str) -> str:
    return str(getattr(importlib.import_module(module), "__version__", "present"))
