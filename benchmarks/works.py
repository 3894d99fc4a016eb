"""What can be measured: a case's arguments in → a function without arguments that does the work once."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from limner import Photo

Work = Callable[[], object]

SITTER = Path(__file__).resolve().parent.parent / "examples" / "samples" / "curls-001.jpg"


def picture(side_px: int) -> NDArray[np.uint8]:
    """Return the sitter as (side, side, 3) uint8 sRGB."""
    from PIL import Image

    with Image.open(SITTER) as opened:
        square = opened.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    return np.asarray(square)


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


def pix2pixhd(side_px: int) -> Work:
    """Run an untrained float32 network of pix2pixHD's global shape in torch: what drawing usually costs."""
    import torch

    net = generator().eval()
    crop = torch.zeros(1, 1, side_px, side_px)

    def once() -> object:
        with torch.inference_mode():
            return net(crop)

    return once


def generator(width: int = 64, downs: int = 4, blocks: int = 9) -> torch.nn.Module:
    """Build the generator: convolution 7, `downs` strided, `blocks` residual, `downs` transposed, convolution 7.

    References
    ----------
    Wang et al., "High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs", CVPR 2018, §3.
    """
    from torch import nn

    class Residual(nn.Module):
        def __init__(self, channels: int) -> None:
            super().__init__()
            self.path = nn.Sequential(
                nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels), nn.ReLU(),
                nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels),
            )  # fmt: skip

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = x + self.path(x)
            return out

    layers: list[nn.Module] = [
        nn.ReflectionPad2d(3),
        nn.Conv2d(1, width, 7),
        nn.InstanceNorm2d(width),
        nn.ReLU(),
    ]
    channels = width
    for _ in range(downs):
        layers += [
            nn.Conv2d(channels, 2 * channels, 3, 2, 1),
            nn.InstanceNorm2d(2 * channels),
            nn.ReLU(),
        ]
        channels *= 2
    layers += [Residual(channels) for _ in range(blocks)]
    for _ in range(downs):
        layers += [
            nn.ConvTranspose2d(channels, channels // 2, 3, 2, 1, 1), nn.InstanceNorm2d(channels // 2), nn.ReLU(),
        ]  # fmt: skip
        channels //= 2
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, 1, 7), nn.Tanh())


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


def process(words: list[str]) -> Work:
    """Run the command line in a fresh process; its caches are warm from the second time on."""
    out = tempfile.mkdtemp(prefix="limner-bench-")
    filled = [word.format(photo=SITTER, out=out) for word in words]
    return python("import sys; from limner.cli import main; sys.exit(main())", *filled)


def python(code: str, *words: str) -> Work:
    """Run code in a fresh Python, whose own start of some 15 ms counts too."""
    command = [sys.executable, "-c", code, *words]
    return lambda: subprocess.run(command, check=True, capture_output=True)
