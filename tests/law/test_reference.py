"""The reference can be generated, and the pages that are kept know every command, name and weight."""

from __future__ import annotations

import json
import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

import limner
from limner import api, cli
from limner.records import CLASSES

RENEW = "run `make docs` and commit docs/reference"


@pytest.fixture(scope="module")
def generated(root: Path) -> dict[Path, str]:
    """Return every generated page as it would be written now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root / "docs")
        pages = runpy.run_path(str(root / "docs" / "generate.py"))["pages"]()
    assert isinstance(pages, dict)
    return pages


def test_the_reference_can_be_generated(generated: dict[Path, str]) -> None:
    assert all(text.startswith("# ") for text in generated.values())


def test_the_page_of_commands_knows_every_command_and_option(root: Path) -> None:
    page = (root / "docs" / "reference" / "cli.md").read_text("utf-8")
    for name in cli.COMMANDS:
        assert f"## limner {name}\n" in page, RENEW
        command = cli.group.get_command(click.Context(cli.group), name)
        assert command is not None
        options = [o for p in command.params for o in p.opts if o.startswith("--")]
        assert not [o for o in options if o not in page], RENEW


def test_the_page_of_python_knows_every_name(root: Path) -> None:
    page = (root / "docs" / "reference" / "python.md").read_text("utf-8")
    named = set(re.findall(r"^### (\w+)$", page, re.MULTILINE))
    assert named == {n for n in limner.__all__ if callable(getattr(limner, n))}, RENEW


def test_the_page_of_weights_knows_every_weight(root: Path) -> None:
    page = (root / "docs" / "reference" / "weights.md").read_text("utf-8")
    named = set(re.findall(r"^\| ([a-z]+-[a-z-]+) \|", page, re.MULTILINE))
    assert named == {row["name"] for row in api.weights_table()}, RENEW


def test_the_page_of_numbered_tests_knows_every_number(
    root: Path, generated: dict[Path, str]
) -> None:
    path = root / "docs" / "reference" / "acceptance.md"
    states = re.compile(r"^\| (\d+) \| .*?\| (\*\*owed\*\*|held|by soak)", re.MULTILINE)
    kept, now = (states.findall(text) for text in (path.read_text("utf-8"), generated[path]))
    assert [int(number) for number, _ in kept] == list(range(1, 61))
    # The page may lag behind a test that was just written, but claims none that is not there.
    ranks = ("**owed**", "by soak", "held")
    for (number, said), (_, true) in zip(kept, now, strict=True):
        assert ranks.index(said) <= ranks.index(true), f"{number}: {RENEW}"


def test_a_promise_that_is_broken_is_printed_as_short(root: Path) -> None:
    row = runpy.run_path(str(root / "docs" / "numbers_page.py"))["row"]
    promise = {"what": "recall", "least": 98, "of": 100}
    assert row(promise, 0.99).endswith("| 99 | reached |")
    assert row(promise, 0.97).endswith("| 97 | **short** |")
    assert row({"what": "F1", "least": 0.95}, 0.9495).endswith("| 0.9495 | **short** |")
    assert "not measured yet" in row(promise, None)


def test_the_studios_table_tells_milliseconds_and_errors(root: Path) -> None:
    latency = runpy.run_path(str(root / "docs" / "numbers_page.py"))["latency"]
    frame = {"what": "a frame", "value": "frame", "most": 16}
    row = {"p50_ms": 2.34, "p95_ms": 15.9, "count": 600}
    assert latency(frame, row) == "| a frame | ≤ 16 | 2.34 | 15.9 |"
    assert latency(frame, row | {"p95_ms": 16.04}).endswith("| 16.04, **short** |")
    assert latency(frame, None).endswith("| not measured yet | |")
    errors = {"what": "errors", "value": "errors", "most": 0}
    assert latency(errors, {"errors": 0, "count": 224}) == "| errors | ≤ 0 | 0 of 224 requests | |"
    assert "**short**" in latency(errors, {"errors": 1, "count": 224})


def test_every_promise_finds_its_figure_and_its_protocol(root: Path) -> None:
    """A figure that is only called otherwise would be printed as not measured."""
    promises = tomllib.loads((root / "docs" / "promises.toml").read_text("utf-8"))
    figures = json.loads((root / "benchmarks" / "quality.json").read_text("utf-8"))
    sections = re.findall(
        r"^## (.+)$",
        (root / "docs" / "reference" / "protocols.md").read_text("utf-8"),
        re.MULTILINE,
    )
    for promise in promises["quality"]:
        found: Any = figures
        for key in promise["value"].split("."):
            found = found.get(key) if isinstance(found, dict) else None
        owed = promise.get("owed", False)
        assert owed or isinstance(found, int | float), promise["value"]
        assert promise["protocol"] in [title.lower() for title in sections], promise["what"]


def test_every_part_that_is_judged_is_called_as_in_the_records(root: Path) -> None:
    figures = json.loads((root / "benchmarks" / "quality.json").read_text("utf-8"))
    assert set(figures["faces"]["parse"]) <= {"f1", "miou", *CLASSES}
