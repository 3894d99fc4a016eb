"""What the commands about heads share: a photograph, head file or seed in → a `Head`; options, warnings as notes."""

from __future__ import annotations

import threading
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from limner import api
from limner.cli._inputs import Item, Reading
from limner.cli._options import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from limner.api import Place
    from limner.records import Head

__all__ = [
    "face_option",
    "facts",
    "head_of",
    "seed_options",
    "stem_of",
    "talking_options",
    "told",
]


def talking_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json``, ``-q`` and ``-v``."""
    for option in (
        click.option(
            "-v",
            "--verbose",
            is_flag=True,
            expose_value=False,
            callback=said,
            help="Say more; show tracebacks.",
        ),
        click.option(
            "-q",
            "--quiet",
            is_flag=True,
            expose_value=False,
            callback=said,
            help="Say nothing but errors.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
    ):
        command = option(command)
    return command


def face_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--face``."""
    decorated: Callable[..., Any] = click.option(
        "--face",
        type=click.IntRange(min=1),
        help="Whose head, where there are several: from 1, rows from the top, each from the left.",
    )(command)
    return decorated


def seed_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--seed`` and ``--truncation``."""
    for option in (
        click.option(
            "--truncation",
            type=click.FloatRange(0, 1.5),
            default=0.7,
            show_default=True,
            help="With --seed: 0 the average head, 1 the full spread.",
        ),
        click.option(
            "--seed",
            type=click.IntRange(min=0),
            help="Instead of a photograph: the head of somebody who never lived.",
        ),
    ):
        command = option(command)
    return command


def head_of(
    source: str | None, *, seed: int | None, truncation: float, face: int | None, reading: Reading
) -> Head:
    """Return the head that a command's words mean.

    Raises
    ------
    click.UsageError
        If there is neither or both of a source and a seed, or a face is chosen where there is no photograph.
    """
    if (source is None) == (seed is None):
        raise click.UsageError(
            "Give one of both: a photograph or head file (.limner), or --seed for a random person."
        )
    if source is None:
        assert seed is not None  # noqa: S101 - one of both, as above
        _no_face(face)
        return api.seed_to_head(seed, truncation_psi=truncation)
    if Path(source).suffix.lower() == ".limner":
        _no_face(face)
        return api.read_head(source)
    photo = reading.read(Item(source, None if source == "-" else api.place(source)))
    return api.photo_to_head(photo, face=face)


def _no_face(face: int | None) -> None:
    if face is not None:
        raise click.UsageError("--face chooses among the faces of a photograph; here is none.")


def stem_of(source: str | None, seed: int | None) -> Place:
    """Return the path, without an end, that results are named after.

    Examples
    --------
    >>> stem_of("holiday/me.jpg", None).as_posix(), stem_of(None, 7).as_posix()
    ('holiday/me', 'seed-7')
    """
    if source is None:
        return Path(f"seed-{seed}")
    return Path("stdin") if source == "-" else api.place(source).with_suffix("")


def facts(head: Head) -> dict[str, Any]:
    """Return what ``--json`` tells of a head."""
    source = head.source
    return {
        "seed": head.seed,
        "edited": list(head.edited),
        "parts": list(head.parts),
        "yaw_deg": None if source is None else round(source.yaw_deg, 1),
        "pitch_deg": None if source is None else round(source.pitch_deg, 1),
    }


@contextmanager
def told(notes: list[str]) -> Iterator[None]:
    """Turn this thread's warnings into notes, each said once."""
    with _ears:
        _listener.notes = notes
        try:
            yield
        finally:
            del _listener.notes


_listener = threading.local()


class _Ears:
    """Hears warnings while somebody listens: the filters are the process's, but each thread's warnings are its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners = 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            self._listeners += 1
            if self._listeners == 1:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                self._others = warnings.showwarning
                warnings.simplefilter("always", UserWarning)
                warnings.showwarning = self._hear

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._listeners -= 1
            if self._listeners == 0:
                self._caught.__exit__(None, None, None)

    def _hear(self, message: Any, *told: Any, **more: Any) -> None:
        notes = getattr(_listener, "notes", None)
        if notes is None:
            self._others(message, *told, **more)
        elif str(message) not in notes:
            notes.append(str(message))


_ears = _Ears()
