"""Write the page of numbers: promises, the judges' figures and the last benchmark in → docs/explanation/numbers.md.

What is missing is printed as missing, what falls short as short.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

HEAD = """# Numbers

How good and how fast, beside what was promised. Quality was measured on people whom no network was taught on, as
[protocols](../reference/protocols.md) says; speeds are medians of `make bench`. A gap is printed, not hidden.
"""


def dig(tree: Any, path: str) -> float | None:
    """Return the number at a dotted path, None where there is none."""
    for key in path.split("."):
        if not isinstance(tree, dict) or key not in tree:
            return None
        tree = tree[key]
    return float(tree) if isinstance(tree, int | float) else None


def row(promise: dict[str, Any], value: float | None) -> str:
    """Return one line of a table of promises."""
    least, most = promise.get("least"), promise.get("most")
    bound = f"≥ {least:g}" if least is not None else f"≤ {most:g}"
    if value is None:
        return f"| {promise['what']} | {bound} | not measured yet | |"
    value *= promise.get("of", 1)
    good = value >= least if least is not None else value <= (most or 0)
    return f"| {promise['what']} | {bound} | {value:.3g} | {'reached' if good else '**short**'} |"


def quality(promises: list[dict[str, Any]]) -> list[str]:
    """Return the table of quality from benchmarks/quality.json."""
    path = ROOT / "benchmarks" / "quality.json"
    measured = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    lines = ["## Quality", "", "| what | promised | measured | |", "| --- | --- | --- | --- |"]
    return lines + [row(p, dig(measured, p["value"])) for p in promises]


def last_run() -> dict[str, Any]:
    """Return the newest line of benchmarks/results.jsonl, an empty run where there is none."""
    path = ROOT / "benchmarks" / "results.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    empty: dict[str, Any] = {"results": {}, "sizes_mb": {}, "machine": {}}
    return json.loads(lines[-1]) if lines else empty


def speed(run: dict[str, Any]) -> list[str]:
    """Return the table of speeds, peers included."""
    here = run["machine"]
    bf16 = bool(here.get("bf16"))
    where = f"{here.get('cpu', 'no machine yet')}, {here.get('cores', 0)} cores, bf16: {'yes' if bf16 else 'no'}"
    cases: dict[str, Any] = {}
    for path in sorted((ROOT / "benchmarks" / "cases").glob("*.toml")):
        cases |= tomllib.loads(path.read_text("utf-8"))
    load = here.get("load", 0)
    quiet = "the machine was quiet" if load <= 0.3 else f"the machine was busy, load {load} a core"
    lines = ["", "## Speed", "", f"On {where}; commit {run.get('commit', 'unknown')}; {quiet}.", ""]
    lines += [
        "| case | promised, ms | ms | × a matrix product | peak MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, case in cases.items():
        got = run["results"].get(name)
        limit = case.get("limit_ms", {}).get("bf16" if bf16 else "f32")
        bound = f"≤ {limit}" if limit is not None else ""
        if got is None:
            lines.append(f"| {name} | {bound} | not measured yet | | |")
            continue
        short = limit is not None and got["ms"] > limit
        ms = f"**{got['ms']:.0f}**, short" if short else f"{got['ms']:.0f}"
        lines.append(f"| {name} | {bound} | {ms} | {got['ratio']:.2f} | {got['rss_mb']:.0f} |")
    return lines


def sizes(promises: list[dict[str, Any]], run: dict[str, Any]) -> list[str]:
    """Return the table of sizes."""
    lines = ["", "## Size", "", "| what | promised | measured | |", "| --- | --- | --- | --- |"]
    return lines + [row(p, run["sizes_mb"].get(p["value"])) for p in promises]


def page() -> str:
    """Return the page."""
    promises = tomllib.loads((ROOT / "docs" / "promises.toml").read_text("utf-8"))
    run = last_run()
    lines = quality(promises["quality"]) + speed(run) + sizes(promises["size"], run)
    return HEAD + "\n" + "\n".join(lines) + "\n"
