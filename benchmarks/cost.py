"""Measure what a picture costs by its size and by how many people it shows: sitters in → costs.json and two charts.

    python benchmarks/cost.py [--no-save] [--repeats 3]

By size: one sitter in squares of 256 to 4,096 px. By faces: 1 to 32 sitters, each in a field of 256 px, on one sheet of
2,048 × 1,536. Every point has a process of its own: one call to warm up, the median of the rest, the process's peak of
memory. `make docs` prints the table; the charts lie beside the page.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bench
import numpy as np
import works
from chart import Chart

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from limner import Photo

RESULTS = bench.HERE / "costs.json"
PAGES = bench.HERE.parent / "docs" / "explanation"
SIDES_PX = (256, 512, 1024, 1536, 2048, 3072, 4096)
FACES = (1, 2, 4, 8, 16, 32)
#: The sheet of many people, width and height, and each one's field.
SHEET_PX, FIELD_PX = (2048, 1536), 256
#: Grey of the sheet where nobody is.
GROUND = 200


def crowd(people: int) -> NDArray[np.uint8]:
    """Return the sheet with the first so many fields filled by the sample sitters in turn."""
    sheet = np.full((SHEET_PX[1], SHEET_PX[0], 3), GROUND, np.uint8)
    sitters = works.sitters(FIELD_PX)
    across = SHEET_PX[0] // FIELD_PX
    for k in range(people):
        y, x = (FIELD_PX * v for v in divmod(k, across))
        sheet[y : y + FIELD_PX, x : x + FIELD_PX] = sitters[k % len(sitters)]
    return sheet


def steps(photo: Photo) -> dict[str, Callable[[], object]]:
    """Return what is measured: name → work."""
    import limner

    faces = limner.detect_faces(photo)
    return {
        "faces found": lambda: limner.detect_faces(photo),
        "parts": lambda: limner.parse_face(photo, faces=faces),
        "lines": lambda: limner.extract_lines(photo),
        "croquis": lambda: limner.draw(photo, style="croquis"),
        "oil": lambda: limner.draw(photo, style="oil"),
    }


def measure(kind: str, value: int, repeats: int) -> dict[str, float]:
    """Measure one point in this process: milliseconds by step, faces that were found, MB."""
    import limner

    photo = limner.read_photo(works.picture(value) if kind == "size" else crowd(value))
    took = {name: round(bench.median_ms(do, repeats), 1) for name, do in steps(photo).items()}
    return took | {"found": len(limner.detect_faces(photo)), "rss_mb": round(bench.peak_mb())}


def measure_apart(kind: str, value: int, repeats: int) -> dict[str, float]:
    """Measure one point in a process of its own."""
    point = [kind, str(value), str(repeats)]
    words = [sys.executable, str(Path(__file__).resolve()), "--worker", *point]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    print(f"{kind} {value}: {found}", flush=True)
    return found


def charts(told: dict[str, Any]) -> dict[str, str]:
    """Return the charts of a run by the names of their files."""
    names = [n for n in next(iter(told["size"].values())) if n not in ("found", "rss_mb")]

    def rows(kind: str, scale: Callable[[int], float]) -> dict[str, list[tuple[float, float]]]:
        found = {int(value): row for value, row in told[kind].items()}
        return {n: [(scale(v), max(row[n], 0.1)) for v, row in found.items()] for n in names}

    size = rows("size", lambda side: side**2 / 1e6)
    faces = rows("faces", float)
    return {
        "cost-size.svg": Chart("One person, by the picture's size", "megapixels", "ms", size).svg(),
        "cost-faces.svg": Chart("Three megapixels, by people", "people", "ms", faces).svg(),
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--no-save", action="store_true", help="write nothing")
    parser.add_argument("--repeats", type=int, default=3, help="calls after the one that warms up")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        kind, value, repeats = asked.worker
        print(json.dumps(measure(kind, int(value), int(repeats))))
        return
    told = bench.occasion()
    for kind, values in (("size", SIDES_PX), ("faces", FACES)):
        told[kind] = {str(v): measure_apart(kind, v, asked.repeats) for v in values}
    if not asked.no_save:
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        for name, svg in charts(told).items():
            (PAGES / name).write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
