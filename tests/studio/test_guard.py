"""Only the studio's own page and the token's holder come in, and they bring no more than is taken."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from tests.studio import desk

from limner.studio.guard import CSP, Guard
from limner.studio.limits import Limits


def test_every_answer_bears_the_headers_of_safety(client: TestClient) -> None:
    for path in ("/", "/docs", "/healthz", "/v1/limits", "/nothing", "/v1/nothing"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == CSP
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert not [name for name in headers if name.startswith("access-control")]


def test_the_policy_allows_no_inline_script_or_style() -> None:
    assert "unsafe" not in CSP
    assert "default-src 'self'" in CSP


def test_answers_of_the_api_are_not_kept_by_browsers(client: TestClient) -> None:
    assert client.get("/v1/limits").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("token", [None, "", "wrong", desk.TOKEN + "x", desk.TOKEN[:-1]])
def test_a_wrong_token_is_refused(tmp_path: Path, token: str | None) -> None:
    with desk.open_client(desk.settings(tmp_path)) as client:
        del client.headers["X-Limner-Token"]
        headers = {} if token is None else {"X-Limner-Token": token}
        assert desk.refusal(client.get("/v1/limits", headers=headers)) == (403, "wrong_token")


def test_a_link_from_elsewhere_opens_the_page_and_nothing_else(client: TestClient) -> None:
    arrives = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert client.get("/", headers=arrives).status_code == 200
    assert desk.refusal(client.get("/v1/limits", headers=arrives)) == (403, "wrong_origin")
    framed = {**arrives, "Sec-Fetch-Dest": "iframe"}
    assert desk.refusal(client.get("/", headers=framed)) == (403, "wrong_origin")


def test_the_studios_own_page_is_let_in(client: TestClient) -> None:
    own = {"Origin": desk.URL, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/v1/photos", content=b"x", headers=own).status_code == 422


def test_a_socket_is_refused(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/v1/state"):
        pass


def test_a_body_that_is_too_large_is_heard_out_and_refused(tmp_path: Path) -> None:
    with desk.open_client(desk.settings(tmp_path, body_mb=0.01, json_mb=0.001)) as client:
        assert desk.refusal(client.post("/v1/photos", content=bytes(20_000))) == (413, "too_large")
        assert client.post("/v1/morph", content=bytes(2_000)).status_code == 413

        def pieces() -> Any:
            for _ in range(30):
                yield bytes(1000)

        # no Content-Length tells how much will come
        assert desk.refusal(client.post("/v1/photos", content=pieces())) == (413, "too_large")


def _call(guard: Guard, headers: list[tuple[bytes, bytes]], messages: list[Any]) -> list[Any]:
    """Return what the guard sends to a request whose body never ends."""
    sent: list[Any] = []

    async def receive() -> Any:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(3600)
        return None

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/photos",
        "headers": [
            (b"host", f"127.0.0.1:{desk.PORT}".encode()),
            (b"x-limner-token", desk.TOKEN.encode()),
            *headers,
        ],
    }
    asyncio.run(guard(scope, receive, send))
    return sent


def _guard(app: Any) -> Guard:
    return Guard(
        app, hosts=(f"127.0.0.1:{desk.PORT}",), token=desk.TOKEN, limits=Limits(body_s=0.05)
    )


def test_a_body_that_does_not_come_is_given_up() -> None:
    from limner.studio.errors import Problem

    heard: list[Problem] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            while True:
                await receive()
        except Problem as problem:
            heard.append(problem)
            await problem.response()(scope, receive, send)

    first = {"type": "http.request", "body": b"x", "more_body": True}
    sent = _call(_guard(app), [], [first])
    assert heard[0].status_code == sent[0]["status"] == 408


@pytest.mark.parametrize("length", [b"-1", b"1e9", "١".encode(), b"9" * 400])
def test_a_length_that_is_none_is_refused(length: bytes) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("it was let in")

    end = {"type": "http.request", "body": b"", "more_body": False}
    sent = _call(_guard(app), [(b"content-length", length)], [end])
    assert sent[0]["status"] in (400, 413)


def test_two_hosts_or_two_tokens_are_refused() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("it was let in")

    for header in ((b"host", f"127.0.0.1:{desk.PORT}".encode()), (b"x-limner-token", b"other")):
        assert _call(_guard(app), [header], [])[0]["status"] == 403


def test_closing_ends_what_is_behind() -> None:
    closed = []

    async def close() -> None:
        closed.append(True)

    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    guard = Guard(app, hosts=(), token=desk.TOKEN, limits=Limits(), close=close)
    asyncio.run(guard.close())
    assert closed
