"""Who may come in, and how much they may bring: an ASGI request in → the same request, or a refusal in words.

A page of another site, opened in the user's own browser, can send requests to 127.0.0.1. So the Host must be ours to
the letter (against DNS rebinding), Origin and Sec-Fetch-Site must be our own page's, and every call bears the token
that only our own page was given, which no other page can read.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from limner.studio.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from limner.studio.limits import Limits

__all__ = ["CSP", "TOKEN_HEADER", "Guard"]

TOKEN_HEADER = "x-limner-token"  # noqa: S105 - a header's name

#: Nothing but what this server serves may run, load or be spoken to.
CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), clipboard-read=(self), clipboard-write=(self), "
    "microphone=(), geolocation=(), usb=(), serial=()",
}
#: Where a person may arrive by a link on another site's page: documents only, which none can frame or read.
_DOORS = frozenset({"/", "/docs"})
#: Paths whose body is a file; all others take JSON.
_FILES = frozenset({"/v1/photos", "/v1/heads/file"})
#: An upload that is too large is heard to the end, up to here, so that the sender hears the answer.
_MOST_DRAINED, _DRAIN_S = 400_000_000, 10.0


class Guard:
    """ASGI middleware that lets only the studio's own page and the token's holder in.

    Parameters
    ----------
    app : ASGIApp
    hosts : tuple of str
        The Host headers that are ours, with port, to the letter.
    token : str
        What calls of ``/v1`` must bear.
    limits : Limits
        For bodies.
    close : callable, optional
        Ends the work behind.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: tuple[str, ...],
        token: str,
        limits: Limits,
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.app, self.hosts, self.limits = app, hosts, limits
        self._close = close
        self.token = token.encode()

    async def close(self) -> None:
        """End what is going on behind the guard."""
        if self._close is not None:
            await self._close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            # no path of ours is a socket, whoever asks
            await send({"type": "websocket.close", "code": 1008, "reason": "there is no socket"})
            return
        send = _dressed(send, scope["path"])
        try:
            self._check(scope, Headers(scope=scope))
            body = _Body(scope, receive, self.limits)
            await body.check_length()
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        await self.app(scope, body.receive, send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        """Raise `Problem` unless the request comes from where it should."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            raise Problem(403, "wrong_host", "The request was meant for another host.")
        origins = headers.getlist("origin")
        if origins and origins != [f"http://{hosts[0]}"]:
            raise Problem(403, "wrong_origin", "The request comes from another site's page.")
        site = headers.get("sec-fetch-site", "none")
        if site not in ("same-origin", "none") and not _arrives(scope, headers):
            raise Problem(403, "wrong_origin", "The request comes from another site's page.")
        if _guarded(scope["path"]):
            tokens = headers.getlist(TOKEN_HEADER)
            if len(tokens) != 1 or not secrets.compare_digest(tokens[0].encode(), self.token):
                raise Problem(403, "wrong_token", "The request bears no token of this studio.")


def _guarded(path: str) -> bool:
    return path == "/v1" or path.startswith("/v1/")


def _arrives(scope: Scope, headers: Headers) -> bool:
    """Say whether a person follows a link to one of our documents."""
    return (
        scope["method"] == "GET"
        and scope["path"] in _DOORS
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _dressed(send: Send, path: str) -> Send:
    """Return a `send` that puts the headers of safety on every answer."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if _guarded(path):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return dressed


class _Body:
    """A request's body, counted and timed while it comes.

    Parameters
    ----------
    scope, receive
        As ASGI gives them.
    limits : Limits
    """

    def __init__(self, scope: Scope, receive: Receive, limits: Limits) -> None:
        self._receive = receive
        megabytes = limits.body_mb if scope["path"] in _FILES else limits.json_mb
        self._megabytes, self._most = megabytes, int(megabytes * 1_000_000)
        self._until = time.monotonic() + limits.body_s
        self._length = Headers(scope=scope).get("content-length", "0")
        self._seen, self._done = 0, False

    async def check_length(self) -> None:
        """Raise 413 if the header alone says that it is too large."""
        if not self._length.isascii() or not self._length.isdigit():
            raise Problem(400, "bad_request", "The Content-Length is no number.")
        if len(self._length) > 15 or int(self._length) > self._most:
            raise await self._refused()

    async def receive(self) -> Message:
        """Return the next message; raise 413 or 408 when there is too much or it takes too long."""
        if self._done:  # what is left to come is the client's going away, which has no deadline
            return await self._receive()
        try:
            # not `wait_for`, which before Python 3.12 may swallow that it is cancelled
            async with asyncio.timeout(self._until - time.monotonic()):
                message = await self._receive()
        except TimeoutError:
            raise Problem(
                408, "too_slow_body", "The request's body did not come in time."
            ) from None
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            self._done = not message.get("more_body", False)
            if self._seen > self._most:
                raise await self._refused()
        return message

    async def _refused(self) -> Problem:
        """Hear the rest of a body without keeping it, and return the refusal."""
        try:
            async with asyncio.timeout(_DRAIN_S):
                while not self._done and self._seen < _MOST_DRAINED:
                    message = await self._receive()
                    if message["type"] != "http.request":
                        break
                    self._seen += len(message.get("body", b""))
                    self._done = not message.get("more_body", False)
        except TimeoutError:
            pass
        return Problem(
            413, "too_large", f"The request is over {self._megabytes:g} MB, the most that is taken."
        )
