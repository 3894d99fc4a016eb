"""What the studio can do here: nothing in → rooms that are ready, styles, parts, colours, as plain values."""

from __future__ import annotations

from typing import Any

from limner.api._about import find_style, style_names
from limner.api._draw import paper_names
from limner.api._studio_draw import LINES
from limner.api._studio_sketch import canvas_parts

__all__ = ["rooms", "state", "styles_table"]

#: Room of the studio → networks that it cannot do without. Styles by rule need no network to draw.
_NEEDED = {
    "draw": ("faces-detect", "faces-landmarks", "faces-parse"),
    "sketch": ("sketches-parts", "sketches-synthesis"),
    "turn": ("heads-encoder", "heads-field", "heads-renderer", "heads-sampler"),
}


def rooms() -> dict[str, dict[str, Any]]:
    """Return for each room whether its networks are installed and may be used, and a sentence if not."""
    from importlib import resources

    from limner.sketches.bank import FILE
    from limner.weights import session

    here = session()
    out = {}
    for room, needed in _NEEDED.items():
        missing = [name for name in needed if not here.serves(name)]
        if room == "sketch" and not (resources.files("limner.sketches") / FILE).is_file():
            missing.append("the bank of components")
        if here.commercial_only:
            sentence = "The networks of this room may not be used commercially, as was asked for."
        else:
            sentence = f"Not installed here: {', '.join(missing)}. Install a newer Limner."
        sentence = sentence if missing else ""
        out[room] = {"ready": not missing, "sentence": sentence}
    return out


def styles_table() -> list[dict[str, str]]:
    """Return the manners to draw in, the artists' first; those alone whose networks may be used."""
    from limner.weights import session

    table = []
    for name in style_names():
        style = find_style(name)
        if style.weight and not style.ledger and not session().serves(style.weight):
            continue
        kind = "own" if style.ledger else "network" if style.weight else "procedural"
        table.append({"name": name, "title": style.title, "kind": kind})
    table.append({"name": LINES, "title": "Clean lines, no artist's hand.", "kind": "lines"})
    return table


def state() -> dict[str, Any]:
    """Return all that a page needs to know before anything is sent."""
    from dataclasses import asdict

    from limner import __version__
    from limner.records import CLASS_COLORS, CLASSES, HEAD_PARTS, PARTS, Palette

    colors = asdict(Palette())
    return {
        "version": __version__,
        "rooms": rooms(),
        "styles": styles_table(),
        "papers": list(paper_names()),
        "parts": list(PARTS),
        **canvas_parts(),
        "palette": {k: list(v) if k == "light" else _hex(v) for k, v in colors.items()},
        "classes": list(CLASSES),
        "class_colors": [_hex(color) for color in CLASS_COLORS],
        "head_parts": list(HEAD_PARTS),
    }


def _hex(color: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
