"""Write the page of the last soak: what `make soak` kept in → a table of every long test, its outcome and its figures.

    python docs/soak_page.py out/soak.xml

keeps a run's report, as pytest writes it, in benchmarks/soak.json; `make docs` prints the page of it.
"""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "benchmarks" / "soak.json"
NAME = re.compile(r"test_(?:(\d{2})_)?(\w+)(?:\[(.+)\])?")

HEAD = """# The last soak

Every test that takes minutes, as `make soak` ran it last: floods, kills, clean installs, a cluster and a store of this
machine, fuzzers. A test that was left out says what it lacked. What the tests ask for stands in
[numbered tests](acceptance.md), what was learned from them in [reliability](reliability.md).
"""


def outcome(case: ET.Element) -> str:
    """Return what became of one test: passed, failed, or why it was left out."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "**failed**"
    skipped = case.find("skipped")
    return "passed" if skipped is None else f"left out: {skipped.get('message', 'no reason')}"


def read(report: str) -> list[dict[str, Any]]:
    """Return a row for each test of a report: number, words, outcome, figures."""
    rows = []
    for case in ET.fromstring(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        found = NAME.fullmatch(case.get("name", ""))
        if found is None:
            continue
        number, words, kind = found.groups()
        figures = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
        words = words.replace("_", " ") + (f": {kind}" if kind else "")
        rows.append(
            {"number": number or "", "words": words, "outcome": outcome(case), "figures": figures}
        )
    return sorted(rows, key=lambda row: (row["number"] or "99", row["words"]))


def keep(report: Path) -> None:
    """Keep a run's rows, the machine and the commit."""
    sys.path.append(str(ROOT / "benchmarks"))
    import bench

    told = bench.occasion() | {"tests": read(report.read_text("utf-8"))}
    KEPT.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


def table(told: dict[str, Any]) -> str:
    """Return the table of a kept run."""
    here = told["machine"]
    lines = [
        f"On {here['cpu']}, {here['cores']} cores, {told['when'][:10]}; commit {told['commit']}.",
        "",
        "| | test | outcome | figures |",
        "| --- | --- | --- | --- |",
    ]
    for row in told["tests"]:
        figures = ", ".join(f"{name} {value}" for name, value in row["figures"].items())
        cells = (row["number"], row["words"], row["outcome"], figures)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines)


def page() -> str:
    """Return the page."""
    if not KEPT.is_file():
        return HEAD + "\nNo run of `make soak` is kept yet.\n"
    return f"{HEAD}\n{table(json.loads(KEPT.read_text('utf-8')))}\n"


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
