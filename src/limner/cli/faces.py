"""``limner faces``: pictures in → a line for each face: where it is, how sure that is, how it is turned."""

from __future__ import annotations

import click

from limner import api
from limner.cli._each import Outcome, Reporting, each
from limner.cli._inputs import Item, Reading, expand
from limner.cli._options import (
    Machine,
    machine_options,
    pictures_argument,
    reading_options,
    reporting_options,
)
from limner.cli._talk import printable

__all__ = ["command"]


@click.command("faces")
@pictures_argument
@click.option(
    "--points", is_flag=True, help="With --json, print the 478 landmarks of each face too."
)
@reading_options
@machine_options
@reporting_options
def command(
    pictures: tuple[str, ...],
    points: bool,
    reading: Reading,
    machine: Machine,
    reporting: Reporting,
) -> int:
    """List the faces in pictures: box, score and angles.

    Faces come in reading order: rows from top to bottom, each from left to right. Boxes are x0 y0 x1 y1 in pixels of
    the upright picture, angles in degrees. A picture without a face is no error.
    """
    machine.configure()

    def work(item: Item, outcome: Outcome) -> None:
        photo = reading.read(item)
        outcome.notes += photo.notes
        faces = api.detect_faces(photo)
        outcome.see(faces, points=points)
        if not reporting.as_json:
            for face in outcome.faces:
                box = " ".join(f"{v:.0f}" for v in face["box"])
                turned = " ".join(f"{face[k]:+.0f}" for k in ("yaw_deg", "pitch_deg", "roll_deg"))
                click.echo(f"{printable(item.label)}\t{box}\t{face['score']:.2f}\t{turned}")

    return each(expand(pictures, styles=api.style_names()), work, reporting=reporting)
