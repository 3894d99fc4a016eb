"""Photographs in a worker: a file's bytes and what is wanted in → facts about it, or the bytes of a drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from limner import api
from limner.api import _studio_draw as rooms
from limner.errors import InputError
from limner.studio.jobs.memory import Memory

if TYPE_CHECKING:
    from limner.records import Face, Photo, Plot

__all__ = ["Source", "drawing", "faces", "open_photo", "picture", "plot", "seen", "warm_up"]

Made = tuple[bytes, dict[str, Any]]

#: Megapixels of decoded photographs, and how many photographs' faces, that a worker remembers.
_MEGAPIXELS = 40.0
_photos: Memory[Photo] = Memory(_MEGAPIXELS)
_faces: Memory[tuple[Face, ...]] = Memory(256)


@dataclass(frozen=True, slots=True)
class Source:
    """A photograph that the server holds.

    Parameters
    ----------
    key : str
        Its id.
    data : bytes
        The file.
    megapixels : float
        The most that is decoded.
    """

    key: str
    data: bytes
    megapixels: float = 60.0


def warm_up() -> None:
    """Open what the first drawing needs."""
    import numpy as np

    grey = np.full((256, 256, 3), 128, np.uint8)
    api.detect_faces(grey)
    api.draw(grey, whole_picture=True)


def _photo(source: Source, max_side: int | None = None) -> Photo:
    return _photos.get(
        f"{source.key}@{max_side}",
        lambda: api.read_photo(source.data, max_side_px=max_side, max_megapixels=source.megapixels),
        lambda photo: math.prod(photo.size_px) / 1e6,
    )


def seen(source: Source, max_side: int | None = None) -> tuple[Photo, tuple[Face, ...]]:
    """Return a photograph and its faces, as they are known already if they are."""
    photo = _photo(source, max_side)
    found = _faces.get(f"{source.key}@{max_side}", lambda: api.detect_faces(photo))
    return photo, found


def open_photo(source: Source) -> dict[str, Any]:
    """Return what a photograph is; raises if it cannot be read."""
    photo = _photo(source)
    width, height = photo.size_px
    return {"width": width, "height": height, "notes": list(photo.notes)}


def picture(source: Source, max_side: int | None, kind: str) -> Made:
    """Return the upright photograph as a file that browsers show."""
    photo = _photo(source, max_side)
    return api.encode(photo, kind=kind), _size(photo)


def faces(source: Source, *, points: bool) -> dict[str, Any]:
    """Return where everybody is."""
    photo, found = seen(source)
    listed = []
    for index, face in enumerate(found):
        row = {"index": index, **face.as_json()}
        row.pop("landmarks", None)
        if points:
            row["points"] = face.landmarks.astype(float).round(1).tolist()
        listed.append(row)
    return {"faces": listed, **_size(photo)}


def _size(photo: Photo) -> dict[str, Any]:
    return {"width": photo.size_px[0], "height": photo.size_px[1]}


def _whom(found: tuple[Face, ...], wanted: Any) -> tuple[Face, ...]:
    if wanted == "all":
        return found
    if wanted == "largest":
        return api.largest_face(found)
    for index in wanted:
        if not isinstance(index, int) or not 0 <= index < len(found):
            raise InputError(
                f"Face {index!r} was asked for; the picture has {len(found)}, counted from 0."
            )
    return tuple(found[int(i)] for i in dict.fromkeys(wanted))


def _drawn(source: Source, wish: dict[str, Any]) -> tuple[Any, Photo, tuple[Face, ...]]:
    photo, found = seen(source, wish["max_side"])
    chosen = _whom(found, wish["faces"])
    named = ("paper", "ink", "stroke_scale", "whole_picture", "seed")
    told = {name: wish[name] for name in named if name in wish}
    manner = rooms.manner_of(wish["style"], wish["strength"], **told)
    layers = wish["kind"] == "ora"
    return rooms.draw_as(photo, chosen, manner, layers=layers), photo, chosen


def drawing(source: Source, wish: dict[str, Any]) -> Made:
    """Return the file of a drawing; `wish` holds the fields of the request."""
    made, photo, chosen = _drawn(source, wish)
    data = rooms.encode_drawing(
        made, wish["kind"], photo=photo, faces=chosen, transparent=wish["transparent"]
    )
    return data, {**_size(photo), "style": made.style, "faces": len(chosen)}


def plot(source: Source, wish: dict[str, Any]) -> bytes | dict[str, Any]:
    """Return the sheet for a plotter, as a file or as plain numbers for a preview."""
    lines = wish["source"] == "lines"
    made, photo, chosen = _drawn(source, wish | ({"style": rooms.LINES} if lines else {}))
    page = wish["page_mm"]
    sheet = rooms.plot_of(
        made,
        photo,
        chosen,
        page_mm=(page[0], page[1]),
        margin_mm=wish["margin_mm"],
        pen_mm=wish["pen_mm"],
        hatch=wish["hatch"],
    )
    if wish["kind"] != "json":
        return api.encode(sheet, kind=wish["kind"], recipe=made.recipe)
    return _numbers(sheet)


def _numbers(sheet: Plot) -> dict[str, Any]:
    at, travel, strokes = [0.0, 0.0], [], []
    for stroke in sheet.strokes:
        points = stroke.points[:, :2].astype(float).round(2).tolist()
        travel.append([*at, *points[0]])
        at = points[-1]
        strokes.append({"part": stroke.part, "points_mm": points})
    return {
        "page_mm": list(sheet.page_mm),
        "pen_mm": sheet.pen_mm,
        "draw_mm": round(sheet.drawn_mm, 1),
        "travel_mm": round(sheet.travel_mm, 1),
        "strokes": strokes,
        "travel_mm_lines": travel,
    }
