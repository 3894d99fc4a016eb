"""``limner studio``: a port in → the page on this machine, until Ctrl-C."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from limner.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from limner.cli._talk import Talk

__all__ = ["PORT", "command"]

#: Where the page is, unless told: a browser keeps drawings by address, so it does not change by itself.
PORT = 8765
_TOKEN_VARIABLE = "LIMNER_STUDIO_TOKEN"  # noqa: S105 - a variable's name


@click.command("studio")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes any."
)
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print address and token as one JSON object.")
@click.pass_obj
def command(talk: Talk, port: int, browser: bool, as_json: bool) -> int:
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

    serve(port, token=_token(), ready=ready, browser=browser)
    talk.say("The studio is closed.")
    return 0


def _token() -> str | None:
    token = os.environ.get(_TOKEN_VARIABLE)
    if token is not None and (len(token) < 16 or not token.isascii() or not token.isprintable()):
        raise InputError(
            f"{_TOKEN_VARIABLE} is too weak a token; wanted at least 16 printable characters."
        )
    return token
