"""``limner plot``: pictures in → pen strokes in millimetres on a page, as SVG, HPGL or G-code."""

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
from limner.cli._units import LENGTH, PAGE

__all__ = ["command"]


@click.command("plot")
@pictures_argument
@click.option(
    "--page",
    type=PAGE,
    default="A4",
    show_default=True,
    help="A0 to A6, letter, legal, tabloid, or a size such as 210x297mm.",
)
@click.option("--landscape", is_flag=True, help="Turn the page on its side.")
@click.option(
    "--margin", type=LENGTH, default="15mm", show_default=True, help="Kept free on every side."
)
@click.option(
    "--pen", type=LENGTH, default="0.3mm", show_default=True, help="Width of the pen's line."
)
@click.option("--hatch", is_flag=True, help="Lay tone by hatching too.")
@line_options
@saving_options("svg", "hpgl", "gcode")
@reading_options
@machine_options
@batch_options
@reporting_options
def command(
    pictures: tuple[str, ...],
    page: tuple[float, float],
    landscape: bool,
    margin: float,
    pen: float,
    hatch: bool,
    lines: Lines,
    saving: Saving,
    reading: Reading,
    machine: Machine,
    batching: Batching,
    reporting: Reporting,
) -> int:
    """Trace pictures into pen strokes in millimetres for a plotter.

    One layer holds one part of the portrait. Lengths take a unit: 5mm, 0.5cm, 1in.
    """
    machine.configure(jobs=batching.jobs)
    settings = lines.settings()
    if landscape:
        page = max(page), min(page)
    if min(page) <= 2 * margin:
        raise click.BadParameter("no room is left between the margins.", param_hint="--margin")
    find = functools.partial(expand, pictures, styles=api.style_names())
    items = find()
    outputs = Outputs(items, saving, kinds=("svg", "hpgl", "gcode"), stdout_taken=reporting.as_json)
    laid_out = {"page_mm": page, "margin_mm": margin, "pen_mm": pen, "hatch": hatch}
    recipe_settings = {**settings, **laid_out, "page_mm": list(page)}

    def work(item: Item, outcome: Outcome) -> None:
        photo = reading.read(item)
        outcome.notes += [*photo.notes, *outputs.notes_for(item)]
        semantic = find_people_and_parts(photo, outcome)
        drawing = api.extract_lines(photo, semantic=semantic, **settings)
        plot = api.trace_lines(
            drawing, page_mm=page, margin_mm=margin, pen_mm=pen, tone=photo if hatch else None
        )
        outcome.notes.append(
            f"{len(plot.strokes)} strokes in {len(plot.layers)} layers: {plot.drawn_mm / 1000:.1f} m drawn, "
            f"{plot.travel_mm / 1000:.1f} m with the pen up."
        )
        recipe = api.make_recipe("plot", settings=recipe_settings)
        data = api.encode(plot, kind=outputs.kind, recipe=recipe)
        outcome.outputs.append(outputs.save(item, data, tail="lines"))

    return each(items, work, reporting=reporting, batching=batching, outputs=outputs, again=find)
