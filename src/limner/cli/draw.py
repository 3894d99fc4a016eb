"""``limner draw``: photographs in → a drawing of the people in each, in one or more styles."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from limner import api
from limner.cli._each import Outcome, Reporting, each
from limner.cli._inputs import Item, Reading, expand
from limner.cli._options import (
    Batching,
    Machine,
    batch_options,
    gathered,
    machine_options,
    pictures_argument,
    reading_options,
    reporting_options,
    saving_options,
)
from limner.cli._outputs import Outputs, Saving
from limner.cli._people import find_people
from limner.cli._units import COLOR, PAPER, part_wishes

if TYPE_CHECKING:
    from limner.records import Drawing, Face, Photo

__all__ = ["command"]


@dataclass(frozen=True)
class _Wanted:
    """What each photograph shall give; the options of the same names."""

    styles: tuple[str, ...]
    strength: float
    stroke_scale: float
    part: tuple[str, ...]
    paper: str | tuple[int, int, int]
    ink: tuple[int, int, int]
    layers: bool
    dpi: float | None
    keep_metadata: bool
    all_faces: bool
    whole_picture: bool
    transparent: bool
    lines: bool
    svg: bool
    labels: bool
    seed: int

    @property
    def products(self) -> int:
        """Files per photograph."""
        drawings = len(self.styles) * (1 + self.layers)
        return drawings + self.lines + self.svg + self.labels

    def sheet(self) -> dict[str, Any]:
        """Return the keywords of ``api.draw`` that say what it is drawn with and on."""
        return {
            "stroke_scale": self.stroke_scale,
            "parts": part_wishes(self.part),
            "paper": self.paper,
            "ink": self.ink,
        }

    def check(self) -> None:
        """Refuse what makes no sense before the first picture is opened."""
        if self.transparent and self.paper != "plain":
            raise click.UsageError(
                "--transparent leaves the paper out; give it or --paper, not both."
            )
        parts = part_wishes(self.part)
        for style in self.styles:
            api.check_wish(
                style=style, strength=self.strength, stroke_scale=self.stroke_scale, parts=parts
            )


def _complete_style(ctx: click.Context, option: click.Parameter, start: str) -> list[str]:  # noqa: ARG001
    return [name for name in api.style_names() if name.startswith(start)]


_wanted_options = gathered(
    "wanted",
    _Wanted,
    click.option(
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
    ),
    click.option(
        "--strength",
        type=click.FloatRange(0, 2),
        default=1.0,
        show_default=True,
        help="0 bare lines, 1 the artist's manner, 2 twice the ink.",
    ),
    click.option(
        "--stroke-scale",
        type=click.FloatRange(0.5, 2),
        default=1.0,
        show_default=True,
        help="Breadth of the strokes: 0.5 finer, 2 broader.",
    ),
    click.option(
        "--part",
        "part",
        multiple=True,
        metavar="NAME=STYLE:STRENGTH",
        help="Draw one part in its own way, as in hair=hatch:1.2, skin=0.5 or clothes=pen; may be repeated.",
    ),
    click.option(
        "--paper",
        type=PAPER,
        default="plain",
        show_default=True,
        help="A colour, or plain, laid, rough, cotton, kraft, toned-blue, toned-grey or canvas.",
    ),
    click.option(
        "--ink", type=COLOR, default="black", show_default=True, help="Colour of the ink."
    ),
    click.option(
        "--layers", is_flag=True, help="Write NAME-STYLE.ora too: OpenRaster, one layer a part."
    ),
    click.option(
        "--dpi",
        type=click.FloatRange(1, 10_000),
        help="Say in the file how many pixels are printed per inch.",
    ),
    click.option(
        "--keep-metadata",
        is_flag=True,
        help="Keep who, when, where and with what the photograph was taken.  [default: nothing of it is kept]",
    ),
    click.option(
        "--all-faces/--largest",
        default=True,
        show_default=True,
        help="Draw everybody, or only the largest face.",
    ),
    click.option(
        "--whole-picture",
        is_flag=True,
        help="Draw all of the picture, with or without a face in it.",
    ),
    click.option("--transparent", is_flag=True, help="Write ink on clear ground instead of paper."),
    click.option("--lines", is_flag=True, help="Write the lines too: NAME-lines.png."),
    click.option(
        "--svg",
        is_flag=True,
        help="Write pen strokes on an A4 page too: NAME-lines.svg, or with --style pen NAME-pen.svg, the drawing "
        "itself.",
    ),
    click.option("--labels", is_flag=True, help="Write the map of parts too: NAME-labels.png."),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help="The same seed gives the same drawing.",
    ),
)


@click.command("draw")
@pictures_argument
@_wanted_options
@saving_options("png", "jpeg", "webp", "tiff")
@reading_options
@machine_options
@batch_options
@reporting_options
def command(
    pictures: tuple[str, ...],
    wanted: _Wanted,
    saving: Saving,
    reading: Reading,
    machine: Machine,
    batching: Batching,
    reporting: Reporting,
) -> int:
    """Draw the people in photographs in an artist's manner.

    PHOTO may be a file, a folder, a quoted glob such as "holiday/*.jpg", or - for stdin. The results lie beside each
    photograph: me.jpg gives me-croquis.png.
    """
    machine.configure(jobs=batching.jobs)
    names = tuple(api.find_style(style).name for style in wanted.styles)
    wanted.check()
    # The same style under two names is drawn once.
    wanted = replace(wanted, styles=tuple(dict(zip(names, wanted.styles, strict=True)).values()))
    find = functools.partial(expand, pictures, styles=(*api.style_names(), *names))
    items = find()
    outputs = Outputs(
        items,
        saving,
        kinds=("png", "webp", "tiff") if wanted.transparent else ("png", "jpeg", "webp", "tiff"),
        products=wanted.products,
        stdout_taken=reporting.as_json,
    )

    def work(item: Item, outcome: Outcome) -> None:
        photo = reading.read(item)
        outcome.notes += [*photo.notes, *outputs.notes_for(item)]
        faces, how = _people(photo, wanted, outcome)
        pen = _draw(photo, faces, how, item, outcome, outputs)
        _add_lines(photo, faces, how, item, outcome, outputs, pen)

    return each(items, work, reporting=reporting, batching=batching, outputs=outputs, again=find)


def _people(photo: Photo, wanted: _Wanted, outcome: Outcome) -> tuple[tuple[Face, ...], _Wanted]:
    """Return whom to draw, and how: all of the picture, where nobody may be looked for and no style needs a face."""
    by_rule = not any(api.find_style(style).weight for style in wanted.styles)
    if not (wanted.whole_picture or by_rule):
        faces = api.detect_faces(photo)
    else:
        found = find_people(photo, outcome)
        if found is None:
            return (), replace(wanted, whole_picture=True)
        faces = found
    faces = faces if wanted.all_faces else api.largest_face(faces)
    outcome.see(faces)
    return faces, wanted


def _draw(
    photo: Photo,
    faces: tuple[Face, ...],
    wanted: _Wanted,
    item: Item,
    outcome: Outcome,
    outputs: Outputs,
) -> Drawing | None:
    """Write the drawings; return the one that is in pen, if any."""
    pen = None
    keep = wanted.keep_metadata and item.path is not None
    exif = api.kept_metadata(str(item.path)) if keep else b""
    for style in wanted.styles:
        drawing = api.draw(
            photo,
            style=style,
            strength=wanted.strength,
            faces=faces,
            whole_picture=wanted.whole_picture,
            seed=wanted.seed,
            layers=wanted.layers,
            **wanted.sheet(),
        )
        data = api.encode(
            drawing,
            kind=outputs.kind,
            transparent=wanted.transparent,
            dpi=wanted.dpi,
            exif=exif,
        )
        tail = re.sub(r"[^\w.+-]+", "-", drawing.style.replace(",", "+"))
        outcome.outputs.append(outputs.save(item, data, tail=tail))
        if wanted.layers:
            data = api.encode(drawing, kind="ora")
            outcome.outputs.append(outputs.save(item, data, tail=tail, kind="ora"))
        if style == "pen":
            pen = drawing
    return pen


def _add_lines(
    photo: Photo,
    faces: tuple[Face, ...],
    wanted: _Wanted,
    item: Item,
    outcome: Outcome,
    outputs: Outputs,
    pen: Drawing | None,
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
    if wanted.svg and pen is not None:
        plot = api.trace_lines(api.drawn_lines(pen, semantic))
        data = api.encode(plot, kind="svg", recipe=pen.recipe)
        outcome.outputs.append(outputs.save(item, data, tail="pen", kind="svg"))
    if not wanted.lines and (pen is not None or not wanted.svg):
        return
    drawing = api.extract_lines(photo, semantic=semantic)
    recipe = api.make_recipe("lines", settings={})
    if wanted.lines:
        data = api.encode(drawing, kind=outputs.kind, transparent=wanted.transparent, recipe=recipe)
        outcome.outputs.append(outputs.save(item, data, tail="lines"))
    if wanted.svg and pen is None:
        data = api.encode(api.trace_lines(drawing), kind="svg", recipe=recipe)
        outcome.outputs.append(outputs.save(item, data, tail="lines", kind="svg"))
