"""``limner styles``: nothing in → the styles to draw in, and who taught them."""

from __future__ import annotations

import json

import click

from limner import api
from limner.cli._talk import table

__all__ = ["command"]


@click.command("styles")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a style.")
def command(as_json: bool) -> int:
    """List the styles to draw in."""
    styles = [api.find_style(name) for name in api.style_names()]
    if as_json:
        for style in styles:
            known = {"name": style.name, "title": style.title, "weight": style.weight}
            click.echo(json.dumps({**known, "taught_by": style.taught_by}))
        return 0
    rows = [(style.name, style.title, style.taught_by) for style in styles]
    click.echo(table([("style", "what it is", "taught by"), *rows]))
    return 0
