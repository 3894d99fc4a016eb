"""Heads in a worker: a photograph, seed or file in → the file of a head; that and a camera in → a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limner import api
from limner.api import _studio_sketch as pictures
from limner.api import _studio_turn as rooms
from limner.errors import NoFace
from limner.studio.jobs.draw import seen
from limner.studio.jobs.memory import Memory

if TYPE_CHECKING:
    from limner.studio.jobs.draw import Made, Source

__all__ = ["check_file", "edited", "film", "from_photo", "from_seed", "mesh", "painted", "view"]

#: Heads set up for looking; each holds its maps, some megabytes.
_turning: Memory[Any] = Memory(6)
#: The ink of heads by manner, so that it holds while they are dragged; megapixels, of which each has three key views.
_inks: Memory[Any] = Memory(4.0)
#: What was seen last: a drawing and the labels over it are one view.
_views: Memory[Any] = Memory(2)


def from_photo(source: Source, index: int) -> Made:
    """Return the head of one of a photograph's people."""
    photo, found = seen(source)
    if not 0 <= index < len(found):
        raise NoFace(f"Face {index} was asked for; the picture has {len(found)}, counted from 0.")
    return _made(api.photo_to_head(photo, face=found[index]))


def from_seed(seed: int, truncation_psi: float) -> Made:
    """Return a random head."""
    return _made(api.seed_to_head(seed, truncation_psi=truncation_psi))


def check_file(data: bytes) -> Made:
    """Return the head of a file, written anew; raises if it is none."""
    return _made(rooms.decode_head(data))


def edited(data: bytes, wish: dict[str, Any], other: bytes | None) -> Made:
    """Return a head with another part."""
    head = rooms.decode_head(data)
    second = None if other is None else rooms.decode_head(other)
    return _made(
        rooms.head_with(head, wish["part"], seed=wish["seed"], other=second, amount=wish["amount"])
    )


def mesh(data: bytes) -> bytes:
    """Return a head as a GLB for 3D programs."""
    return api.export_head(rooms.decode_head(data))


def film(data: bytes, wish: dict[str, Any]) -> bytes:
    """Return an animated WebP of a head that turns."""
    count, half = wish["frames"], wish["yaw_deg"]
    angles = [(half * (2 * k / (count - 1) - 1), wish["pitch_deg"]) for k in range(count)]
    return rooms.film_of(rooms.decode_head(data), angles, style=wish["style"], parts=wish["parts"])


def _made(head: Any) -> Made:
    return rooms.encode_head(head), rooms.head_facts(head)


def painted(data: bytes, labels: bytes, yaw_deg: float, pitch_deg: float) -> Made:
    """Return a head whose map was painted over, as a picture's bytes, in one view."""
    return _made(rooms.painted_head(rooms.decode_head(data), labels, yaw_deg, pitch_deg))


def view(key: str, data: bytes, wish: dict[str, Any]) -> Made:
    """Return what a camera sees of a head, as a picture's bytes."""
    whose = f"{key}/{wish['background']}"
    turn = _turning.get(whose, lambda: rooms.renderer(rooms.decode_head(data), wish["background"]))
    place = wish["yaw_deg"], wish["pitch_deg"], wish["size"]
    seen_view = _views.get(f"{whose}/{place}", lambda: rooms.view_of(turn, *place))
    ink = _ink(whose, turn, wish) if wish["show"] == "drawing" else None
    pixels = rooms.picture_of(seen_view, wish["show"], ink=ink)
    settings = {k: wish[k] for k in ("yaw_deg", "pitch_deg", "show")}
    facts = {
        "width": seen_view.size_px,
        "height": seen_view.size_px,
        "yaw_deg": round(seen_view.yaw_deg, 2),
        "pitch_deg": round(seen_view.pitch_deg, 2),
    }
    return pictures.encode_made(pixels, wish["kind"], "turn", settings), facts


def _ink(whose: str, turn: Any, wish: dict[str, Any]) -> Any:
    """Return who draws a head's views in the manner that is wanted, the same for all its views."""
    size, parts = wish["size"], wish["parts"]
    manner = wish["style"], wish["strength"], sorted(parts.items()), size
    return _inks.get(
        f"{whose}/{manner}",
        lambda: rooms.holder_of(
            turn, wish["style"], strength=wish["strength"], parts=parts, size_px=size
        ),
        lambda _: 3 * size * size / 1e6,
    )
