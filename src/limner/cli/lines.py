"""``limner lines``: pictures in → the same as clean lines, as pixels or as filled shapes."""

from __future__ import annotations

import functools

import click

from limner import api
from limner.cli._each import Outcome, Reporting, each
from limner.cli._inputs import Item, Reading, expand
from limner.cli._options import (
    Batching,
    Lines,
    Machine,
    batch_options,
    line_options,
    machine_options,
    pictures_argument,
    reading_options,
    reporting_options,
    saving_options,
)
from limner.cli._outputs import Outputs, Saving
from limner.cli._people import find_people_and_parts

__all__ = ["command"]


@click.command("lines")
@pictures_argument
@line_options
@click.option("--transparent", is_flag=True, help="Write ink on clear ground instead of paper.")
@saving_options("png", "jpeg", "webp", "svg")
@reading_options
@machine_options
@batch_options
@reporting_options
def command(
    pictures: tuple[str, ...],
    lines: Lines,
    transparent: bool,
    saving: Saving,
    reading: Reading,
    machine: Machine,
    batching: Batching,
    reporting: Reporting,
) -> int:
    """Draw pictures as clean lines, without a network's hand.

    Where there are faces, each part of them gets the care that it needs; any other picture is drawn as it is. With
    --format svg the lines become filled shapes; for pen strokes see `limner plot`.
    """
    machine.configure(jobs=batching.jobs)
    settings = lines.settings()
    find = functools.partial(expand, pictures, styles=api.style_names())
    items = find()
    outputs = Outputs(
        items,
        saving,
        kinds=("png", "webp") if transparent else ("png", "jpeg", "webp", "svg"),
        stdout_taken=reporting.as_json,
    )

    def work(item: Item, outcome: Outcome) -> None:
        photo = reading.read(item)
        outcome.notes += [*photo.notes, *outputs.notes_for(item)]
        semantic = find_people_and_parts(photo, outcome)
        drawing = api.extract_lines(photo, semantic=semantic, **settings)
        recipe = api.make_recipe("lines", settings=settings)
        if outputs.kind == "svg":
            data = api.encode_outlines(drawing, recipe=recipe)
        else:
            data = api.encode(drawing, kind=outputs.kind, transparent=transparent, recipe=recipe)
        outcome.outputs.append(outputs.save(item, data, tail="lines"))

    return each(items, work, reporting=reporting, batching=batching, outputs=outputs, again=find)
