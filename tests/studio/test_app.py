"""The parts together: what is forgotten, what is known at once, what is told of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.api import fakes
from tests.studio import desk

from limner.studio.app import Settings, make_app, new_token, usual_hands


def test_each_start_has_its_own_token() -> None:
    assert new_token() != new_token()
    assert len(new_token()) >= 24


def test_a_pen_never_waits_for_a_drawing() -> None:
    assert 2 <= usual_hands() <= 4


def test_hosts_are_ours_to_the_letter() -> None:
    assert Settings(8765, "t").hosts == ("127.0.0.1:8765", "localhost:8765")
    assert "localhost" in Settings(80, "t").hosts


def test_photographs_beyond_the_limit_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.install(monkeypatch)
    with desk.open_client(desk.settings(tmp_path, photos=2)) as client:
        ids = [desk.send(client, fakes.picture((40, 30, 60 + k))) for k in range(3)]
        assert [client.get(f"/v1/photos/{i}").status_code for i in ids] == [404, 200, 200]


def test_every_operation_is_in_the_document(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    told = {f"{m.upper()} {p}" for p, methods in paths.items() for m in methods}
    assert {
        "POST /v1/photos",
        "POST /v1/photos/{photo}/drawing",
        "POST /v1/photos/{photo}/plot",
        "POST /v1/sketches/{canvas}/shadow",
        "POST /v1/heads/{head}/view",
        "GET /v1/state",
    } <= told
    assert not [t for t in told if "/docs" in t or "{path}" in t]


def test_a_studio_that_closes_leaves_no_task(tmp_path: Path) -> None:
    chosen = desk.settings(tmp_path)
    for _ in range(2):
        with TestClient(make_app(chosen), base_url=desk.URL) as client:
            assert client.get("/healthz").json()["ok"]
