"""Strokes in → pictures that stand for what networks would make of them."""

from __future__ import annotations

import io
import itertools
from typing import Any

from PIL import Image, ImageDraw

SIDE = 512


def encode(picture: Image.Image, kind: str = "PNG") -> bytes:
    """Return a picture's file."""
    buffer = io.BytesIO()
    picture.convert("RGB" if kind == "JPEG" else picture.mode).save(buffer, kind)
    return buffer.getvalue()


def draw_strokes(strokes: list[dict[str, Any]], side: int = SIDE) -> Image.Image:
    """Return strokes on paper, as grey as they come."""
    paper = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(paper)
    for stroke in strokes:
        line = [(x * side / SIDE, y * side / SIDE) for x, y, *_ in stroke["points"]]
        pen.line(line or [(0, 0)], fill=30, width=max(1, round(stroke.get("width", 2))))
    return paper


def shadow() -> Image.Image:
    """Return a head's shadow, 255 darkest."""
    dark = Image.new("L", (SIDE, SIDE), 0)
    pen = ImageDraw.Draw(dark)
    pen.ellipse((130, 90, 382, 440), outline=200, width=14)
    for box in ((180, 210, 235, 235), (277, 210, 332, 235), (220, 345, 292, 370)):
        pen.ellipse(box, outline=190, width=8)
    return dark


def portrait(strokes: list[dict[str, Any]], side: int) -> Image.Image:
    """Return something that stands for a photograph of the strokes."""
    ground = Image.new("RGB", (side, side), "#7a716b")
    pen = ImageDraw.Draw(ground)
    pen.ellipse((side * 0.25, side * 0.15, side * 0.75, side * 0.87), fill="#cd9e85")
    return Image.composite(
        ground, Image.new("RGB", (side, side), "#3c2820"), draw_strokes(strokes, side)
    )


def ball(side: int, yaw: float) -> Image.Image:
    """Return a ball with a nose that turns."""
    picture = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((side * 0.2, side * 0.15, side * 0.8, side * 0.85), outline="black", width=3)
    x = side * (0.5 - yaw / 200)
    nose = (x, side * 0.4, x - side * 0.04, side * 0.6, x + side * 0.02, side * 0.6)
    pen.line(nose, fill="black", width=3)
    return picture


def spiral(width: float, height: float) -> tuple[list[dict[str, Any]], list[list[float]]]:
    """Return the strokes of a plot in millimetres, and the lifted pen's ways between them."""
    strokes: list[dict[str, Any]] = [
        {
            "part": "hair",
            "points_mm": [
                [width / 2 + k + t, height / 2 + (t - 20) * (k % 7 - 3)] for t in range(40)
            ],
        }
        for k in range(-40, 40, 4)
    ]
    ways = [[*a["points_mm"][-1], *b["points_mm"][0]] for a, b in itertools.pairwise(strokes)]
    return strokes, ways
