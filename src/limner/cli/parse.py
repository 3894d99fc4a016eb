"""``limner parse``: photographs in → index pictures of the 19 classes, at each photograph's own size."""

from __future__ import annotations

import functools

import click

from limner import api
from limner.cli._each import Outcome, Reporting, each
from limner.cli._inputs import Item, Reading, expand
from limner.cli._options import (
    Batching,
    Machine,
    batch_options,
    machine_options,
    pictures_argument,
    reading_options,
    reporting_options,
    saving_options,
)
from limner.cli._outputs import Outputs, Saving

__all__ = ["command"]


@click.command("parse")
@pictures_argument
@saving_options("png")
@reading_options
@machine_options
@batch_options
@reporting_options
def command(
    pictures: tuple[str, ...],
    saving: Saving,
    reading: Reading,
    machine: Machine,
    batching: Batching,
    reporting: Reporting,
) -> int:
    """Write a map of hair, skin, eyes and the other parts.

    me.jpg gives me-labels.png, a palette picture whose pixel values are the 19 class numbers, background 0.
    """
    machine.configure(jobs=batching.jobs)
    find = functools.partial(expand, pictures, styles=api.style_names())
    items = find()
    outputs = Outputs(items, saving, kinds=("png",), stdout_taken=reporting.as_json)

    def work(item: Item, outcome: Outcome) -> None:
        photo = reading.read(item)
        outcome.notes += [*photo.notes, *outputs.notes_for(item)]
        faces = api.detect_faces(photo)
        outcome.see(faces)
        data = api.encode(
            api.parse_face(photo, faces=faces), recipe=api.make_recipe("parse", settings={})
        )
        outcome.outputs.append(outputs.save(item, data, tail="labels"))

    return each(items, work, reporting=reporting, batching=batching, outputs=outputs, again=find)
