"""``limner studio`` tells where it is, and how to reach it from scripts."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from tests.cli.conftest import Run

from limner.errors import InputError

#: What each studio's workers would find in their environment.
asked: list[str] = []


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Put a studio that closes at once in place of the real one; return how it was called."""
    calls: list[dict[str, Any]] = []
    asked.clear()

    def serve(port: int, *, ready: Callable[[str, str], None], **options: Any) -> None:
        calls.append({"port": port, **options})
        asked.append(os.environ["LIMNER_COMMERCIAL_ONLY"])
        ready(f"http://127.0.0.1:{port}/", options["token"] or "made-up")

    monkeypatch.setattr("limner.studio.server.serve", serve)
    return calls


def test_it_tells_its_address_and_that_it_closed(run: Run, served: list[dict[str, Any]]) -> None:
    answer = run("studio", "--no-browser")
    assert answer.code == 0
    assert answer.out == ""
    assert "http://127.0.0.1:8765/" in answer.err
    assert "closed" in answer.err
    assert served == [{"port": 8765, "token": None, "browser": False}]


def test_its_workers_learn_that_only_what_may_be_sold_may_run(
    run: Run, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIMNER_COMMERCIAL_ONLY", raising=False)
    assert run("studio").code == 0
    assert run("studio", "--commercial-only").code == 0
    assert "LIMNER_COMMERCIAL_ONLY" not in os.environ
    monkeypatch.setenv("LIMNER_COMMERCIAL_ONLY", "1")
    assert run("studio").code == 0
    assert os.environ["LIMNER_COMMERCIAL_ONLY"] == "1"
    assert asked == ["0", "1", "1"]
    assert len(served) == 3


def test_scripts_are_told_the_token(
    run: Run, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMNER_STUDIO_TOKEN", "sixteen-or-more-letters")
    (told,) = run("studio", "--port", "9000", "--json").objects
    assert told["url"] == "http://127.0.0.1:9000/"
    assert told["token"] == "sixteen-or-more-letters"  # noqa: S105
    assert served[0]["browser"]


@pytest.mark.parametrize("token", ["short", "", "ü" * 20, "with\nline" * 4])
def test_a_weak_token_is_refused(
    run: Run, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("LIMNER_STUDIO_TOKEN", token)
    answer = run("studio")
    assert answer.code == 3
    assert "LIMNER_STUDIO_TOKEN" in answer.err
    assert not served


def test_a_taken_port_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(port: int, **_: Any) -> None:
        raise InputError(f"Port {port} is taken.")

    monkeypatch.setattr("limner.studio.server.serve", serve)
    answer = run("studio")
    assert (answer.code, answer.err) == (3, "limner: Port 8765 is taken.\n")


def test_without_the_extra_the_command_to_install_it_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "limner.studio.server", None)
    answer = run("studio")
    assert answer.code == 3
    assert "limner[studio]" in answer.err
