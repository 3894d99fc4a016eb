"""``limner edit``: a photograph, head file or seed and a painted map in → the changed head, as a file and a sheet."""

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

#: Degrees to either side of the painted view that the sheet shows.
_BESIDE = (-20.0, 0.0, 20.0)


@click.command("edit")
@click.argument("source", metavar="[PHOTO|HEAD]", required=False)
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False),
    required=True,
    help="The map of one view, painted over: view-000-labels.png of `limner orbit`, in any paint program.",
)
@click.option("--yaw", type=float, default=0.0, show_default=True, help="Of the painted view, degrees.")  # fmt: skip
@click.option("--pitch", type=float, default=0.0, show_default=True, help="Likewise.")
@seed_options
@face_option
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="The new head file.  [default: NAME-edited.limner beside the photograph]",
)
@click.option(
    "--sheet/--no-sheet",
    default=True,
    show_default=True,
    help="Show the head before and after from three sides too: FILE with the end .png.",
)
@talking_options
@reading_options
@machine_options
@click.pass_obj
def command(
    talk: Talk,
    source: str | None,
    labels: str,
    yaw: float,
    pitch: float,
    seed: int | None,
    truncation: float,
    face: int | None,
    output: str | None,
    sheet: bool,
    as_json: bool,
    reading: Reading,
    machine: Machine,
) -> int:
    """Change a head by painting on its map of classes: longer hair, fuller lips, no glasses.

    What was painted follows in the map, the photograph and the drawings of every other view: give the new head file to
    `limner orbit`.
    """
    machine.configure()
    head = head_of(source, seed=seed, truncation=truncation, face=face, reading=reading)
    notes: list[str] = []
    with told(notes):
        edited = api.edit_head(head, labels=labels, yaw_deg=yaw, pitch_deg=pitch)
    if edited is head:
        notes.append("The map shows nothing that the head has not already; the head is unchanged.")
    stem = stem_of(source, seed)
    target = (
        api.place(output) if output is not None else stem.with_name(f"{stem.name}-edited.limner")
    )
    api.write_head(edited, target)
    written = [str(target)]
    if sheet:
        angles = [(yaw + beside, pitch) for beside in _BESIDE]
        with told(notes):
            stops = [list(api.orbit(h, angles_deg=angles)) for h in (head, edited)]
        rows = api.photo_rows([*stops, *stops[1:]], labels=(2,))
        recipe = api.view_recipe(edited, "edit", {"yaw_deg": yaw, "pitch_deg": pitch})
        api.write_bytes(target.with_suffix(".png"), api.encode_pixels(rows, recipe=recipe))
        written.append(str(target.with_suffix(".png")))
    for note in notes:
        talk.say(note)
    talk.say(f"{source or f'seed {seed}'} with {labels} → {' '.join(written)}")
    if as_json:
        told_of = {"file": source, "labels": labels, "outputs": written, "notes": notes}
        click.echo(json.dumps(told_of | facts(edited)))
    return 0
