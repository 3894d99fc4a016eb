"""What each weight is and may be used for: ``ledger.toml`` in → a `Row` per graph."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field, fields
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from limner.errors import CorruptWeights, ForbiddenWeights, MissingWeights, UnknownName

__all__ = ["CLEAN", "Row", "audited_bytes", "graphs_folder", "read_rows", "row", "rows"]


#: Ends the name of a network that serves where the one without it may not be sold.
CLEAN = "-clean"


@dataclass(frozen=True, slots=True)
class Row:
    """One graph and its terms.

    Parameters
    ----------
    name : str
        ``<room>-<role>``, the file's stem.
    sha256 : str
        Of the file, 64 hexadecimal digits.
    bytes : int
        Of the file.
    room : str
        Who uses it.
    inputs, outputs : dict
        Name → {"shape", "dtype", "range"}.
    license : str
        SPDX identifier, or a LicenseRef.
    commercial : bool
        Whether commercial use is allowed.
    data : tuple of dict
        {"name", "license"} of each data set that taught it.
    precision : str
        "f32" or "bf16": what it computes in where the processor has it, from `bf16_error`.
    bf16_error : float
        Mean absolute difference of bf16 from f32, as a share of the output's standard deviation.
    recipe, commit : str
        What made it.
    hours : float
        Of training, on the machine that `machine` names.
    pictures : int
        Seen in training.
    machine : str
        What it was trained on.
    scores : dict
        Held-out scores.
    folder : Path
        Where the file lies.
    """

    name: str
    sha256: str
    bytes: int
    room: str
    license: str
    commercial: bool
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: tuple[dict[str, str], ...] = ()
    precision: str = "f32"
    bf16_error: float = 1.0
    recipe: str = ""
    commit: str = ""
    hours: float = 0.0
    pictures: int = 0
    machine: str = ""
    scores: dict[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def path(self) -> Path:
        """The graph's file."""
        return self.folder / f"{self.name}.onnx"


def graphs_folder() -> Path:
    """Return the folder of the graphs that ship."""
    return Path(str(resources.files("limner.weights"))) / "graphs"


def read_rows(ledger: Path, folder: Path) -> tuple[Row, ...]:
    """Return the rows of a ledger file, sorted by name.

    Parameters
    ----------
    ledger : Path
        A toml with one ``[name]`` table a graph.
    folder : Path
        Where its graphs lie.

    Raises
    ------
    CorruptWeights
        If the file is no toml, or a row misses or misnames a key.
    """
    try:
        tables = tomllib.loads(ledger.read_text(encoding="utf-8"))
        known = {f.name for f in fields(Row)} - {"name", "folder"}
        made = []
        for name, table in sorted(tables.items()):
            extra = set(table) - known
            if extra:
                raise CorruptWeights(
                    f"{ledger.name}: {name} has the unknown key {sorted(extra)[0]!r}."
                )
            table["data"] = tuple(table.get("data", ()))
            made.append(Row(name=name, folder=folder, **table))
    except (tomllib.TOMLDecodeError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise CorruptWeights(f"{ledger} cannot be read as a ledger: {error}.") from error
    return tuple(made)


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Return the rows of the graphs that ship, sorted by name."""
    folder = graphs_folder()
    return read_rows(folder.parent / "ledger.toml", folder)


def row(name: str, *, commercial_only: bool = False) -> Row:
    """Return one row.

    Raises
    ------
    UnknownName
        If there is no such weight.
    ForbiddenWeights
        If `commercial_only` is set, its terms forbid commercial use, and no clean one serves in its place.
    """
    for found in rows():
        if found.name == name:
            return allowed(found) if commercial_only else found
    raise UnknownName.among("weight", name, (r.name for r in rows()))


def allowed(found: Row) -> Row:
    """Return the row if its terms allow commercial use, else the one of the same task whose terms do.

    Raises
    ------
    ForbiddenWeights
        If there is none.
    """
    if found.commercial:
        return found
    for twin in rows():
        if twin.name == found.name + CLEAN and twin.commercial:
            return twin
    taught = ", ".join(d["name"] for d in found.data)
    raise ForbiddenWeights(
        f"The weight {found.name} may not be used commercially ({found.license}; taught by {taught}). "
        "Leave out --commercial-only for research and private use, or choose what `limner weights` lists as commercial."
    )


def audited_bytes(found: Row) -> bytes:
    """Return a graph's bytes after checking them against the ledger.

    Raises
    ------
    MissingWeights
        If the file is not there.
    CorruptWeights
        If its hash differs; the message names the file and both hashes.
    """
    try:
        data = found.path.read_bytes()
    except OSError as error:
        raise MissingWeights(
            f"The weight {found.path} is missing ({error.strerror}); install Limner again."
        ) from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != found.sha256:
        raise CorruptWeights(
            f"{found.path} was changed: its sha256 is {digest}, the ledger says {found.sha256}; install Limner again."
        )
    return data
