"""Licences: what is installed in → a row for the program, each weight, what else it holds and each library."""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

from limner.api._about import weights_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib import metadata

__all__ = ["licenses"]

#: A bundled library's name, version and licence, as its licence file begins.
_HEADING = re.compile(r"\A(\S+) (\S+), \S+\s+(\S+) License$", re.MULTILINE)


def licenses() -> tuple[dict[str, Any], ...]:
    """Return a row for Limner, each network, what of others lies in it, and each library that the core install brings.

    Returns
    -------
    tuple of dict
        ``kind`` ("program", "weight", "data", "bundled" or "library"), ``name``, ``version``, ``license``; for a weight
        and for data also whether commercial use is allowed, and the data sets behind it.
    """
    from limner import __version__

    own = {
        "kind": "program",
        "name": "limner",
        "version": __version__,
        "license": "Apache-2.0",
    }
    rows = weights_table()
    nets = (_terms("weight", row["name"], row["sha256"], row) for row in rows)
    return (own, *nets, *_people(rows), *_bundled(), *_libraries())


def _terms(kind: str, name: str, sha256: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of something that data taught, on the terms of a row of the table of weights."""
    terms = {key: row[key] for key in ("license", "commercial", "data")}
    return {"kind": kind, "name": name, "version": sha256[:12], **terms}


def _people(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a row for the bank of people: codes by the network of parts, of the people who taught it, on its terms."""
    from limner.sketches.bank import FILE
    from limner.sketches.synthesize import PARTS

    bank = resources.files("limner.sketches") / FILE
    for row in rows:
        if row["name"] == PARTS and bank.is_file():
            digest = hashlib.sha256(bank.read_bytes()).hexdigest()
            yield _terms("data", "sketches-people", digest, row)


def _bundled() -> Iterator[dict[str, Any]]:
    """Yield a row for each library whose files lie in Limner's own, as its licence's first lines name it."""
    folder = resources.files("limner.studio") / "page" / "vendor"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".LICENSE.txt"):
            name, version, terms = _HEADING.findall(file.read_text(encoding="utf-8"))[0]
            yield {"kind": "bundled", "name": name, "version": version, "license": terms}


def _libraries() -> Iterator[dict[str, Any]]:
    """Yield a row for each library that ``pip install limner`` brings, sorted by name."""
    from importlib import metadata

    seen: dict[str, metadata.Distribution] = {}
    waiting = ["limner"]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in seen:
            continue
        try:
            seen[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # needed on another system only
        waiting += [
            found[0]
            for need in seen[name].requires or ()
            if "extra ==" not in need and (found := re.match(r"[\w.-]+", need))
        ]
    seen.pop("limner", None)
    for name, dist in sorted(seen.items()):
        yield {
            "kind": "library",
            "name": name,
            "version": dist.version,
            "license": _license_of(dist.metadata),
        }


def _license_of(about: metadata.PackageMetadata) -> str:
    """Return what a library says of its own licence, in one line."""
    said = (_first(about, "License-Expression") or _first(about, "License")).strip()
    if said and "\n" not in said and len(said) < 80:
        return str(said)
    classes = [line for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    return classes[0].rpartition(":: ")[2] if classes else "see its own files"


def _first(about: metadata.PackageMetadata, key: str) -> str:
    return about[key] if key in about else ""  # noqa: SIM401 - not a mapping to type checkers
