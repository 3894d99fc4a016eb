"""``limner info``: nothing in → versions, folders and limits."""

from __future__ import annotations

import json

import click

from limner import api
from limner.cli._talk import table

__all__ = ["command"]


@click.command("info")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool) -> int:
    """Tell versions, folders and limits."""
    facts = api.information()
    if as_json:
        click.echo(json.dumps(facts))
        return 0
    click.echo(table([("fact", "value"), *((k, str(v)) for k, v in facts.items())]))
    return 0
