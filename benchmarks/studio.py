"""Measure the studio as its page feels it: a server of its own in → benchmarks/studio.json, milliseconds over HTTP.

    python benchmarks/studio.py [--no-save]

One request at a time, as a hand makes them: a face is drawn stroke by stroke, a shadow asked for after each and a
preview after each pause; then a photograph is sent and looked at in every style. After that 32 clients draw at once,
and the page itself is watched in Chromium, where there is one. Medians and 95th percentiles.
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
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import bench
import studio_page
from works import SITTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULTS = bench.HERE / "studio.json"
#: Side of a style seen in small, as the page asks for it.
GLANCE_PX = 320
#: Clients that draw at once, strokes of each, how often one is told to come again before it gives up.
CLIENTS, EACH, TRIES = 32, 6, 20


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

    def patient_wish(self, path: str, **wish: object) -> bytes:
        """Return the same; whom the studio tells when to come again, waits so long and does."""
        for _ in range(TRIES - 1):
            try:
                return self.wish(path, **wish)
            except urllib.error.HTTPError as refusal:
                wait = refusal.headers.get("Retry-After")
                if refusal.code not in (429, 503) or wait is None:
                    raise
                time.sleep(float(wait))
        return self.wish(path, **wish)


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
        took.setdefault("start", []).append(1000 * (time.perf_counter() - began))
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


def client(studio: Studio, number: int) -> tuple[dict[str, list[float]], list[str]]:
    """Draw on a canvas of its own; return what took how long, waits included, and what went wrong.

    Every request says how many strokes were sent before, and is refused if the studio holds fewer: a lost stroke is
    an error.
    """
    took: dict[str, list[float]] = {}
    wrong: list[str] = []
    lines = strokes()
    for k in range(EACH):
        canvas = f"/v1/sketches/crowd-{number}"
        added = [lines[(number + k) % len(lines)]]
        told: dict[str, Any] = {"version": k + 1, "base": k or None, "keep": k, "add": added}
        again = {"version": k + 2, "base": k + 1, "keep": k + 1}
        wishes = [("shadow", told)] + ([("preview", again)] if k == EACH - 1 else [])
        for what, wish in wishes:
            try:
                name = f"{CLIENTS} clients: {what}"
                timed(took, name, partial(studio.patient_wish, f"{canvas}/{what}", **wish))
            except OSError as error:
                wrong.append(f"client {number}, {what} {k + 1}: {error}")
    return took, wrong


def crowd(studio: Studio, took: dict[str, list[float]]) -> list[str]:
    """Let the clients draw at once, note how long each answer took, return what went wrong."""
    with ThreadPoolExecutor(CLIENTS) as hands:
        told = list(hands.map(partial(client, studio), range(CLIENTS)))
    for times, _ in told:
        for name, more in times.items():
            took.setdefault(name, []).extend(more)
    return [line for _, wrong in told for line in wrong]


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
    told = bench.occasion()
    with opened(took) as studio:
        sketch(studio, took)
        photographs(studio, took)
        wrong = crowd(studio, took)
    studio_page.measure(opened, strokes(), took)
    found = table(took)
    for name, row in found.items():
        print(f"{name:40}{row['p50_ms']:10.1f} ms{row['p95_ms']:10.1f} ms p95")
    asked_for = CLIENTS * (EACH + 1)
    print(f"{CLIENTS} clients: {len(wrong)} errors in {asked_for} requests", *wrong, sep="\n  ")
    found[f"{CLIENTS} clients: errors"] = {"errors": len(wrong), "count": asked_for}
    if not asked.no_save:
        told |= {"results": found}
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
