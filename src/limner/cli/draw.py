"""``limner draw``: photographs in → a drawing of the people in each, in one or more styles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    saving_options,
)
from limner.cli._outputs import Outputs, Saving

if TYPE_CHECKING:
    from limner.records import Face, Photo

__all__ = ["command"]


@dataclass(frozen=True)
class _Wanted:
    """What each photograph shall give."""

    styles: tuple[str, ...]
    strength: float
    seed: int
    largest: bool
    whole_picture: bool
    transparent: bool
    lines: bool
    svg: bool
    labels: bool

    @property
    def products(self) -> int:
        """Files per photograph."""
        return len(self.styles) + self.lines + self.svg + self.labels


def _complete_style(ctx: click.Context, option: click.Parameter, start: str) -> list[str]:  # noqa: ARG001
    return [name for name in api.style_names() if name.startswith(start)]


@click.command("draw")
@pictures_argument
@click.option(
    "-s",
    "--style",
    "styles",
    multiple=True,
    default=["croquis"],
    show_default=True,
    metavar="NAME",
    shell_complete=_complete_style,
    help="A style of `limner styles`, a blend such as croquis:0.6,hatch:0.4, or the .toml of one of your own; may "
    "be repeated.",
)
@click.option(
    "--strength",
    type=click.FloatRange(0, 2),
    default=1.0,
    show_default=True,
    help="0 bare lines, 1 the artist's manner, 2 twice the ink.",
)
@click.option(
    "--all-faces/--largest",
    default=True,
    show_default=True,
    help="Draw everybody, or only the largest face.",
)
@click.option(
    "--whole-picture", is_flag=True, help="Draw all of the picture, with or without a face in it."
)
@click.option("--transparent", is_flag=True, help="Write ink on clear ground instead of paper.")
@click.option("--lines", is_flag=True, help="Write the lines too: NAME-lines.png.")
@click.option("--svg", is_flag=True, help="Write pen strokes on an A4 page too: NAME-lines.svg.")
@click.option("--labels", is_flag=True, help="Write the map of parts too: NAME-labels.png.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The same seed gives the same drawing.",
)
@saving_options("png", "jpeg", "webp")
@reading_options
@machine_options
@reporting_options
def command(
    pictures: tuple[str, ...],
    styles: tuple[str, ...],
    strength: float,
    all_faces: bool,
    whole_picture: bool,
    transparent: bool,
    lines: bool,
    svg: bool,
    labels: bool,
    seed: int,
    saving: Saving,
    reading: Reading,
    machine: Machine,
    reporting: Reporting,
) -> int:
    """Draw the people in photographs in an artist's manner.

    PHOTO may be a file, a folder, a quoted glob such as "holiday/*.jpg", or - for stdin. The results lie beside each
    photograph: me.jpg gives me-croquis.png.
    """
    machine.configure()
    names = tuple(api.find_style(style).name for style in styles)
    wanted = _Wanted(
        styles=tuple(dict(zip(names, styles, strict=True)).values()),
        strength=strength,
        seed=seed,
        largest=not all_faces,
        whole_picture=whole_picture,
        transparent=transparent,
        lines=lines,
        svg=svg,
        labels=labels,
    )
    items = expand(pictures, styles=(*api.style_names(), *names))
    outputs = Outputs(
        items,
        saving,
        kinds=("png", "webp") if transparent else ("png", "jpeg", "webp"),
        products=wanted.products,
        stdout_taken=reporting.as_json,
    )

    def work(item: Item, outcome: Outcome) -> None:
        photo = reading.read(item)
        outcome.notes += [*photo.notes, *outputs.notes_for(item)]
        faces = api.detect_faces(photo)
        faces = api.largest_face(faces) if wanted.largest else faces
        outcome.see(faces)
        _draw(photo, faces, wanted, item, outcome, outputs)
        _add_lines(photo, faces, wanted, item, outcome, outputs)

    return each(items, work, reporting=reporting)


def _draw(
    photo: Photo,
    faces: tuple[Face, ...],
    wanted: _Wanted,
    item: Item,
    outcome: Outcome,
    outputs: Outputs,
) -> None:
    for style in wanted.styles:
        drawing = api.draw(
            photo,
            style=style,
            strength=wanted.strength,
            faces=faces,
            whole_picture=wanted.whole_picture,
            seed=wanted.seed,
        )
        data = api.encode(drawing, kind=outputs.kind, transparent=wanted.transparent)
        tail = re.sub(r"[^\w.+-]+", "-", drawing.style.replace(",", "+"))
        outcome.outputs.append(outputs.save(item, data, tail=tail))


def _add_lines(
    photo: Photo,
    faces: tuple[Face, ...],
    wanted: _Wanted,
    item: Item,
    outcome: Outcome,
    outputs: Outputs,
) -> None:
    if not (wanted.lines or wanted.svg or wanted.labels):
        return
    semantic = api.parse_face(photo, faces=faces) if faces else None
    if wanted.labels:
        if semantic is None:
            outcome.notes.append("Nobody is in the picture, so there is no map of parts.")
        else:
            recipe = api.make_recipe("parse", settings={})
            data = api.encode(semantic, recipe=recipe)
            outcome.outputs.append(outputs.save(item, data, tail="labels", kind="png"))
    if not (wanted.lines or wanted.svg):
        return
    drawing = api.extract_lines(photo, semantic=semantic)
    recipe = api.make_recipe("lines", settings={})
    if wanted.lines:
        data = api.encode(drawing, kind=outputs.kind, transparent=wanted.transparent, recipe=recipe)
        outcome.outputs.append(outputs.save(item, data, tail="lines"))
    if wanted.svg:
        data = api.encode(api.trace_lines(drawing), kind="svg", recipe=recipe)
        outcome.outputs.append(outputs.save(item, data, tail="lines", kind="svg"))
