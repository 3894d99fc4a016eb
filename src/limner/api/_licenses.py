"""Licences: what is installed in → a row for the program, each weight and each library."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from limner.api._about import weights_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib import metadata

__all__ = ["licenses"]


def licenses() -> tuple[dict[str, Any], ...]:
    """Return a row for Limner, each network and each library that the core install brings.

    Returns
    -------
    tuple of dict
        ``kind`` ("program", "weight" or "library"), ``name``, ``version``, ``license``; for a weight also whether
        commercial use is allowed, and the data sets that taught it.
    """
    from limner import __version__

    own = {
        "kind": "program",
        "name": "limner",
        "version": __version__,
        "license": "Apache-2.0",
    }
    nets = (
        {
            "kind": "weight",
            "name": row["name"],
            "version": row["sha256"][:12],
            "license": row["license"],
            "commercial": row["commercial"],
            "data": row["data"],
        }
        for row in weights_table()
    )
    return (own, *nets, *_libraries())


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
