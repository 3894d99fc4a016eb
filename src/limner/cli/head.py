"""``limner head``: a photograph or seed in → a head file, and the head as a mesh."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from limner import api
from limner.cli._heads import (
    face_option,
    facts,
    head_of,
    seed_options,
    stem_of,
    talking_options,
    told,
)
from limner.cli._options import Machine, machine_options, reading_options

if TYPE_CHECKING:
    from limner.cli._inputs import Reading
    from limner.cli._talk import Talk

__all__ = ["command"]


@click.command("head")
@click.argument("source", metavar="[PHOTO|HEAD]", required=False)
@seed_options
@face_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="The head file, NAME.limner, or NAME.glb for the mesh alone.  [default: beside the photograph]",
)
@click.option(
    "--export",
    type=click.Choice(["glb"]),
    help="Write the mesh too, with texture and a node for each part: NAME.glb.",
)
@talking_options
@reading_options
@machine_options
@click.pass_obj
def command(
    talk: Talk,
    source: str | None,
    seed: int | None,
    truncation: float,
    face: int | None,
    output: str | None,
    export: str | None,
    as_json: bool,
    reading: Reading,
    machine: Machine,
) -> int:
    """Make a head that can be turned and changed, and keep it as a file.

    PHOTO may be - for stdin. A head file holds the photograph's pixels, numbers and a hash, and nothing that runs; it
    opens only with the weights that made it.
    """
    machine.configure()
    head = head_of(source, seed=seed, truncation=truncation, face=face, reading=reading)
    first = (
        api.place(output) if output is not None else stem_of(source, seed).with_suffix(".limner")
    )
    targets = [first]
    if export == "glb" and first.suffix.lower() != ".glb":
        targets.append(first.with_suffix(".glb"))
    if source is not None and api.place(source).resolve() in {t.resolve() for t in targets}:
        targets = [t for t in targets if t.resolve() != api.place(source).resolve()]
    if not targets:
        raise click.UsageError(f"{source} is a head file already; --export glb makes a mesh of it.")
    notes: list[str] = []
    with told(notes):
        for target in targets:
            api.write_head(head, target)
    written = [str(target) for target in targets]
    for note in notes:
        talk.say(note)
    talk.say(f"{source or f'seed {seed}'}: → {' '.join(written)}")
    if as_json:
        click.echo(json.dumps({"file": source, "outputs": written, "notes": notes} | facts(head)))
    return 0
