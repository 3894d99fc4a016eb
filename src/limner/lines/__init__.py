"""Lines: a photo in → ink; ink in → strokes or outlines; strokes in → a sheet for a plotter."""

from limner.lines.extract import extract

__all__ = ["extract"]
