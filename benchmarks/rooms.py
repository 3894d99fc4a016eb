"""Measure where a verb's time goes: draw, compose and orbit under Python's profiler → rooms.json, shares by room.

    python benchmarks/rooms.py [VERB ...] [--top 10] [--no-save]

Each verb is called once to warm up and then watched, on one thread, so that all of it is seen. Time in NumPy, OpenCV
and Pillow counts for the room that called them; time inside the runtime is the networks', each by its name. The
profiler slows small Python calls down: believe the shares, not the milliseconds.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bench
import works

from limner import weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULTS = bench.HERE / "rooms.json"
#: What the runtime's own room is called in the table.
NETWORKS = "networks"
#: A function as the profiler names it: file, line, name.
Place = tuple[str, int, str]

VERBS: dict[str, Callable[[], works.Work]] = {
    "draw, 512²": lambda: works.draw(512, "croquis"),
    "draw, 12 megapixels": lambda: works.draw(3464, "croquis"),
    "compose": lambda: works.compose(512),
    "head": lambda: works.head(512),
    "orbit, 5 views": lambda: works.orbit(512, 256, 5, "croquis"),
}


def room_of(place: Place) -> str | None:
    """Return the room of a function of Limner, None of anything else."""
    parts = Path(place[0]).parts
    if "limner" not in parts:
        return None
    inside = parts[len(parts) - parts[::-1].index("limner") :]
    return NETWORKS if inside[0] == "weights" else inside[0].removesuffix(".py")


def called_by(stats: dict[Place, Any]) -> dict[Place, float]:
    """Return the seconds of each function of Limner, with those of the libraries that it called."""
    memo: dict[Place, dict[Place, float]] = {}

    def owners(place: Place, seen: frozenset[Place]) -> dict[Place, float]:
        """Return which functions of Limner a function works for, as shares."""
        if room_of(place):
            return {place: 1.0}
        if place in memo:
            return memo[place]
        found: dict[Place, float] = defaultdict(float)
        callers = {c: told[3] for c, told in stats[place][4].items() if c not in seen}
        whole = sum(callers.values())
        for caller, seconds in callers.items():
            for owner, share in owners(caller, seen | {place}).items():
                found[owner] += share * (seconds / whole if whole else 1 / len(callers))
        if not seen:
            memo[place] = dict(found)
        return found

    totals: dict[Place, float] = defaultdict(float)
    for place, told in stats.items():
        for owner, share in owners(place, frozenset()).items():
            totals[owner] += share * told[2]
    return totals


@contextmanager
def clocked() -> Iterator[dict[str, float]]:
    """Give a table that fills with the seconds that each network takes."""
    took: dict[str, float] = defaultdict(float)
    session, run = weights.Session, weights.Session.run

    def timed(self: weights.Session, weight: Any, inputs: Any) -> Any:
        began = time.perf_counter()
        try:
            return run(self, weight, inputs)
        finally:
            took[weight if isinstance(weight, str) else weight.name] += time.perf_counter() - began

    session.run = timed  # type: ignore[method-assign]
    try:
        yield took
    finally:
        session.run = run  # type: ignore[method-assign]


def by_size(shares: dict[str, float]) -> dict[str, float]:
    """Return shares rounded to a tenth, the largest first."""
    return {name: round(s, 1) for name, s in sorted(shares.items(), key=lambda row: -row[1])}


def measure(verb: str, top: int) -> dict[str, Any]:
    """Return a verb's shares by room, per cent, and its dearest functions."""
    work = VERBS[verb]()
    work()
    watch = cProfile.Profile()
    with clocked() as took:
        watch.runcall(work)
    found = called_by(pstats.Stats(watch).stats)  # type: ignore[attr-defined] # it is not in the stub
    whole = sum(found.values())
    rooms: dict[str, float] = defaultdict(float)
    for place, seconds in found.items():
        rooms[room_of(place) or "others"] += 100 * seconds / whole
    names = {p: f"{room_of(p)}/{Path(p[0]).stem}.{p[2]}" for p in found if room_of(p) != NETWORKS}
    dearest = by_size({name: 100 * found[place] / whole for place, name in names.items()})
    return {
        "ms": round(1000 * whole),
        "rooms": by_size(rooms),
        "networks": by_size({name: 100 * seconds / whole for name, seconds in took.items()}),
        "dearest": dict(list(dearest.items())[:top]),
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("verbs", nargs="*", metavar="VERB", help=f"of {', '.join(VERBS)}")
    parser.add_argument("--top", type=int, default=10, help="how many functions are named")
    parser.add_argument("--no-save", action="store_true", help="leave rooms.json as it is")
    asked = parser.parse_args()
    unknown = set(asked.verbs) - set(VERBS)
    if unknown:
        parser.error(f"no verb {', '.join(sorted(unknown))}; there are {', '.join(VERBS)}")
    from limner import api

    told = bench.occasion()
    api.configure(threads=1)
    results = {}
    for verb in asked.verbs or VERBS:
        results[verb] = measure(verb, asked.top)
        print(f"{verb}: {json.dumps(results[verb], indent=1)}", flush=True)
    if not asked.no_save and not asked.verbs:
        told |= {"results": results}
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
