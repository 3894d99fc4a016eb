"""Everything that reads bytes of strangers: a name in → whole examples, and what reads them; also run by atheris.

    python tests/acceptance/parsers.py head -max_total_time=600 CORPUS

A parser may refuse, with one of Limner's own errors and a sentence; whatever else it raises is a fault. Drawings as SVG
are written and never read, and a project file is read by the browser's page alone (tests/studio/browser/test_keep.py).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from limner import api, errors

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Parser:
    """What reads, and files that it takes."""

    read: Callable[[bytes], object]
    whole: Callable[[], list[bytes]]

    def outcome(self, data: bytes) -> str:
        """Return "read" or "refused"; raises what nobody foresaw."""
        try:
            self.read(data)
        except errors.LimnerError as error:
            if not str(error):
                raise AssertionError("refused without a word") from error
            return "refused"
        return "read"


@cache
def pictures() -> list[bytes]:
    """Return a small picture in every format that is read."""
    pixels = np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype=np.uint8)
    made = []
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF"):
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, kind)
        made.append(stream.getvalue())
    return made


@cache
def heads() -> list[bytes]:
    """Return the file of a head of nobody."""
    import limner
    from limner.heads import encode_head

    return [encode_head(limner.seed_to_head(0))]


def strokes() -> list[bytes]:
    """Return what a page sends of a sketch."""
    line = {"points": [[10, 10, 1], [20, 30, 0.5]], "width": 2}
    return [json.dumps({"version": 1, "add": [line], "palette": {"skin": "#c68642"}}).encode()]


def read_strokes(data: bytes) -> object:
    """Read a canvas's change as the studio does."""
    import pydantic

    from limner.studio.bodies import CanvasWish
    from limner.studio.canvases import advance
    from limner.studio.errors import Problem
    from limner.studio.limits import Limits

    try:
        return advance(None, CanvasWish.model_validate_json(data), Limits())
    except (pydantic.ValidationError, Problem) as error:
        raise errors.InputError(repr(error)) from error


def read_head(data: bytes) -> object:
    """Read a head's file."""
    from limner.heads import decode_head

    return decode_head(data, "a.limner")


def read_sealed(data: bytes) -> object:
    """Read a head's file under a hash that is right, as a forger would write it: else all ends at the hash."""
    found = re.search(rb'"sha256":"([0-9a-f]{64})"', data[:1_000_000])
    if found is not None:
        start, stop = found.span(1)
        blank = data[:start] + b"0" * 64 + data[stop:]
        data = data[:start] + hashlib.sha256(blank).hexdigest().encode() + data[stop:]
    return read_head(data)


PARSERS = {
    "image": Parser(lambda data: api.read_photo(io.BytesIO(data)), pictures),
    "head": Parser(read_head, heads),
    "sealed-head": Parser(read_sealed, heads),
    "strokes": Parser(read_strokes, strokes),
}


def main(words: list[str]) -> None:
    """Let atheris look for bytes that break one parser."""
    import atheris

    parser = PARSERS[words[0]]
    folder = Path(next((w for w in words[1:] if not w.startswith("-")), "fuzz-corpus"))
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(parser.whole()):
        (folder / f"whole-{number}").write_bytes(data)
        parser.outcome(data)  # what is imported only when it is needed shall be watched too
    atheris.instrument_all()
    options = [w for w in words[1:] if w.startswith("-")]
    # Seconds of the clock, of code that is watched at every step and perhaps of a busy machine: a whole picture of
    # 32 megapixels, 0.2 s otherwise, was once taken for a hang at 5.
    atheris.Setup(
        [sys.argv[0], "-timeout=30", "-rss_limit_mb=2048", *options, str(folder)], parser.outcome
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
