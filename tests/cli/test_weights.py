"""`limner weights`: every network with its terms."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Run

from limner.weights.ledger import Row

ROW = Row(
    "faces-odd",
    "a" * 64,
    1_500_000,
    "faces",
    "Apache-2.0",
    commercial=False,
    data=({"name": "some faces", "license": "CC-BY-4.0"},),
    scores={"recall": 0.98},
)


@pytest.fixture(autouse=True)
def ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.weights.ledger.rows", lambda: (ROW,))


def test_a_network_is_a_row(run: Run) -> None:
    heading, row = run("weights").out.splitlines()
    assert heading.startswith("weight")
    for text in ("faces-odd", "1.5 MB", "Apache-2.0", "no", "some faces", "recall=0.98"):
        assert text in row


def test_a_network_is_an_object(run: Run) -> None:
    (row,) = run("weights", "--json").objects
    assert row["sha256"] == "a" * 64
    assert row["commercial"] is False
    assert row["data"] == [{"name": "some faces", "license": "CC-BY-4.0"}]
