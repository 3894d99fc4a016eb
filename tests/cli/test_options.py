"""Shared options reach the commands as one record each."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Run

from limner import weights
from limner.cli._options import Lines, Machine


@pytest.fixture
def own_session() -> object:
    yield
    weights.configure()


def test_an_unasked_machine_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.api.configure", lambda **_: pytest.fail("configured"))
    Machine().configure()


@pytest.mark.usefixtures("desk", "own_session")
def test_threads_precision_and_terms_reach_the_session(run: Run) -> None:
    assert (
        run("faces", "one.png", "--threads", "3", "--precision", "f32", "--commercial-only").code
        == 0
    )
    session = weights.session()
    assert (session.threads, session.precision, session.commercial_only) == (3, "f32", True)


@pytest.mark.usefixtures("desk")
def test_limits_may_stand_in_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMNER_MAX_MEGAPIXELS", "0.001")
    assert run("faces", "one.png").code == 3
    assert run("faces", "one.png", "--max-megapixels", "1").code == 0


def test_line_settings_are_the_keywords_of_the_verb() -> None:
    import inspect

    from limner import api

    assert set(Lines().settings()) <= set(inspect.signature(api.extract_lines).parameters)


@pytest.mark.usefixtures("desk")
def test_verbose_shows_the_traceback_of_an_error_after_the_command(run: Run) -> None:
    assert "Traceback" in run("draw", "broken.jpg", "-v").err
    assert "Traceback" in run("draw", "one.png", "--style", "x", "-v").err
    assert "Traceback" not in run("draw", "broken.jpg").err
