"""``limner weights``: nothing in → the networks that ship: size, terms, teachers, scores."""

from __future__ import annotations

import json
from textwrap import shorten

import click

from limner import api
from limner.cli._talk import table

__all__ = ["command"]


@click.command("weights")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object a network, with hashes."
)
def command(as_json: bool) -> int:
    """List the networks: licence, teachers, scores."""
    rows = api.weights_table()
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
        return 0
    lines = [
        (
            row["name"],
            f"{row['bytes'] / 1e6:.1f} MB",
            row["precision"],
            row["license"],
            "yes" if row["commercial"] else "no",
            shorten(", ".join(source["name"] for source in row["data"]), 48, placeholder=" …"),
            " ".join(f"{name}={score}" for name, score in row["scores"].items()),
        )
        for row in rows
    ]
    heading = ("weight", "size", "precision", "licence", "commercial", "taught on", "scores")
    click.echo(table([heading, *lines]))
    return 0
