"""Orbits: a `Head` and angles in → its views, drawings and lines of them, sheets and films."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from limner.api._heads import view_recipe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.heads.ink import InkHolder, KeyViews
    from limner.heads.render import Background, HeadRenderer
    from limner.records import Drawing, Head, LineDrawing, Recipe, View

__all__ = [
    "Turned",
    "encode_views",
    "orbit",
    "photo_rows",
    "view_holder",
    "view_sheet",
]

#: Thirty degrees either way, in steps of five.
_FROM_SIDE_TO_SIDE = tuple((float(yaw), 0.0) for yaw in range(-30, 31, 5))


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """One stop of an orbit.

    Parameters
    ----------
    view : View
        Photograph, classes, depth.
    drawings : dict of str to Drawing
        By style.
    lines : LineDrawing, optional
        Its lines, which can be traced and plotted.
    """

    view: View
    drawings: dict[str, Drawing] = field(default_factory=dict)
    lines: LineDrawing | None = None


def orbit(  # noqa: PLR0913 - a verb's options are keywords
    head: Head,
    *,
    angles_deg: Sequence[tuple[float, float]] = _FROM_SIDE_TO_SIDE,
    size_px: int = 256,
    styles: Sequence[str] = (),
    parts: Mapping[str, str | float | tuple[str, float]] | None = None,
    lines: bool = False,
    hold: bool = True,
    background: Background = "keep",
    own_pixels: bool = True,
    refine: bool = True,
) -> Iterator[Turned]:
    """Walk around a head.

    Parameters
    ----------
    head : Head
    angles_deg : sequence of (yaw, pitch)
        Positive: the camera has moved to the sitter's left; up. Clamped, with a warning, at ±60° and ±30°.
    size_px : int
        256 or 512.
    styles : sequence of str
        Draw every view in these styles too; blends as `draw` takes them.
    parts : mapping, optional
        Part of ``records.PARTS`` → its own style, strength or both, as for `draw`, in every drawing.
    lines : bool
        Give the lines of every view too.
    hold : bool
        Let strokes move with the head's surface, so that neighbouring views agree; otherwise every view is drawn by
        itself.
    background : {"keep", "blur", "none"}
        What lies behind the head.
    own_pixels, refine : bool
        As for `HeadRenderer`.

    Yields
    ------
    Turned
        In the order of the angles. The same angle has the same drawing in every orbit.

    Raises
    ------
    InputError
        If an angle is no number or the size is neither 256 nor 512.
    UnknownName, BadShape
        If there is no such style or part, or a strength is out of range.
    """
    from limner import heads
    from limner import styles as hands

    for name in styles:
        hands.Wish(name, parts=hands.read_parts(parts, style=name, strength=1.0))
    turn = heads.HeadRenderer(head, own_pixels=own_pixels, refine=refine, background=background)
    keys = heads.KeyViews(turn, size_px=size_px)
    kept = {name: view_holder(turn, name, parts=parts, keys=keys) for name in styles}
    inked = heads.InkHolder(keys, _lines_of)
    for yaw, pitch in angles_deg:
        view = turn.view(yaw_deg=yaw, pitch_deg=pitch, size_px=size_px)
        drawings = {
            name: _drawing(head, view, name, one.drawn(view) if hold else one.alone(view), parts)
            for name, one in kept.items()
        }
        found = None
        if lines:
            found = _line_drawing(view, inked.drawn(view) if hold else inked.alone(view))
        yield Turned(view, drawings, found)


def view_holder(
    turn: HeadRenderer,
    style: str,
    *,
    strength: float = 1.0,
    parts: Mapping[str, str | float | tuple[str, float]] | None = None,
    size_px: int = 256,
    keys: KeyViews | None = None,
) -> InkHolder:
    """Return who draws the views of one head in one style so that neighbouring views agree.

    Parameters
    ----------
    turn : HeadRenderer
    style, strength, parts
        As for `draw`.
    size_px : int
        Side of all views.
    keys : KeyViews, optional
        Those of the head that another style is drawn from too; they have a side of their own.

    Returns
    -------
    InkHolder
        Keep it as long as the head is turned: its key views are drawn once.
    """
    from limner import heads
    from limner import lines as drawn_lines
    from limner import styles as hands

    asked = hands.read_parts(parts, style=style, strength=strength)
    seed, engine = turn.head.seed or 0, hands.find(style).lines

    def drawn(view: View) -> NDArray[np.uint8]:
        # the paper's grain is the same in every view, so that only strokes move
        return hands.render_crop(
            view.photo.pixels,
            view.semantic,
            drawn_lines.extract(view.photo, view.semantic, engine=engine).ink,
            style=style,
            strength=strength,
            parts=asked,
            seed=seed,
            crop_px=_crop_share() * view.size_px,
        )

    return heads.InkHolder(keys or heads.KeyViews(turn, size_px=size_px), drawn)


def _lines_of(view: View) -> NDArray[np.uint8]:
    """Return a view's lines as a picture, 255 paper."""
    import numpy as np

    from limner import lines

    ink = lines.extract(view.photo, view.semantic).ink * (view.semantic.labels > 0)
    return np.asarray(255 - np.rint(ink * 255), np.uint8)


def _line_drawing(view: View, picture: NDArray[np.uint8]) -> LineDrawing:
    import numpy as np

    from limner.records import LineDrawing

    return LineDrawing(1 - picture.astype(np.float32) / np.float32(255), view.semantic)


def _drawing(
    head: Head, view: View, style: str, drawn: NDArray[np.uint8], parts: Mapping[str, Any] | None
) -> Drawing:
    import numpy as np

    from limner.records import Drawing

    settings: dict[str, object] = {"style": style, "yaw_deg": view.yaw_deg}
    settings |= {"parts": {k: str(v) for k, v in parts.items()}} if parts else {}
    pixels = drawn if drawn.ndim == 3 else np.repeat(drawn[..., None], 3, 2)
    return Drawing(pixels, style, view_recipe(head, "orbit", settings))


def _crop_share() -> float:
    """Return the side of the crop that artists' drawings were aligned to, as a share of a view's side."""
    from limner.geometry.affine import scale
    from limner.geometry.align import crop_from_landmarks
    from limner.geometry.camera import Camera
    from limner.heads.encode import template

    points_px, _ = Camera(0.0, 0.0, 256).project(template()[0])
    return 1 / scale(crop_from_landmarks(points_px, 256))


def photo_rows(
    orbits: Sequence[Sequence[Turned]], *, labels: Sequence[int] = ()
) -> NDArray[np.uint8]:
    """Return the photographs of several orbits of equal length, a row each; of some rows the maps of classes."""
    import numpy as np

    def shown(row: int, view: View) -> NDArray[np.uint8]:
        return view.semantic.colored() if row in labels else view.photo.pixels

    rows = [
        np.concatenate([shown(row, s.view) for s in stops], 1) for row, stops in enumerate(orbits)
    ]
    return np.concatenate(rows)


def view_sheet(stops: Sequence[Turned]) -> NDArray[np.uint8]:
    """Return a contact sheet of an orbit: photographs, classes, depth, drawings, a row each."""
    from limner.heads import sheet

    return sheet.contact_sheet([s.view for s in stops], _by_style(stops))


def encode_views(
    stops: Sequence[Turned], *, kind: str, per_second: float = 12.0, recipe: Recipe | None = None
) -> bytes:
    """Return an orbit as a film that goes there and back.

    Parameters
    ----------
    stops : sequence of Turned
    kind : {"webp", "mp4"}
    per_second : float
        Frames a second.
    recipe : Recipe, optional
        Written into a WebP.

    Raises
    ------
    MissingExtra
        If an MP4 is asked for without the extra ``film``.
    OutputError
        If there is no such film.
    """
    from limner.errors import OutputError
    from limner.files import film
    from limner.heads import sheet

    frames = sheet.film_frames([s.view for s in stops], _by_style(stops))
    if kind == "webp":
        return film.encode_webp_film(frames, per_second=per_second, recipe=recipe)
    if kind == "mp4":
        return film.encode_mp4(frames, per_second=per_second)
    raise OutputError(f"Views cannot be written as {kind}; choose webp or mp4.")


def _by_style(stops: Sequence[Turned]) -> dict[str, list[NDArray[np.uint8]]]:
    names = list(stops[0].drawings) if stops else []
    return {name: [s.drawings[name].pixels for s in stops] for name in names}
