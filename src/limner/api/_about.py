"""Limner about itself: nothing in → its styles, weights, folders and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from limner.records import Style

__all__ = [
    "MEMORY_CEILING_MB",
    "MEMORY_EACH_MORE_MB",
    "cache_folder",
    "configure",
    "find_style",
    "information",
    "style_names",
    "weights_table",
]

#: What a process stays under with one picture of up to 12 MP at a time, and what each further picture at the same
#: time may add. Measured: 695 MB for a drawing, 961 for a whole picture, 230 for each further drawing.
MEMORY_CEILING_MB = 1000
MEMORY_EACH_MORE_MB = 250


def style_names() -> tuple[str, ...]:
    """Return the names of the styles to draw in."""
    from limner import styles

    return tuple(styles.names())


def find_style(name: str) -> Style:
    """Return the style of that name.

    Raises
    ------
    UnknownName
        If there is none; the message names those that are spelled alike.
    """
    from limner import styles

    return styles.find(name)


def configure(
    *,
    engine: str | None = None,
    threads: int | None = None,
    precision: str | None = None,
    commercial_only: bool | None = None,
    jobs: int = 1,
) -> None:
    """Decide how the networks run in this process from now on.

    Parameters
    ----------
    engine : {"openvino", "onnxruntime"}, optional
        None takes OpenVINO where the extra ``openvino`` is installed, else ONNX Runtime.
    threads : int, optional
        Threads of each network; None takes the physical cores.
    precision : {"f32", "bf16"}, optional
        For all networks; None takes what each one's row in the ledger allows.
    commercial_only : bool, optional
        Refuse weights whose licence forbids commercial use; networks taught by free data alone serve in their place
        where there are some. The environment's LIMNER_COMMERCIAL_ONLY if not given, else no.
    jobs : int
        How many pictures will be worked on at once: unless `threads` are given, they share the cores.
    """
    from limner import weights

    if jobs > 1 and threads is None:
        threads = max(1, weights.physical_cores() // jobs)
    weights.configure(
        engine=engine, threads=threads, precision=precision, commercial_only=commercial_only
    )


def cache_folder() -> Path:
    """Return where compiled networks are kept: LIMNER_HOME, else the platform's cache folder."""
    from limner import weights

    return weights.home()


def weights_table() -> tuple[dict[str, Any], ...]:
    """Return a row for each network that ships: name, room, bytes, hash, licence, teachers' data, scores."""
    from limner.weights import ledger

    return tuple(
        {
            "name": row.name,
            "room": row.room,
            "bytes": row.bytes,
            "sha256": row.sha256,
            "license": row.license,
            "commercial": row.commercial,
            "precision": row.precision,
            "data": [dict(source) for source in row.data],
            "scores": dict(row.scores),
        }
        for row in ledger.rows()
    )


def information() -> dict[str, Any]:
    """Return versions, folders and limits as plain values."""
    import platform

    from limner import __version__, weights
    from limner.files.limits import usual_limits

    session, limits = weights.session(), usual_limits()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "engine": session.engine,
        "threads": session.threads,
        "precision": session.precision or "by weight",
        "cache": str(cache_folder()),
        "weights_mb": round(sum(row["bytes"] for row in weights_table()) / 1e6, 1),
        "max_megabytes": limits.max_megabytes,
        "max_megapixels": limits.max_megapixels,
        "memory_ceiling_mb": MEMORY_CEILING_MB,
        "memory_each_more_mb": MEMORY_EACH_MORE_MB,
    }
