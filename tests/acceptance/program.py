"""The program as a user runs it: words in → a process, its exit code and what it said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from limner import api, weights

#: Networks that a drawing needs; a checkout that has not taught them yet cannot be asked to draw.
NEEDED = ("faces-detect", "faces-landmarks", "faces-parse", "styles-draw")
needs_networks = pytest.mark.skipif(
    not set(NEEDED) <= {row.name for row in weights.ledger.rows()},
    reason="the networks of faces and styles are not taught yet",
)


#: Defines ``peak_mb()`` in a child: its own most resident memory. `getrusage` will not do on Linux, where a child
#: takes over the peak of the process that started it.
PEAK = """
def peak_mb():
    import re, resource, sys
    try:
        status = open("/proc/self/status").read()
        return int(re.search(r"VmHWM:\\s*(\\d+)", status)[1]) / 1000
    except OSError:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return used / (1e6 if sys.platform == "darwin" else 1e3)
"""


def command(*words: str | Path) -> list[str]:
    """Return the command line that runs the program with `words`."""
    return [sys.executable, "-m", "limner.cli", *(str(word) for word in words)]


def run(
    *words: str | Path,
    cwd: Path | None = None,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run the program in a process of its own."""
    return subprocess.run(
        command(*words),
        cwd=cwd,
        input=stdin,
        env={**os.environ, **(env or {})},
        capture_output=True,
        check=False,
    )


def objects(out: bytes) -> list[dict[str, Any]]:
    """Return the JSON lines of stdout."""
    return [json.loads(line) for line in out.decode("utf-8").splitlines()]


def small(sitter: Path, side: int = 256) -> NDArray[np.uint8]:
    """Return a sitter at a size that is quick to draw."""
    return api.read_photo(sitter, max_side_px=side).pixels


def save(pixels: NDArray[np.uint8], path: Path) -> Path:
    """Write pixels as a file."""
    Image.fromarray(pixels).save(path)
    return path


def landscape(width: int = 240, height: int = 160) -> NDArray[np.uint8]:
    """Return a picture with nobody in it: sky, hills and a fence."""
    y, x = np.mgrid[0:height, 0:width]
    hills = height * (0.55 + 0.12 * np.sin(x / 31) + 0.05 * np.sin(x / 7))
    sky = np.stack([120 + y * 0.5, 160 + y * 0.4, np.full(y.shape, 235)], -1)
    land = np.stack([60 + x * 0.2, 110 + y * 0.2, np.full(y.shape, 50)], -1)
    picture = np.where((y > hills)[..., None], land, sky)
    picture[int(height * 0.8) :, ::12] = 40
    return np.asarray(picture.clip(0, 255), np.uint8)
