"""Measure the studio as its page feels it: a server of its own in → benchmarks/studio.json, milliseconds over HTTP.

    python benchmarks/studio.py [--no-save]

One request at a time, as a hand makes them: a face is drawn stroke by stroke, a shadow asked for after each and a
preview after each pause; then a photograph is sent and looked at in every style. Medians and 95th percentiles.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import bench
from works import SITTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULTS = bench.HERE / "studio.json"
#: Side of a style seen in small, as the page asks for it.
GLANCE_PX = 320


@dataclass(frozen=True, slots=True)
class Studio:
    """A server that answers."""

    url: str
    token: str

    def ask(self, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        """Return what it answers; an error is raised."""
        headers = {"X-Limner-Token": self.token, "Content-Type": kind}
        request = urllib.request.Request(self.url.rstrip("/") + path, body, headers)  # noqa: S310 - our own server
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return bytes(answer.read())

    def wish(self, path: str, **wish: object) -> bytes:
        """Return the answer to a JSON body."""
        return self.ask(path, json.dumps(wish).encode())


@contextmanager
def opened(took: dict[str, list[float]]) -> Iterator[Studio]:
    """Start a studio, note how long it takes to answer, and end it."""
    words = ["-m", "limner.cli", "studio", "--no-browser", "--port", "0", "--json"]
    token = "benchmark-token-1234"  # noqa: S105 - of a server that lives for a minute
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, "LIMNER_STUDIO_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - asked for above
        studio = Studio(json.loads(process.stdout.readline())["url"], token)
        studio.ask("/healthz")
        took["start"] = [1000 * (time.perf_counter() - began)]
        yield studio
    finally:
        process.terminate()
        process.wait()


def timed(took: dict[str, list[float]], name: str, work: Callable[[], Any]) -> Any:
    """Do something, note how long it took under a name, return what came of it."""
    began = time.perf_counter()
    got = work()
    took.setdefault(name, []).append(1000 * (time.perf_counter() - began))
    return got


def strokes() -> list[dict[str, Any]]:
    """Return a face as a hand draws it: 24 arcs on the canvas of 512 px."""
    places = [(256, 262, 118, 158), (256, 200, 128, 120), (204, 252, 24, 11), (308, 252, 24, 11)]
    places += [(204, 228, 32, 14), (308, 228, 32, 14), (256, 318, 14, 8), (256, 364, 40, 16)]
    return [
        {
            "points": [
                [x + rx * math.cos(a), y + ry * math.sin(a), 1]
                for a in (2.1 * (third + k / 16) for k in range(17))
            ],
            "width": 3,
        }
        for x, y, rx, ry in places
        for third in range(3)
    ]


def sketch(studio: Studio, took: dict[str, list[float]]) -> None:
    """Draw a face; every stroke has its shadow, every third its preview."""
    canvas = "/v1/sketches/bench"
    for k, stroke in enumerate(strokes()):
        told = {"version": k + 1, "base": k or None, "keep": k, "add": [stroke]}
        # The first of each loads its networks, which the page does before it is asked.
        name = "shadow" if k else "shadow, the first"
        timed(took, name, partial(studio.wish, f"{canvas}/shadow", **told))
        if k % 3 == 2:
            again = {"version": k + 1, "base": k + 1, "keep": k + 1}
            name = "preview" if k > 3 else "preview, the first"
            timed(took, name, partial(studio.wish, f"{canvas}/preview", **again))


def photographs(studio: Studio, took: dict[str, list[float]], rounds: int = 3) -> None:
    """Send a photograph, look at it in every style in small, as the page does."""
    styles = [row["name"] for row in json.loads(studio.ask("/v1/styles"))]
    for number in range(rounds):
        tail = str(number).encode()  # the same bytes again would be known already
        sent = studio.ask("/v1/photos", SITTER.read_bytes() + tail, "image/jpeg")
        path = f"/v1/photos/{json.loads(sent)['photo']}"
        timed(took, "faces found", partial(studio.ask, f"{path}/faces"))
        began = time.perf_counter()
        for style in styles:
            glance = partial(studio.wish, f"{path}/drawing", style=style, max_side=GLANCE_PX)
            timed(took, f"glance: {style}", glance)
        took.setdefault("all styles at a glance", []).append(1000 * (time.perf_counter() - began))


def table(took: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return median, 95th percentile and count of each."""
    return {
        name: {
            "p50_ms": round(statistics.median(times), 1),
            "p95_ms": round(sorted(times)[max(0, math.ceil(0.95 * len(times)) - 1)], 1),
            "count": len(times),
        }
        for name, times in took.items()
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--no-save", action="store_true", help="leave studio.json as it is")
    asked = parser.parse_args()
    took: dict[str, list[float]] = {}
    load = bench.load_per_core()
    with opened(took) as studio:
        sketch(studio, took)
        photographs(studio, took)
    found = table(took)
    for name, row in found.items():
        print(f"{name:28}{row['p50_ms']:10.0f} ms{row['p95_ms']:10.0f} ms p95")
    if not asked.no_save:
        machine = bench.machine() | {"load": load}
        told = {"machine": machine, "commit": bench.commit(), "results": found}
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
