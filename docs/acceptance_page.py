"""Write the page of the numbered tests: their wording and the names of all test functions in → a table.

A test counts for a number if its name begins with it: ``test_07_cut_files_are_named``. Whether they pass is CI's to
say; what the page tells is which exist, which of them are long and run by ``make soak`` alone, and what is owed.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
NUMBERED = re.compile(r"test_(\d{2})_(\w+)")

HEAD = """# Numbered tests

Limner's acceptance tests, by the numbers that the project counts them by. Each bears its number in its name, so
`pytest -k test_07` runs what stands beside 7. *Held* means that tests of that number run in every `make test` and must
pass before anything lands; *by soak* that they are long and run by `make soak` alone; *owed* that there are none yet.
"""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A test function with a number.

    Parameters
    ----------
    number : int
    words : str
        The rest of its name, as a sentence.
    path : str
        Its file, below tests/.
    soak : bool
        Is it run by ``make soak`` alone?
    """

    number: int
    words: str
    path: str
    soak: bool


def found() -> Iterator[Numbered]:
    """Yield every numbered test of the tree, in Python and in JavaScript."""
    tests = ROOT / "tests"
    for path in sorted(tests.rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        all_soak = any(
            "soak" in ast.unparse(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node.targets[0])
        )
        for node in ast.walk(tree):
            name = NUMBERED.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
            if name and isinstance(node, ast.FunctionDef):
                soak = all_soak or any(
                    ast.unparse(mark).endswith("mark.soak") for mark in node.decorator_list
                )
                words = name[2].replace("_", " ")
                yield Numbered(int(name[1]), words, path.relative_to(tests).as_posix(), soak)


def row(number: int, asks: str, tests: list[Numbered], owed: str) -> str:
    """Return one line of the table."""
    if not tests:
        return f"| {number} | {asks} | **owed** | |"
    state = "by soak" if all(test.soak for test in tests) else "held"
    files = sorted({test.path for test in tests})
    listed = ", ".join(f"`{name}`" for name in files)
    note = f"; owed: {owed}" if owed else ""
    count = f"{len(tests)} test{'s' if len(tests) > 1 else ''}"
    return f"| {number} | {asks} | {state}{note} | {count}: {listed} |"


def page() -> str:
    """Return the page."""
    tables = tomllib.loads((ROOT / "docs" / "acceptance.toml").read_text("utf-8"))
    owed = tables.pop("owed")
    by_number: dict[int, list[Numbered]] = defaultdict(list)
    for test in found():
        by_number[test.number].append(test)
    lines = []
    for title, asked in tables.items():
        lines += [f"\n## {title.replace('-', ' ').capitalize()}\n"]
        lines += ["| | asks that | state | tests |", "| --- | --- | --- | --- |"]
        lines += [
            row(int(n), asks, by_number[int(n)], owed.get(n, "")) for n, asks in asked.items()
        ]
    have = sum(bool(by_number[int(n)]) for asked in tables.values() for n in asked)
    total = sum(len(asked) for asked in tables.values())
    return HEAD + f"\n{have} of {total} numbers have tests.\n" + "\n".join(lines) + "\n"
