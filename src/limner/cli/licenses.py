"""``limner licenses``: nothing in → the licence of the program, every network and every library."""

from __future__ import annotations

import json

import click

from limner import api
from limner.cli._talk import table

__all__ = ["command"]


@click.command("licenses")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(as_json: bool) -> int:
    """List the licences of everything that runs."""
    rows = api.licenses()
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
        return 0
    lines = [(row["kind"], row["name"], row["version"], row["license"]) for row in rows]
    click.echo(table([("what", "name", "version", "licence"), *lines]))
    return 0
