"""The open port: a number in → a studio that answers on 127.0.0.1 until it is told to stop."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

import uvicorn

from limner.errors import InputError
from limner.studio.app import Settings, make_app, new_token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

__all__ = ["HOST", "bind", "serve"]

HOST = "127.0.0.1"
#: Seconds that answers which are being sent may still take when the studio closes.
_GRACE_S = 2


def bind(port: int) -> socket.socket:
    """Return a socket on the port, 0 for any.

    Raises
    ------
    InputError
        If the port is taken, naming one that is free, or may not be used.
    """
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        # a port that was closed a moment ago is free; one that is listened on is still refused
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise InputError(_sentence(port, error)) from error
    return taken


def _sentence(port: int, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"Port {port} may not be opened by this user; try limner studio --port 8765."
    free = _free_near(port)
    return (
        f"Port {port} is taken, perhaps by a studio that is open already at http://{HOST}:{port}/. "
        f"Use that one, or open another: limner studio --port {free}."
    )


def _free_near(port: int) -> int:
    """Return a port that can be opened now: one of the next few, or any."""
    for near in (*range(port + 1, min(port + 20, 65536)), 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
            try:
                tried.bind((HOST, near))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    return 0


def serve(
    port: int,
    *,
    token: str | None = None,
    ready: Callable[[str, str], None] | None = None,
    browser: bool = False,
) -> None:
    """Open a studio and answer until Ctrl-C.

    Parameters
    ----------
    port : int
        0 takes any that is free.
    token : str, optional
        What calls must bear; a new one if not given.
    ready : callable, optional
        Called with the address and the token once it answers.
    browser : bool
        Open the page.

    Raises
    ------
    InputError
        If the port is taken.
    """
    listening = bind(port)
    port = int(listening.getsockname()[1])
    settings = Settings(port, token or new_token())
    app = make_app(settings)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE_S,
        limit_concurrency=512,
    )
    server = _Server(config)
    url = f"http://{HOST}:{port}/"

    def started() -> None:
        if ready is not None:
            ready(url, settings.token)
        if browser:
            # some browsers' launchers wait for the browser to end
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    server.on_start, server.on_stop = started, app.close
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it answers, and takes Ctrl-C for the wish to close it, not for an error."""

    on_start: Callable[[], None] | None = None
    on_stop: Callable[[], Awaitable[None]] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.on_start is not None:
            self.on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # work that is going on is ended first, or its clients would be waited for
        if self.on_stop is not None:
            await self.on_stop()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
