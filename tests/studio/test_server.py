"""The port opens on this machine only, and a second studio is told where to go."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import httpx2
import pytest

from limner.errors import InputError
from limner.studio import server


def test_only_this_machine_reaches_it() -> None:
    with server.bind(0) as taken:
        assert taken.getsockname()[0] == "127.0.0.1"


def test_a_second_studio_is_offered_another_port() -> None:
    with server.bind(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} is taken") as caught:
            server.bind(port)
        offered = int(str(caught.value).split("--port ")[1].rstrip("."))
        server.bind(offered).close()


def test_a_port_that_was_just_closed_can_be_opened_again() -> None:
    with server.bind(0) as taken:
        port = taken.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()
    server.bind(port).close()


def test_a_forbidden_port_is_told_apart() -> None:
    assert "may not be opened" in server._sentence(80, PermissionError())


def test_it_answers_when_it_says_so_and_closes_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = threading.Event()
    told: dict[str, str] = {}
    servers: list[Any] = []
    plain = server._Server.startup

    async def startup(self: Any, sockets: Any = None) -> None:
        servers.append(self)
        await plain(self, sockets)

    monkeypatch.setattr(server._Server, "startup", startup)

    def ready(url: str, token: str) -> None:
        told.update(url=url, token=token)
        opened.set()

    def whole() -> None:
        server.serve(0, token="t" * 20, ready=ready)

    thread = threading.Thread(target=whole)
    thread.start()
    assert opened.wait(60)
    try:
        with httpx2.Client(timeout=30) as client:
            assert client.get(told["url"] + "healthz").json()["ok"]
        assert told["token"] == "t" * 20
    finally:
        time.sleep(0.1)
        servers[0].should_exit = True
        thread.join(60)
    assert not thread.is_alive()
