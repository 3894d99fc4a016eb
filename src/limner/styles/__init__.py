"""Styles: a face's crop, classes and lines in → a drawing in an artist's manner."""

from limner.styles.layers import split
from limner.styles.names import blend, find, names
from limner.styles.network import Guide
from limner.styles.render import has_color, render_crop, render_guide, render_photo
from limner.styles.sheet import PAPERS, find_paper, put_on_paper
from limner.styles.wish import Wish, read_parts

__all__ = [
    "PAPERS",
    "Guide",
    "Wish",
    "blend",
    "find",
    "find_paper",
    "has_color",
    "names",
    "put_on_paper",
    "read_parts",
    "render_crop",
    "render_guide",
    "render_photo",
    "split",
]
