"""``limner doctor``: this installation in → what is well, what is not, and what to do."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from limner import api

__all__ = ["command"]


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a check.")
def command(as_json: bool) -> int:
    """Check this installation and say what to mend.

    Ends with exit code 1 if anything that a drawing needs is not well.
    """
    checks = api.doctor()
    for check in checks:
        if as_json:
            click.echo(json.dumps(asdict(check)))
            continue
        click.echo(f"{'ok  ' if check.ok else 'BAD '} {check.name}: {check.detail}")
        if not check.ok and check.remedy:
            click.echo(f"     {check.remedy}")
    return 0 if all(check.ok for check in checks) else 1
