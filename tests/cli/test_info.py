"""`limner info`: facts, for people and programs."""

from __future__ import annotations

from tests.cli.conftest import Run

import limner


def test_facts_are_told(run: Run) -> None:
    (facts,) = run("info", "--json").objects
    assert facts["version"] == limner.__version__
    page = run("info").out
    assert all(name in page for name in facts)
