"""Write the page of costs: what benchmarks/cost.py, rooms.py and folder.py kept in → a page of tables and charts.

What was not measured yet is printed so, with the command that measures it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

HEAD = """# What it costs

How time grows with the picture and with the people in it, where it goes, and what a folder takes. Each table is made
by a command that anyone can run, as [cost](../reference/protocols.md#cost) says; `make docs` prints what the last run
kept. Speeds beside peers stand in [numbers](numbers.md#speed).
"""

#: Whether it was so, in words.
YES = {True: "yes", False: "**no**"}


def kept(name: str) -> dict[str, Any] | None:
    """Return what a benchmark wrote, None if it was not run yet."""
    path = ROOT / "benchmarks" / name
    found: dict[str, Any] | None = json.loads(path.read_text("utf-8")) if path.is_file() else None
    return found


def where(told: dict[str, Any]) -> str:
    """Return what a table was measured on."""
    here = told["machine"]
    return (
        f"On {here['cpu']}, {here['cores']} cores, bf16: {'yes' if here['bf16'] else 'no'}; "
        f"load {here['load']} a core when it began; commit {told['commit']}."
    )


def not_yet(command: str) -> list[str]:
    """Return what stands where nothing was measured."""
    return [f"No run of `python benchmarks/{command}` on a quiet machine is kept yet."]


def growth(told: dict[str, Any] | None) -> list[str]:
    """Return the tables and charts by size and by people."""
    lines = ["", "## By the picture's size, and by people", ""]
    if told is None:
        return lines + not_yet("cost.py")
    lines += [where(told), "Milliseconds; both axes of the charts are logarithmic."]
    for kind, first, chart, words in (
        ("size", "side, px", "cost-size.svg", "One person: time by the picture's size"),
        ("faces", "people", "cost-faces.svg", "Three megapixels: time by the people they show"),
    ):
        rows = told[kind]
        names = [n for n in next(iter(rows.values())) if n not in ("found", "rss_mb")]
        head = [first, "faces found by the detector", *names, "peak MB"]
        lines += ["", f"![{words}]({chart})", "", f"| {' | '.join(head)} |"]
        lines.append(f"| {' | '.join(['---'] * len(head))} |")
        for value, row in rows.items():
            cells = [value, row["found"], *(round(row[n]) for n in names), row["rss_mb"]]
            lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def shares(row: dict[str, float]) -> str:
    """Return per cents in words, crumbs left out."""
    return ", ".join(f"{name} {share:.1f}" for name, share in row.items() if share >= 1)


def profile(told: dict[str, Any] | None) -> list[str]:
    """Return the table of where time goes."""
    lines = ["", "## Where it goes", ""]
    if told is None:
        return lines + not_yet("rooms.py")
    lines += [where(told), "Per cent of one thread's time, warm.", ""]
    lines += ["| verb | rooms | networks | dearest functions |", "| --- | --- | --- | --- |"]
    for verb, row in told["results"].items():
        cells = (shares(row[what]) for what in ("rooms", "networks", "dearest"))
        lines.append(f"| {' | '.join((verb, *cells))} |")
    return lines


def folder(told: dict[str, Any] | None) -> list[str]:
    """Return the table of a folder."""
    lines = ["", "## A folder", ""]
    if told is None:
        return lines + not_yet("folder.py")
    got, memory = told["results"], told["results"]["memory"]
    lines += [
        where(told),
        f"{got['pictures']} photographs of 512², {told['style']}, `--jobs {told['jobs']}`.",
        "",
        "| what | wanted | measured |",
        "| --- | --- | --- |",
        f"| pictures a second | ≥ 3 | {got['a_second']:.2f} |",
        f"| the same command again, share of the first run's time | < 2 % | {100 * got['again_share']:.2f} % |",
    ]
    if memory:
        told_of = f"{memory['after_a_fifth_mb']}, {memory['at_the_end_mb']}, {memory['most_mb']}"
        lines.append(f"| memory after a fifth, at the end, at most, MB | steady | {told_of} |")
    if "cluster" in told:
        lines += cluster(told["cluster"])
    return lines


def cluster(told: dict[str, Any]) -> list[str]:
    """Return the table of a local cluster beside one process."""
    got = told["results"]
    turns = len(got["a_second"])
    return [
        "",
        where(told),
        f"{got['pictures']} photographs, by one process with `--jobs {told['jobs']}` and by {told['jobs']} workers of "
        f"a local cluster, {f'{turns} times in turn' if turns > 1 else 'once each'}.",
        "",
        "| what | wanted | measured |",
        "| --- | --- | --- |",
        f"| the cluster's speed over the process's, its start included | ≥ 0.9 | {got['ratio']:.2f} |",
        f"| its drawings the same, byte for byte | yes | {YES[got['same_bytes']]} |",
    ]


def page() -> str:
    """Return the page."""
    lines = [
        *growth(kept("costs.json")),
        *profile(kept("rooms.json")),
        *folder(kept("folder.json")),
    ]
    return HEAD + "\n".join(lines) + "\n"
