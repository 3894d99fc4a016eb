"""``limner mix``: two photographs or head files in → the first with some parts of the second, as a head and a sheet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from limner import api
from limner.cli._heads import facts, head_of, stem_of, talking_options, told
from limner.cli._options import Machine, machine_options, reading_options

if TYPE_CHECKING:
    from limner.cli._inputs import Reading
    from limner.cli._talk import Talk

__all__ = ["command"]

_VIEWS = tuple((float(yaw), 0.0) for yaw in (-25, 0, 25))


@click.command("mix")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--parts",
    required=True,
    metavar="NAME,…",
    help="What comes from B: eyes, brows, nose, mouth, hair, skin, ears, neck, clothes, glasses, hat, earrings.",
)
@click.option(
    "--amount",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="0 keeps A's, 1 takes B's; between, part-way.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="The new head file.  [default: A-with-B.limner beside A]",
)
@click.option(
    "--sheet/--no-sheet",
    default=True,
    show_default=True,
    help="Show A, B and the mixed head from three sides too: FILE with the end .png.",
)
@talking_options
@reading_options
@machine_options
@click.pass_obj
def command(
    talk: Talk,
    first: str,
    second: str,
    parts: str,
    amount: float,
    output: str | None,
    sheet: bool,
    as_json: bool,
    reading: Reading,
    machine: Machine,
) -> int:
    """Give the head A some parts of the head B.

    A and B are photographs of one person each, or .limner files. What is edited moves in every view; what is not
    stays.
    """
    machine.configure()
    names = [name.strip() for name in parts.split(",") if name.strip()]
    if not names:
        raise click.UsageError("--parts names no part; write for example --parts eyes,hair.")
    known = {"seed": None, "truncation": 0.7, "face": None, "reading": reading}
    one, other = (head_of(word, **known) for word in (first, second))  # type: ignore[arg-type]
    mixed = api.mix_heads(one, other, names, amount=amount)
    stem = stem_of(first, None)
    plain = stem.with_name(f"{stem.name}-with-{Path(second).stem}.limner")
    target = api.place(output) if output is not None else plain
    api.write_head(mixed, target)
    written = [str(target)]
    notes: list[str] = []
    if sheet:
        with told(notes):
            rows = [list(api.orbit(h, angles_deg=_VIEWS)) for h in (one, other, mixed)]
        settings = {"parts": names, "amount": amount}
        data = api.encode_pixels(
            api.photo_rows(rows), recipe=api.view_recipe(mixed, "mix", settings)
        )
        api.write_bytes(target.with_suffix(".png"), data)
        written.append(str(target.with_suffix(".png")))
    talk.say(f"{first} with {', '.join(names)} of {second} → {' '.join(written)}")
    if as_json:
        told_of = {"file": first, "other": second, "outputs": written, "notes": notes}
        click.echo(json.dumps(told_of | facts(mixed)))
    return 0
