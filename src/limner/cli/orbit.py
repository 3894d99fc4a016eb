"""``limner orbit``: a photograph, head file or seed in → pictures of each view, their cameras, a sheet, films."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from limner.cli._options import Machine, gathered, machine_options, reading_options
from limner.cli._signals import check_interrupted
from limner.cli._units import ANGLES, part_wishes
from limner.errors import MissingExtra, OutputError

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
@click.argument("source", metavar="[PHOTO|HEAD]", required=False)
@seed_options
@face_option
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="Folder for the results, made if need be.  [default: NAME-orbit beside the photograph]",
)
@talking_options
@_look_options
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
    as_json: bool,
    look: _Look,
    reading: Reading,
    machine: Machine,
) -> int:
    """Walk around a head: photograph, map of parts and depth from every side.

    PHOTO may be - for stdin; HEAD is a .limner file of `limner head`. DIR gets view-000-photo.png, …-labels.png and
    …-depth.png for each view, views.json that lists them with their cameras, a contact sheet, an animated WebP and,
    with the extra "film", an MP4.
    """
    machine.configure()
    for name in look.styles:
        api.check_wish(style=name, parts=part_wishes(look.part))
    head = head_of(source, seed=seed, truncation=truncation, face=face, reading=reading)
    stem = stem_of(source, seed)
    folder = _made(Path(output) if output is not None else stem.with_name(f"{stem.name}-orbit"))
    notes: list[str] = []
    stops, listed = _walked(head, look, folder, notes, talk)
    names = _summed_up(head, look, stops, folder, notes)
    page = {"version": _VERSION, "head": facts(head), **_cameras(look), "views": listed}
    api.write_bytes(folder / "views.json", (json.dumps(page, indent=1) + "\n").encode())
    for note in notes:
        talk.say(f"{stem.name}: {note}")
    talk.say(f"{stem.name}: {len(stops)} views → {folder}")
    if as_json:
        told_of = {"file": source, "folder": str(folder), "views": str(folder / "views.json")}
        click.echo(json.dumps(told_of | names | {"notes": notes} | facts(head)))
    return 0


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {str(folder)!r} cannot be made: {error.strerror or error}; choose another -o."
        ) from error
    return folder


def _walked(
    head: Head, wanted: _Look, folder: Path, notes: list[str], talk: Talk
) -> tuple[list[api.Turned], list[dict[str, Any]]]:
    """Write the files of every view; return the views and what views.json says of each."""
    stops: list[api.Turned] = []
    listed: list[dict[str, Any]] = []
    recipe = api.view_recipe(head, "orbit", wanted.settings())
    with told(notes):
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
        for number, stop in enumerate(walk):
            view = stop.view
            if any(_angles(view) == _angles(s.view) for s in stops):
                continue  # clamped onto a view that is there already
            files = {
                "photo": api.encode(view.photo, recipe=recipe),
                "labels": api.encode(view.semantic, recipe=recipe),
                "depth": api.encode_depth(view),
            }
            names = {kind: f"view-{number:03d}-{kind}.png" for kind in files}
            drawn = {name: f"view-{number:03d}-{_in_a_name(name)}.png" for name in stop.drawings}
            for kind, data in files.items():
                api.write_bytes(folder / names[kind], data)
            for name, drawing in stop.drawings.items():
                api.write_bytes(folder / drawn[name], api.encode(drawing))
            names |= _lines_kept(stop, folder, f"view-{number:03d}-lines", recipe)
            stops.append(stop)
            listed.append({**_angles(view), **names, "drawings": drawn, **api.camera_facts(view)})
            notes += [n for n in view.photo.notes if n not in notes]
            talk.detail(f"yaw {view.yaw_deg:g}°, pitch {view.pitch_deg:g}°: {names['photo']}")
            check_interrupted()
    return stops, listed


def _in_a_name(style: str) -> str:
    """Return a style's name, or a blend or path, as a part of a file's name."""
    return re.sub(r"[^\w.-]+", "-", Path(style).stem if style.endswith(".toml") else style)


def _lines_kept(stop: api.Turned, folder: Path, stem: str, recipe: Recipe) -> dict[str, str]:
    """Write a view's lines as pixels and as strokes, if they were asked for; return the files' names."""
    if stop.lines is None:
        return {}
    plot = api.trace_lines(stop.lines)
    api.write_bytes(folder / f"{stem}.png", api.encode(stop.lines, recipe=recipe))
    api.write_bytes(folder / f"{stem}.svg", api.encode(plot, kind="svg", recipe=recipe))
    return {"lines": f"{stem}.png", "strokes": f"{stem}.svg"}


def _angles(view: Any) -> dict[str, float]:
    return {"yaw_deg": view.yaw_deg, "pitch_deg": view.pitch_deg}


def _cameras(wanted: _Look) -> dict[str, Any]:
    """Return what all cameras share."""
    return {"size_px": int(wanted.size), "depth_unit_m": 1e-4, "styles": list(wanted.styles)}


def _summed_up(
    head: Head, wanted: _Look, stops: Sequence[api.Turned], folder: Path, notes: list[str]
) -> dict[str, str]:
    """Write contact sheet and films; return their names."""
    recipe = api.view_recipe(head, "orbit", wanted.settings())
    names = {"sheet": folder / "sheet.png", "webp": folder / "orbit.webp"}
    api.write_bytes(names["sheet"], api.encode_pixels(api.view_sheet(stops), recipe=recipe))
    if len(stops) < 2:
        del names["webp"]
        return {k: str(v) for k, v in names.items()}
    film = api.encode_views(stops, kind="webp", per_second=wanted.fps, recipe=recipe)
    api.write_bytes(names["webp"], film)
    try:
        api.write_bytes(
            folder / "orbit.mp4", api.encode_views(stops, kind="mp4", per_second=wanted.fps)
        )
        names["mp4"] = folder / "orbit.mp4"
    except MissingExtra as error:
        notes.append(str(error))
    return {k: str(v) for k, v in names.items()}
