"""What can be measured: a case's arguments in → a function without arguments that does the work once."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner import Photo

Work = Callable[[], object]

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SITTER = EXAMPLES / "samples" / "curls-001.jpg"
SKETCH = EXAMPLES / "sketches" / "long-hair.png"


def picture(side_px: int) -> NDArray[np.uint8]:
    """Return the sitter as (side, side, 3) uint8 sRGB."""
    from PIL import Image

    with Image.open(SITTER) as opened:
        square = opened.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    return np.asarray(square)


def sitters(side_px: int) -> list[NDArray[np.uint8]]:
    """Return the upper left squares of all sample sitters, (side, side, 3) uint8 sRGB."""
    from PIL import Image

    squares = []
    for path in sorted(SITTER.parent.glob("*.jpg")):
        with Image.open(path) as opened:
            side = min(opened.size)
            square = opened.convert("RGB").crop((0, 0, side, side))
        squares.append(np.asarray(square.resize((side_px, side_px), Image.Resampling.LANCZOS)))
    return squares


def _photo(side_px: int) -> Photo:
    import limner

    return limner.read_photo(picture(side_px))


def matmul(side: int) -> Work:
    """Multiply two float32 matrices: what this processor can do at all."""
    a = np.random.default_rng(0).standard_normal((side, side)).astype(np.float32)
    return lambda: a @ a


def pencil_sketch(side_px: int) -> Work:
    """Run OpenCV's own pencil filter."""
    import cv2

    pixels = picture(side_px)
    return lambda: cv2.pencilSketch(pixels, sigma_s=60, sigma_r=0.07, shade_factor=0.05)


def twin(name: str, side_px: int) -> Work:
    """Run a published network, untrained, in torch: what such work usually costs."""
    import twins

    return twins.once(name, side_px)


def faces(side_px: int) -> Work:
    """Detect, find landmarks, align and parse one face."""
    import limner

    photo = _photo(side_px)

    def once() -> object:
        (face,) = limner.detect_faces(photo)
        return limner.parse_face(photo, face=face)

    return once


def lines(side_px: int) -> Work:
    """Extract lines, faces and parts included."""
    import limner

    photo = _photo(side_px)
    return lambda: limner.extract_lines(photo)


def plot(side_px: int) -> Work:
    """Trace a line drawing into strokes on an A4 sheet."""
    import limner

    drawing = limner.extract_lines(_photo(side_px))
    return lambda: limner.trace_lines(drawing)


def draw(side_px: int, style: str) -> Work:
    """Draw one photograph, from its pixels to the drawing's."""
    import limner

    photo = _photo(side_px)
    return lambda: limner.draw(photo, style=style)


def compose(size_px: int) -> Work:
    """Turn one sketch into a photograph, from its pixels on."""
    import limner

    sketch = SKETCH.read_bytes()
    return lambda: limner.compose(sketch, size_px=size_px)


def head(side_px: int) -> Work:
    """Make the head of one photographed person."""
    import limner

    photo = _photo(side_px)
    return lambda: limner.photo_to_head(photo)


def view(side_px: int, size_px: int) -> Work:
    """See a photographed head from another side each time."""
    import limner

    turn = limner.HeadRenderer(limner.photo_to_head(_photo(side_px)))
    angles = itertools.cycle(range(-30, 31, 4))
    return lambda: turn.view(yaw_deg=next(angles), size_px=size_px)


def orbit(side_px: int, size_px: int, views: int, style: str) -> Work:
    """Walk around a photographed head from side to side, every view drawn, its keys included."""
    import limner

    made = limner.photo_to_head(_photo(side_px))
    angles = [(float(yaw), 0.0) for yaw in np.linspace(-30, 30, views)]
    return lambda: list(limner.orbit(made, angles_deg=angles, size_px=size_px, styles=(style,)))


def process(words: list[str]) -> Work:
    """Run the command line in a fresh process; its caches are warm from the second time on."""
    out = tempfile.mkdtemp(prefix="limner-bench-")
    filled = [word.format(photo=SITTER, sketch=SKETCH, out=out) for word in words]
    return python("import sys; from limner.cli import main; sys.exit(main())", *filled)


def python(code: str, *words: str) -> Work:
    """Run code in a fresh Python, whose own start of some 15 ms counts too."""
    command = [sys.executable, "-c", code, *words]
    return lambda: subprocess.run(command, check=True, capture_output=True)
