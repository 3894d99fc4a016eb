"""Limner knows its styles, weights, folders and settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import limner
from limner import api, weights


@pytest.fixture
def own_session() -> object:
    yield
    api.configure()


def test_the_table_of_weights_is_plain_and_whole() -> None:
    table = api.weights_table()
    assert [row["name"] for row in table] == [row.name for row in weights.ledger.rows()]
    assert json.loads(json.dumps(table)) == list(table)


@pytest.mark.usefixtures("own_session")
def test_settings_reach_the_session_of_the_process() -> None:
    api.configure(threads=1, precision="f32", commercial_only=True)
    session = weights.session()
    assert (session.threads, session.precision, session.commercial_only) == (1, "f32", True)
    assert api.information()["threads"] == 1


def test_the_home_is_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path))
    assert api.cache_folder() == tmp_path
    assert api.information()["cache"] == str(tmp_path)


def test_the_facts_name_version_and_ceiling() -> None:
    facts = api.information()
    assert facts["version"] == limner.__version__
    assert facts["memory_ceiling_mb"] > 0
    assert json.loads(json.dumps(facts)) == facts
