"""Styles: a face's crop, classes and lines in → a drawing in an artist's manner."""

from limner.styles.names import blend, find, names
from limner.styles.render import render_crop, render_photo

__all__ = ["blend", "find", "names", "render_crop", "render_photo"]
