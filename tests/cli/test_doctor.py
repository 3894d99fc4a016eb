"""`limner doctor`: well is 0, anything wrong is 1 with what to do."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Run

from limner import api


def test_all_well_is_nought(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "doctor", lambda: (api.Check("a", ok=True, detail="fine"),))
    answer = run("doctor")
    assert (answer.code, answer.out) == (0, "ok   a: fine\n")


def test_a_fault_is_one_and_a_remedy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = (api.Check("a", ok=True, detail="fine"), api.Check("b", False, "gone", "Put it back."))
    monkeypatch.setattr(api, "doctor", lambda: checks)
    answer = run("doctor")
    assert answer.code == 1
    assert "BAD  b: gone\n     Put it back." in answer.out
    assert run("doctor", "--json").objects[1]["remedy"] == "Put it back."
