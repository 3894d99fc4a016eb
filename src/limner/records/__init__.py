"""What the rooms hand to each other: frozen, validated records of numpy arrays; no files, no models."""

from limner.records.drawing import Drawing
from limner.records.face import Face
from limner.records.head import HEAD_PARTS, UNPAINTED, Head, HeadPaint, HeadPart, HeadSource
from limner.records.line import LineDrawing
from limner.records.photo import Photo
from limner.records.plot import Plot
from limner.records.recipe import Recipe
from limner.records.semantic import CLASS_COLORS, CLASSES, MIRRORED, PARTS, SemanticMap
from limner.records.sketch import Palette, Sketch
from limner.records.stroke import Stroke
from limner.records.style import Style
from limner.records.url import Url
from limner.records.view import View

__all__ = [
    "CLASSES",
    "CLASS_COLORS",
    "HEAD_PARTS",
    "MIRRORED",
    "PARTS",
    "UNPAINTED",
    "Drawing",
    "Face",
    "Head",
    "HeadPaint",
    "HeadPart",
    "HeadSource",
    "LineDrawing",
    "Palette",
    "Photo",
    "Plot",
    "Recipe",
    "SemanticMap",
    "Sketch",
    "Stroke",
    "Style",
    "Url",
    "View",
]
