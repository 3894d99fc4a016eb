"""``limner studio``: a port in → the page on this machine, until Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

import click

from limner.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limner.cli._talk import Talk

__all__ = ["PORT", "command"]

#: Where the page is, unless told: a browser keeps drawings by address, so it does not change by itself.
PORT = 8765
_TOKEN_VARIABLE = "LIMNER_STUDIO_TOKEN"  # noqa: S105 - a variable's name


_CLEAN_VARIABLE = "LIMNER_COMMERCIAL_ONLY"


@click.command("studio")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any."
)
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print address and token as one JSON object.")
@click.option(
    "--commercial-only",
    is_flag=True,
    envvar=_CLEAN_VARIABLE,
    help="Offer only what networks can do whose licence allows commercial use.",
)
@click.pass_obj
def command(
    talk: Talk,
    port: int,
    browser: bool,
    as_json: bool,
    commercial_only: bool,
) -> int:
    """Open the studio: draw, sketch and turn heads in a browser on this machine.

    Only this machine reaches it, and nothing is kept on disk. LIMNER_STUDIO_TOKEN sets the token that scripts send.
    """
    try:
        from limner.studio.server import serve
    except ImportError as error:
        raise MissingExtra.of("studio", "The studio") from error

    def ready(url: str, token: str) -> None:
        if as_json:
            click.echo(json.dumps({"url": url, "token": token, "pid": os.getpid()}))
        talk.say(f"The studio is open at {url} (Ctrl-C closes it).")

    with _told(commercial_only=commercial_only):
        serve(port, token=_token(), ready=ready, browser=browser)
    talk.say("The studio is closed.")
    return 0


@contextlib.contextmanager
def _told(*, commercial_only: bool) -> Iterator[None]:
    """Tell the studio's workers, who are processes of their own and look there, what may run."""
    before = os.environ.get(_CLEAN_VARIABLE)
    os.environ[_CLEAN_VARIABLE] = "1" if commercial_only else "0"
    try:
        yield
    finally:
        os.environ.pop(_CLEAN_VARIABLE)
        if before is not None:
            os.environ[_CLEAN_VARIABLE] = before


def _token() -> str | None:
    token = os.environ.get(_TOKEN_VARIABLE)
    if token is not None and (len(token) < 16 or not token.isascii() or not token.isprintable()):
        raise InputError(
            f"{_TOKEN_VARIABLE} is too weak a token; wanted at least 16 printable characters."
        )
    return token
