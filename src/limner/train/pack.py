"""A graph with its facts in → the pack's files: graph, ledger row, card; other rows stay as they are.

A pack is a folder shaped like ``limner/weights``: ``ledger.toml``, ``graphs/``, ``cards/``.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from limner.errors import CorruptWeights, RecipeError
from limner.files.atomic import write_bytes

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["card", "row_text", "with_row", "write_pack"]

_HEADER = re.compile(r"^\[([A-Za-z0-9_-]+)[\].]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BEGIN = "<!-- facts: written by `limner train export` -->"
_END = "<!-- end of facts -->"


def write_pack(folder: Path, name: str, graph: bytes, row: Mapping[str, Any], text: str) -> Path:
    """Write graph, row and card into a pack.

    Parameters
    ----------
    folder : Path
        The pack; made if it is not there.
    name : str
        ``<room>-<role>``.
    graph : bytes
        The ONNX file.
    row : mapping
        Of the ledger, without the name.
    text : str
        The card, from `card`.

    Returns
    -------
    Path
        The graph's file.
    """
    for part in ("graphs", "cards"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    ledger = folder / "ledger.toml"
    old = ledger.read_text("utf-8") if ledger.exists() else ""
    new = with_row(old, name, row)  # before anything is written: the ledger may be damaged
    path = folder / "graphs" / f"{name}.onnx"
    write_bytes(path, graph)
    write_bytes(ledger, new.encode())
    write_bytes(folder / "cards" / f"{name}.md", text.encode())
    return path


def with_row(ledger: str, name: str, row: Mapping[str, Any]) -> str:
    r"""Return a ledger's text with one row set, rows sorted by name, all others to the letter.

    Raises
    ------
    CorruptWeights
        If the text is no ledger.

    Examples
    --------
    >>> print(with_row("[b-c]\nx = 1  # kept\n", "a-b", {"bytes": 3, "license": "MIT"}))
    [a-b]
    bytes = 3
    license = "MIT"
    <BLANKLINE>
    [b-c]
    x = 1  # kept
    <BLANKLINE>
    """
    blocks: dict[str, list[str]] = {"": []}
    current = ""
    for line in ledger.splitlines():
        if header := _HEADER.match(line):
            current = header[1]
        blocks.setdefault(current, []).append(line)
    texts = {k: "\n".join(v).strip("\n") for k, v in blocks.items()}
    texts[name] = row_text(name, row).strip("\n")
    first = texts.pop("")
    new = "\n\n".join([*([first] if first else []), *(texts[k] for k in sorted(texts))]) + "\n"
    if _others(ledger, name) != _others(new, name):
        raise CorruptWeights(
            "The ledger has tables that this writer would change; mend it by hand."
        )
    return new


def _others(text: str, name: str) -> dict[str, Any]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CorruptWeights(f"The ledger is no TOML: {error}.") from error
    tables.pop(name, None)
    return tables


def row_text(name: str, row: Mapping[str, Any]) -> str:
    """Return one table as TOML: plain keys sorted, what is nested as inline tables."""
    lines = [f"[{name}]"]
    for key, value in sorted(row.items()):
        if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            inner = "".join(f"  {_toml(v)},\n" for v in value)
            lines.append(f"{key} = [\n{inner}]")
        else:
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items())
        return "{ " + inner + " }" if inner else "{}"
    raise RecipeError(f"{value!r} of type {type(value).__name__} has no place in a ledger.")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key)


def card(name: str, row: Mapping[str, Any], *, purpose: str, limits: str, old: str = "") -> str:
    """Return a weight's card.

    Parameters
    ----------
    name : str
        Of the weight.
    row : mapping
        Its ledger row.
    purpose, limits : str
        What for, where it fails; used where there is no card yet.
    old : str
        The card that is there: its prose is kept, only the facts are written anew.

    Returns
    -------
    str
        Markdown.
    """
    facts = f"{_BEGIN}\n{_facts(row)}{_END}"
    if _BEGIN in old and _END in old:
        before, rest = old.split(_BEGIN, 1)
        return before + facts + rest.split(_END, 1)[1]
    return (
        f"# {name}\n\n"
        f"## What for\n\n{purpose or 'To be written.'}\n\n"
        f"## Where it fails\n\n{limits or 'To be written.'}\n\n"
        f"## On whom it was measured\n\n{facts}\n"
    )


def _facts(row: Mapping[str, Any]) -> str:
    data = "; ".join(f"{d['name']} ({d['license']})" for d in row["data"])
    may = "allowed" if row["commercial"] else "not allowed"
    lines = [
        "| fact | value |",
        "| --- | --- |",
        f"| licence | {row['license']}; commercial use {may} |",
        f"| taught by | {data} |",
        f"| recipe | {row['recipe']}, commit {row['commit'] or 'unknown'} |",
        f"| training | {row['pictures']:,} pictures, {row['hours']:g} hours on {row['machine']} |",
        f"| size | {row['bytes'] / 1e6:.1f} MB |",
        f"| precision | {row['precision']}; error of bf16 {100 * row['bf16_error']:.2g} % |",
    ]
    lines += [f"| {key} | {value:.4g} |" for key, value in sorted(row["scores"].items())]
    return "\n".join(lines) + "\n"
