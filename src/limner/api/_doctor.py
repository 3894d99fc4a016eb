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
#: What compiled networks and a few drawings take.
_LEAST_FREE_MB = 200
_EXTRAS = {
    "heic": ("pi_heif", "HEIC pictures"),
    "openvino": ("openvino", "OpenVINO, quicker where the processor has bf16"),
    "studio": ("fastapi", "the studio"),
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
    return (
        *_libraries_load(),
        *_weights_whole(),
        _networks_run(),
        _settings_hold(),
        _cache_kept(),
        _disk_free(),
        *_extras(),
    )


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

        from limner import weights

        found = detect_faces(np.full((64, 64, 3), 255, np.uint8))
        return f"on {weights.session().engine}; {len(found)} faces on an empty sheet"

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


def _settings_hold() -> Check:
    def held() -> str:
        from limner.files.limits import usual_limits

        limits = usual_limits()
        return f"files to {limits.max_megabytes:g} MB, pictures to {limits.max_megapixels:g} megapixels"

    return _tried("limits", held, "Mend LIMNER_MAX_MEGABYTES or LIMNER_MAX_MEGAPIXELS.")


def _disk_free() -> Check:
    import shutil

    folder = next(place for place in (cache_folder(), *cache_folder().parents) if place.is_dir())
    free_mb = shutil.disk_usage(folder).free / 1e6
    return Check(
        "free disk",
        ok=free_mb >= _LEAST_FREE_MB,
        detail=f"{free_mb:,.0f} MB at {folder}",
        remedy="" if free_mb >= _LEAST_FREE_MB else "Make room, or set LIMNER_HOME elsewhere.",
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
