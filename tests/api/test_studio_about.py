"""What the studio can do here."""

from __future__ import annotations

import json
import sys

import pytest

from limner.api import _studio_about as rooms
from limner.weights import ledger


def test_a_room_without_its_networks_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "rows", lambda: ())
    told = rooms.rooms()
    assert not told["turn"]["ready"]
    assert "heads-encoder" in told["turn"]["sentence"]
    assert "people" in told["sketch"]["sentence"] or "sketches-parts" in told["sketch"]["sentence"]


def test_where_only_what_may_be_sold_may_run_that_alone_is_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIMNER_COMMERCIAL_ONLY", "1")
    monkeypatch.setattr(sys.modules["limner.weights.session"], "_default", None)
    told = rooms.rooms()
    for room in ("sketch", "turn"):
        assert not told[room]["ready"]
        assert "commercially" in told[room]["sentence"]
    offered = {style["name"]: style["kind"] for style in rooms.styles_table()}
    assert {"pencil", "pen", "oil", "lines"} <= set(offered)
    assert "croquis" not in offered
    assert "network" not in offered.values()


def test_the_state_is_plain_values() -> None:
    told = json.loads(json.dumps(rooms.state()))
    assert told["styles"][-1]["kind"] == "lines"
    assert "plain" in told["papers"]
    assert told["palette"]["light"] == [0, 0]
