"""``limner orbit``: photographs, head files or a seed in → pictures of each view, their cameras, a sheet, films."""

from __future__ import annotations

import functools
import json
import re
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from limner import api
from limner.cli._each import Outcome, Reporting, each
from limner.cli._heads import (
    face_option,
    facts,
    head_of,
    seed_options,
    told,
)
from limner.cli._inputs import Item, expand
from limner.cli._options import (
    Batching,
    Machine,
    batch_options,
    gathered,
    machine_options,
    reading_options,
    reporting_options,
)
from limner.cli._outputs import Folders
from limner.cli._signals import check_interrupted
from limner.cli._units import ANGLES, part_wishes
from limner.errors import MissingExtra, UnreadablePhoto

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limner.cli._inputs import Reading
    from limner.cli._talk import Talk
    from limner.records import Head, Recipe

__all__ = ["command"]

_VERSION = 1


@dataclass(frozen=True)
class _Look:
    """What views are asked for; the options of the same names."""

    yaw: tuple[float, ...]
    pitch: tuple[float, ...]
    size: str
    style: str
    part: tuple[str, ...]
    lines: bool
    hold: bool
    behind: str
    own_pixels: bool
    refine: bool
    fps: float

    @property
    def styles(self) -> tuple[str, ...]:
        """The styles to draw in, each once; neighbours with a weight are one blend."""
        found: list[str] = []
        for group in self.style.split(";"):
            blend: list[str] = []
            for name in (s.strip() for s in group.split(",")):
                if ":" in name:
                    blend.append(name)
                elif name:
                    found.append(name)
            found += [",".join(blend)] if blend else []
        return tuple(dict.fromkeys(found))

    @property
    def angles(self) -> list[tuple[float, float]]:
        """Yaw and pitch of each view, row by row."""
        return [(yaw, pitch) for pitch in self.pitch for yaw in self.yaw]

    def settings(self) -> dict[str, object]:
        """Return what decides the views, for the recipe."""
        return {"size_px": int(self.size), "background": self.behind, "refine": self.refine}


_look_options = gathered(
    "look",
    _Look,
    click.option(
        "--yaw",
        type=ANGLES,
        default="-30:30:5",
        show_default=True,
        help="Degrees: one angle, a list -20,0,15 or a range -30:30:5. Positive: seen from the sitter's left.",
    ),
    click.option(
        "--pitch",
        type=ANGLES,
        default="0",
        show_default=True,
        help="Degrees, likewise; positive: seen from above. Every pitch is combined with every yaw.",
    ),
    click.option(
        "--size",
        type=click.Choice(["256", "512"]),
        default="512",
        show_default=True,
        help="Side of a view in px; above 256 only the photograph's own pixels are finer.",
    ),
    click.option(
        "--style",
        default="",
        metavar="NAME,…",
        help="Draw every view too, in these styles: croquis,hatch; a blend has weights: croquis:0.6,hatch:0.4.",
    ),
    click.option(
        "--part",
        multiple=True,
        metavar="PART=STYLE:STRENGTH",
        help="Draw one part in its own way in every view, as in hair=hatch:1.2; may be repeated.",
    ),
    click.option(
        "--lines",
        is_flag=True,
        help="Write the lines of every view too, as PNG and as SVG strokes.",
    ),
    click.option(
        "--hold/--no-hold",
        default=True,
        help="Let strokes move with the head, or draw every view by itself.",
    ),
    click.option(
        "--behind",
        type=click.Choice(["keep", "blur", "none"]),
        default="keep",
        show_default=True,
        help="What lies behind the head.",
    ),
    click.option(
        "--own-pixels/--no-own-pixels",
        default=True,
        help="Show the photograph's own pixels where a view shows what it showed, or only what the networks know.",
    ),
    click.option(
        "--refine/--no-refine",
        default=True,
        help="Mend holes and outlines by a network, or leave them filled.",
    ),
    click.option(
        "--fps",
        type=click.FloatRange(1, 50),
        default=12.0,
        show_default=True,
        help="Frames a second of the films.",
    ),
)


@click.command("orbit")
@click.argument("pictures", metavar="[PHOTO|HEAD]...", nargs=-1)
@seed_options
@face_option
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="Folder for the results, made if need be; of several photographs each gets a folder NAME-orbit in it.  "
    "[default: NAME-orbit beside the photograph]",
)
@_look_options
@reading_options
@machine_options
@batch_options
@reporting_options
@click.pass_obj
def command(
    talk: Talk,
    pictures: tuple[str, ...],
    seed: int | None,
    truncation: float,
    face: int | None,
    output: str | None,
    look: _Look,
    reading: Reading,
    machine: Machine,
    batching: Batching,
    reporting: Reporting,
) -> int:
    """Walk around a head: photograph, map of parts and depth from every side.

    PHOTO may be a file, a folder, a quoted glob, or - for stdin; HEAD is a .limner file of `limner head`. DIR gets
    view-000-photo.png, …-labels.png and …-depth.png for each view, views.json that lists them with their cameras, a
    contact sheet, an animated WebP and, with the extra "film", an MP4.
    """
    machine.configure(jobs=batching.jobs)
    for name in look.styles:
        api.check_wish(style=name, parts=part_wishes(look.part))
    if bool(pictures) == (seed is not None):
        raise click.UsageError(
            "Give one of both: photographs or head files (.limner), or --seed for a random person."
        )
    find = functools.partial(_items, pictures, seed)
    items = find()
    # Several, or what may become several, need folders of their own.
    lone = not batching.watch and [item.label for item in items] == list(
        pictures or [f"seed-{seed}"]
    )
    folders = Folders(items, output, tail="orbit", lone=lone and len(items) == 1)

    def work(item: Item, outcome: Outcome) -> None:
        if item.problem:
            raise UnreadablePhoto(item.problem)
        source = item.label if seed is None else None
        head = head_of(source, seed=seed, truncation=truncation, face=face, reading=reading)
        outcome.notes += folders.notes_for(item)
        _walk(head, look, _Home(folders.made(item), outcome), talk)
        outcome.more |= {"file": source, **facts(head)}

    return each(items, work, reporting=reporting, batching=batching, outputs=folders, again=find)


def _items(pictures: tuple[str, ...], seed: int | None) -> tuple[Item, ...]:
    return expand(pictures) if seed is None else (Item(f"seed-{seed}", None),)


@dataclass(frozen=True)
class _Home:
    """The folder of one head's results, and what is told of them."""

    folder: api.Place
    outcome: Outcome

    def keep(self, name: str, data: bytes) -> str:
        """Write a file and return its path."""
        path = str(self.folder / name)
        api.write_bytes(path, data)
        self.outcome.outputs.append(path)
        return path

    def note(self, note: str) -> None:
        """Say what is worth knowing, once."""
        if note not in self.outcome.notes:
            self.outcome.notes.append(note)


def _walk(head: Head, look: _Look, home: _Home, talk: Talk) -> None:
    """Write all files of one head."""
    stops, listed = _walked(head, look, home, talk)
    names = _summed_up(head, look, stops, home)
    page = {"version": _VERSION, "head": facts(head), **_cameras(look), "views": listed}
    # Last, so that a list that is there lists what is there.
    views = home.keep("views.json", (json.dumps(page, indent=1) + "\n").encode())
    home.outcome.more |= {"folder": str(home.folder), "views": views, **names}
    home.outcome.words = f"{len(stops)} views → {home.folder}"


def _walked(
    head: Head, wanted: _Look, home: _Home, talk: Talk
) -> tuple[list[api.Turned], list[dict[str, Any]]]:
    """Write the files of every view; return the views and what views.json says of each."""
    stops: list[api.Turned] = []
    listed: list[dict[str, Any]] = []
    recipe = api.view_recipe(head, "orbit", wanted.settings())
    # the files of one view are written while the next is computed
    with told(home.outcome.notes), ThreadPoolExecutor(1) as writer:
        walk = api.orbit(
            head,
            angles_deg=wanted.angles,
            size_px=int(wanted.size),
            styles=wanted.styles,
            parts=part_wishes(wanted.part),
            lines=wanted.lines,
            hold=wanted.hold,
            background=wanted.behind,  # type: ignore[arg-type]
            own_pixels=wanted.own_pixels,
            refine=wanted.refine,
        )
        written: Future[dict[str, Any]] | None = None
        for number, stop in enumerate(walk):
            view = stop.view
            if any(_angles(view) == _angles(s.view) for s in stops):
                continue  # clamped onto a view that is there already
            if written is not None:
                listed.append(written.result())
            written = writer.submit(_written, stop, f"view-{number:03d}", home, recipe)
            stops.append(stop)
            for note in view.photo.notes:
                home.note(note)
            talk.detail(
                f"yaw {view.yaw_deg:g}°, pitch {view.pitch_deg:g}°: view-{number:03d}-photo.png"
            )
            check_interrupted()
        if written is not None:
            listed.append(written.result())
    return stops, listed


def _written(stop: api.Turned, stem: str, home: _Home, recipe: Recipe) -> dict[str, Any]:
    """Write the files of one view, and return what views.json says of it."""
    view = stop.view
    files = {
        "photo": api.encode(view.photo, recipe=recipe),
        "labels": api.encode(view.semantic, recipe=recipe),
        "depth": api.encode_depth(view),
    }
    names = {kind: f"{stem}-{kind}.png" for kind in files}
    drawn = {name: f"{stem}-{_in_a_name(name)}.png" for name in stop.drawings}
    for kind, data in files.items():
        home.keep(names[kind], data)
    for name, drawing in stop.drawings.items():
        home.keep(drawn[name], api.encode(drawing))
    names |= _lines_kept(stop, home, f"{stem}-lines", recipe)
    return {**_angles(view), **names, "drawings": drawn, **api.camera_facts(view)}


def _in_a_name(style: str) -> str:
    """Return a style's name, or a blend or path, as a part of a file's name."""
    return re.sub(r"[^\w.-]+", "-", Path(style).stem if style.endswith(".toml") else style)


def _lines_kept(stop: api.Turned, home: _Home, stem: str, recipe: Recipe) -> dict[str, str]:
    """Write a view's lines as pixels and as strokes, if they were asked for; return the files' names."""
    if stop.lines is None:
        return {}
    plot = api.trace_lines(stop.lines)
    home.keep(f"{stem}.png", api.encode(stop.lines, recipe=recipe))
    home.keep(f"{stem}.svg", api.encode(plot, kind="svg", recipe=recipe))
    return {"lines": f"{stem}.png", "strokes": f"{stem}.svg"}


def _angles(view: Any) -> dict[str, float]:
    return {"yaw_deg": view.yaw_deg, "pitch_deg": view.pitch_deg}


def _cameras(wanted: _Look) -> dict[str, Any]:
    """Return what all cameras share."""
    return {"size_px": int(wanted.size), "depth_unit_m": 1e-4, "styles": list(wanted.styles)}


def _summed_up(
    head: Head, wanted: _Look, stops: Sequence[api.Turned], home: _Home
) -> dict[str, str]:
    """Write contact sheet and films; return their names."""
    recipe = api.view_recipe(head, "orbit", wanted.settings())
    sheet = api.encode_pixels(api.view_sheet(stops), recipe=recipe)
    names = {"sheet": home.keep("sheet.png", sheet)}
    if len(stops) < 2:
        return names
    with ThreadPoolExecutor(1) as beside:
        still = beside.submit(
            api.encode_views, stops, kind="webp", per_second=wanted.fps, recipe=recipe
        )
        try:
            film = api.encode_views(stops, kind="mp4", per_second=wanted.fps)
            names["mp4"] = home.keep("orbit.mp4", film)
        except MissingExtra as error:
            home.note(str(error))
        names["webp"] = home.keep("orbit.webp", still.result())
    return names
