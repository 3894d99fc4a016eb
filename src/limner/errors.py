"""Everything that can go wrong, as one tree: a cause in → a sentence that says what to do.

::

    LimnerError
    ├── InputError (ValueError)          the user's file, picture, sketch or number
    │   ├── UnreadablePhoto
    │   ├── NoFace
    │   ├── EmptySketch
    │   └── BadShape
    ├── UnknownName (LookupError)        a style, part or weight that is not there
    ├── OutputError (OSError)            a result that could not be kept
    ├── WeightsError
    │   ├── MissingWeights
    │   ├── CorruptWeights
    │   └── ForbiddenWeights
    ├── RecipeError (ValueError)         a training recipe that cannot be followed
    ├── TrainingStopped (RuntimeError)   a training that had to end early
    └── MissingExtra (ImportError)       an optional part that is not installed

Each message says what came, what was wanted and what to do. Exit codes are given to these classes once, in
``limner.cli``; HTTP statuses once, in ``limner.studio.errors``.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BadShape",
    "CorruptWeights",
    "EmptySketch",
    "ForbiddenWeights",
    "InputError",
    "LimnerError",
    "MissingExtra",
    "MissingWeights",
    "NoFace",
    "OutputError",
    "RecipeError",
    "TrainingStopped",
    "UnknownName",
    "UnreadablePhoto",
    "WeightsError",
]


class LimnerError(Exception):
    """Root of every error that Limner raises on purpose."""


class InputError(LimnerError, ValueError):
    """What came in cannot be used."""


class UnreadablePhoto(InputError):
    """A file or array is no picture that Limner reads, or is over a limit."""


class NoFace(InputError):
    """No face was found where one was needed."""


class EmptySketch(InputError):
    """A sketch holds no ink."""


class BadShape(InputError):
    """An array has the wrong shape, dtype or range."""


class UnknownName(LimnerError, LookupError):
    """A name is not among those that exist.

    Examples
    --------
    >>> str(UnknownName.among("style", "croqius", ["croquis", "hatch"]))
    "There is no style 'croqius'. Did you mean 'croquis'? There are: croquis, hatch."
    """

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str]) -> UnknownName:
        """Return the error that names `name`'s nearest matches among `known`, nearest first."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
        return cls(f"There is no {kind} {name!r}.{hint} There are: {', '.join(names) or 'none'}.")


class OutputError(LimnerError, OSError):
    """A result could not be written; what was there before is untouched."""


class WeightsError(LimnerError):
    """A network's weights cannot be used."""


class MissingWeights(WeightsError):
    """A graph file named by the ledger is not there."""


class CorruptWeights(WeightsError):
    """A graph's bytes differ from the ledger's hash, or the file holds what it must not."""


class ForbiddenWeights(WeightsError):
    """The licence of a weight forbids the use asked for."""


class RecipeError(LimnerError, ValueError):
    """A training recipe has an unknown key, a wrong value or no data."""


class TrainingStopped(LimnerError, RuntimeError):
    """A training ended before its last step, for example because its loss became NaN."""


class MissingExtra(LimnerError, ImportError):
    """An optional part is not installed.

    Examples
    --------
    >>> str(MissingExtra.of("heic", "reading HEIC pictures"))
    "reading HEIC pictures needs an extra: pip install 'limner[heic]'"
    """

    @classmethod
    def of(cls, extra: str, purpose: str) -> MissingExtra:
        """Return the error that prints the command which installs `extra`."""
        return cls(f"{purpose} needs an extra: pip install 'limner[{extra}]'")
