"""The reference can be generated, and the pages that are kept know every command, name and weight."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import click
import pytest

import limner
from limner import api, cli

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


def test_a_promise_that_is_broken_is_printed_as_short(root: Path) -> None:
    row = runpy.run_path(str(root / "docs" / "numbers_page.py"))["row"]
    promise = {"what": "recall", "least": 98, "of": 100}
    assert row(promise, 0.99).endswith("| 99 | reached |")
    assert row(promise, 0.97).endswith("| 97 | **short** |")
    assert "not measured yet" in row(promise, None)
