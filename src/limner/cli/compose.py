"""``limner compose``: drawings of faces in → photographs of people who never lived."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from limner import api
from limner.cli._each import Outcome, Reporting, each
from limner.cli._inputs import Item, Reading, expand
from limner.cli._options import (
    Batching,
    Machine,
    batch_options,
    machine_options,
    reading_options,
    reporting_options,
    saving_options,
)
from limner.cli._outputs import Outputs, Saving
from limner.cli._units import COLOR, confidences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limner.api import Composed
    from limner.records import Palette

__all__ = ["command"]

_TAIL = "composed"


@dataclass(frozen=True)
class _Wanted:
    """What each drawing shall give."""

    settings: dict[str, Any]
    donors: dict[str, str]
    morph: str | None
    steps: int
    shadow: str | None


@click.command("compose")
@click.argument("pictures", metavar="SKETCH...", nargs=-1, required=True)
@click.option(
    "--confidence",
    multiple=True,
    default=["1"],
    show_default=True,
    metavar="NUMBER|PART=NUMBER,…",
    help="1 exactly what was drawn, 0 only what faces look like; also by part, as in eyes=0.7,rest=0.3.",
)
@click.option("--skin", type=COLOR, help="Colour of the skin: a name or #rrggbb.")
@click.option("--hair", type=COLOR, help="Colour of the hair.")
@click.option("--lips", type=COLOR, help="Colour of the lips.  [default: follows the skin]")
@click.option("--clothes", type=COLOR, help="Colour of the clothes.")
@click.option("--ground", type=COLOR, help="Colour of what is behind.")
@click.option(
    "--shadow",
    metavar="OUT",
    help="Write the drawing over its shadow too: where faces like it have their lines. A file, or with several "
    "drawings a folder.",
)
@click.option("--morph", metavar="B", help="Go on to another drawing, step by step.")
@click.option(
    "--steps",
    type=click.IntRange(2, 240),
    default=7,
    show_default=True,
    help="Photographs of a morph.",
)
@click.option("--eyes-from", metavar="OTHER", help="Take the eyes from another drawing.")
@click.option("--nose-from", metavar="OTHER", help="Take the nose from another drawing.")
@click.option("--mouth-from", metavar="OTHER", help="Take the mouth from another drawing.")
@click.option("--rest-from", metavar="OTHER", help="Take outline, hair and all else from another.")
@click.option(
    "--neighbours",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    help="How many known faces each part is compared with.",
)
@click.option(
    "--size",
    type=click.Choice(["512", "256"]),
    default="512",
    show_default=True,
    help="Side of the photograph in px.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Decides strands and pores.",
)
@saving_options("png", "jpeg", "webp")
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
    **given: Any,
) -> int:
    """Turn drawings of faces into photographs of people who never lived.

    SKETCH is a scanned or photographed drawing, dark on light or light on dark, of any size; lines may be rough or
    missing. me.png gives me-composed.png. Every result says how much of the ink is found again in it.
    """
    machine.configure(jobs=batching.jobs)
    wanted = _wanted(given)
    find = functools.partial(expand, pictures, styles=(_TAIL, "shadow"))
    items = find()
    if wanted.shadow is not None and len(items) > 1 and Path(wanted.shadow).suffix:
        raise click.UsageError(f"{len(items)} drawings: --shadow must name a folder.")
    outputs = Outputs(
        items,
        saving,
        kinds=("png", "jpeg", "webp"),
        products=wanted.steps if wanted.morph else 1,
        stdout_taken=reporting.as_json,
    )

    def work(item: Item, outcome: Outcome) -> None:
        photo = reading.read(item)
        outcome.notes += outputs.notes_for(item)
        made = _made(photo, wanted, reading)
        for number, composed in enumerate(made, 1):
            tail = f"{_TAIL}-{number:02d}" if wanted.morph else _TAIL
            data = api.encode_composed(composed, kind=outputs.kind)  # type: ignore[arg-type]
            outcome.outputs.append(outputs.save(item, data, tail=tail))
            outcome.notes += [n for n in composed.photo.notes if n not in outcome.notes]
        if wanted.shadow is not None:
            outcome.outputs.append(_keep_shadow(made[0], item, wanted.shadow))

    return each(items, work, reporting=reporting, batching=batching, outputs=outputs, again=find)


def _wanted(given: dict[str, Any]) -> _Wanted:
    """Return the options as `api.compose` wants them."""
    donors = {p: given[f"{p}_from"] for p in ("eyes", "nose", "mouth", "rest")}
    donors = {p: source for p, source in donors.items() if source is not None}
    if given["morph"] is not None and donors:
        raise click.UsageError("--morph goes between whole drawings; leave the --…-from out.")
    settings = {
        "confidence": confidences(given["confidence"], api.sketch_parts()),
        "palette": _palette(given),
        "size_px": int(given["size"]),
        "seed": given["seed"],
    }
    if given["morph"] is None:
        settings["neighbours"] = given["neighbours"]
    return _Wanted(settings, donors, given["morph"], given["steps"], given["shadow"])


def _palette(given: dict[str, Any]) -> Palette | None:
    from limner.records import Palette

    named = {"skin": "skin", "hair": "hair", "lips": "lips", "clothes": "clothes"}
    named["background"] = "ground"
    asked = {field: given[option] for field, option in named.items() if given[option] is not None}
    return Palette.chosen(**asked) if asked else None


def _made(photo: Any, wanted: _Wanted, reading: Reading) -> Sequence[Composed]:
    def other(word: str) -> Any:
        return reading.read(Item(word, None if word == "-" else api.place(word)))

    if wanted.morph is not None:
        return api.compose_morph(photo, other(wanted.morph), steps=wanted.steps, **wanted.settings)
    donors = {part: other(word) for part, word in wanted.donors.items()}
    return [api.compose(photo, parts_from=donors, **wanted.settings)]


def _keep_shadow(composed: Composed, item: Item, target: str) -> str:
    path = api.place(target)
    if not path.suffix:
        stem = "stdin" if item.path is None else item.path.stem
        path = api.make_folder(path) / f"{stem}-shadow.png"
    api.write_bytes(path, api.encode_pixels(composed.guide, recipe=composed.recipe))
    return str(path)
