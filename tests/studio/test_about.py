"""The studio tells how it is, what it can do and how to ask."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_health_needs_no_token_and_tells_of_the_workers(client: TestClient) -> None:
    del client.headers["X-Limner-Token"]
    told = client.get("/healthz").json()
    assert told["ok"]
    assert (told["workers"], told["restarts"], told["waiting"]) == (2, 0, 0)


def test_the_state_tells_everything_that_a_page_needs_first(client: TestClient) -> None:
    told = client.get("/v1/state").json()
    assert set(told["rooms"]) == {"draw", "sketch", "turn"}
    assert [s["name"] for s in told["styles"]] == ["croquis", "hatch", "lines"]
    assert told["limits"]["strokes"] == 5000
    assert told["windows"]["rest"] == [0, 0, 512]
    assert told["palette"]["skin"].startswith("#")
    assert len(told["classes"]) == len(told["class_colors"]) == 19


def test_limits_and_styles_can_be_had_alone(client: TestClient) -> None:
    assert client.get("/v1/limits").json()["body_mb"] == 30
    assert client.get("/v1/styles").json()[-1]["name"] == "lines"


def test_the_documentation_is_served_without_scripts_or_other_hosts(client: TestClient) -> None:
    text = client.get("/docs").text
    assert "<script" not in text
    assert "http" not in text.replace("HTTP", "")
    for path in client.get("/openapi.json").json()["paths"]:
        assert path in text
    assert "body {" in client.get("/docs.css").text
