"""Lines: a photo in → ink; ink in → strokes or outlines; strokes in → a sheet for a plotter."""

from limner.lines.extract import extract
from limner.lines.hatch import hatch
from limner.lines.outline import outline
from limner.lines.plot import plot
from limner.lines.trace import trace

__all__ = ["extract", "hatch", "outline", "plot", "trace"]
