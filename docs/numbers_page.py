"""Write the page of numbers: promises, the judges' figures, sizes and the last benchmark in → a page of tables.

What is missing is printed as missing, what falls short as short.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "benchmarks"))

import bench  # noqa: E402 - a script beside this folder

HEAD = """# Numbers

How good, how fast and how large, beside what was promised. Quality was measured on people whom no network was taught
on; the last column says by which of the [protocols](../reference/protocols.md). Speeds are medians of `make bench`. A
gap is printed, not hidden.
"""


NOT_YET = "No run of `make bench` on a quiet machine is kept yet."
SIZE_NOTE = """MB are millions of bytes. [Sizes](../reference/protocols.md#sizes) says what the core install counts."""


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
    # A figure that is short by less than its third digit must not look like its bound.
    told = f"{value:.4g}" if not good and f"{value:.3g}" == bound[2:] else f"{value:.3g}"
    return f"| {promise['what']} | {bound} | {told} | {'reached' if good else '**short**'} |"


def protocol(promise: dict[str, Any]) -> str:
    """Return the link to how a figure is taken."""
    name = promise["protocol"]
    return f"[{name}](../reference/protocols.md#{name})"


def quality(promises: list[dict[str, Any]]) -> list[str]:
    """Return the table of quality from benchmarks/quality.json."""
    path = ROOT / "benchmarks" / "quality.json"
    measured = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    lines = ["## Quality", "", "| what | promised | measured | | protocol |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    return lines + [f"{row(p, dig(measured, p['value']))} {protocol(p)} |" for p in promises]


def last_run() -> dict[str, Any]:
    """Return the newest line of benchmarks/results.jsonl, an empty run where there is none."""
    path = ROOT / "benchmarks" / "results.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    empty: dict[str, Any] = {"results": {}, "machine": {}}
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
    told = f"On {where}; commit {run.get('commit', 'unknown')}; {quiet}."
    lines = ["", "## Speed", "", told if here else NOT_YET, ""]
    lines += ["Every case is taken as [speed](../reference/protocols.md#speed) says.", ""]
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


def latency(promise: dict[str, Any], got: dict[str, float] | None) -> str:
    """Return one line of the studio's table: milliseconds, or errors of so many requests."""
    most = promise.get("most")
    bound = "" if most is None else f"≤ {most}"
    if got is None:
        return f"| {promise['what']} | {bound} | not measured yet | |"
    counted = got.get("errors", got.get("p95_ms", 0.0))
    short = ", **short**" if most is not None and counted > most else ""
    if "errors" in got:
        told = f"{got['errors']:.0f} of {got['count']:.0f} requests{short}"
        return f"| {promise['what']} | {bound} | {told} | |"
    # A figure that is short by less than its third digit must not look like its bound.
    p50, p95 = (
        f"{v:.0f}" if v >= 1000 else f"{v:.4g}" if short else f"{v:.3g}"
        for v in (got["p50_ms"], got["p95_ms"])
    )
    return f"| {promise['what']} | {bound} | {p50} | {p95}{short} |"


def studio(promises: list[dict[str, Any]]) -> list[str]:
    """Return the table of the studio's latencies and of its page's main thread."""
    path = ROOT / "benchmarks" / "studio.json"
    lines = ["", "## Studio", ""]
    if not path.is_file():
        return [*lines, "No run of `python benchmarks/studio.py` on a quiet machine is kept yet."]
    kept = json.loads(path.read_text("utf-8"))
    load = kept["machine"].get("load", 0)
    lines += [
        f"On {kept['machine']['cpu']}; load {load} a core. As [studio](../reference/protocols.md#studio) says.",
        "",
        "| what | promised, ms | median, ms | 95th percentile, ms |",
        "| --- | --- | --- | --- |",
    ]
    return [*lines, *(latency(one, kept["results"].get(one["value"])) for one in promises)]


def sizes(promises: list[dict[str, Any]]) -> list[str]:
    """Return the table of sizes: of the weights from the ledger, of the rest as it was last measured."""
    path = ROOT / "benchmarks" / "sizes.json"
    kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    found = kept | bench.weights_mb()
    lines = ["", "## Size", "", "| what | promised | measured | |", "| --- | --- | --- | --- |"]
    return [*lines, *(row(p, found.get(p["value"])) for p in promises), "", SIZE_NOTE]


def page() -> str:
    """Return the page."""
    promises = tomllib.loads((ROOT / "docs" / "promises.toml").read_text("utf-8"))
    run = last_run()
    lines = quality(promises["quality"]) + speed(run) + studio(promises["studio"])
    lines += sizes(promises["size"])
    return HEAD + "\n" + "\n".join(lines) + "\n"
