"""Measure a school's folder: made photographs in → folder.json: speed, memory, what going on costs, a cluster.

    python benchmarks/folder.py [--count 500] [--jobs 2] [--style croquis] [--no-save]

The sample sitters in squares of 512 px, no two files alike, are drawn by `limner draw --resume --jobs`; the same
command again finds all of them whole; where the extra `cluster` is installed, as many workers of a local cluster draw
them into another folder, and every byte is compared. Memory is the process's own, sampled as it works, on Linux.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import bench
import numpy as np
import works

RESULTS = bench.HERE / "folder.json"
SIDE_PX = 512
#: Seconds between two looks at the memory.
LOOK_S = 0.5


def fill(folder: Path, count: int) -> None:
    """Write so many photographs: the sitters in turn, each shifted, brightened and mirrored in its own way."""
    from PIL import Image

    folder.mkdir()
    sitters = works.sitters(SIDE_PX)
    for k in range(count):
        hand = np.random.default_rng(k)
        pixels = np.roll(sitters[k % len(sitters)], hand.integers(-12, 13, 2), (0, 1))
        pixels = pixels[:, ::-1] if k // len(sitters) % 2 else pixels
        bright = np.clip(pixels * hand.uniform(0.85, 1.1), 0, 255).astype(np.uint8)
        Image.fromarray(bright).save(folder / f"pupil-{k:04d}.jpg", quality=92)


def resident_mb(pid: int) -> float | None:
    """Return a process's memory, None where the system does not tell."""
    try:
        rows = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((int(row.split()[1]) / 1e3 for row in rows if row.startswith("VmRSS")), None)


def run(folder: Path, out: Path, *words: str) -> dict[str, Any]:
    """Draw a folder and return its report, with the seconds of the whole process and its memory as it went."""
    report = out.with_suffix(".json")
    given = ["draw", str(folder), "-o", str(out), "--resume", "-q", "--report", str(report)]
    began = time.perf_counter()
    memory: list[float] = []
    with subprocess.Popen([sys.executable, "-m", "limner.cli", *given, *words]) as process:
        while process.poll() is None:
            now = resident_mb(process.pid)
            memory += [now] if now else []
            time.sleep(LOOK_S)
    took = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"limner draw ended with {process.returncode}; nothing is written.")
    told: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return told | {"process_s": round(took, 2), "memory_mb": memory}


def steadiness(memory: list[float]) -> dict[str, float]:
    """Return the memory after a fifth of a run and at its end, and the most, MB."""
    if len(memory) < 20:
        return {}
    tenth = len(memory) // 10
    early, late = memory[2 * tenth : 3 * tenth], memory[-tenth:]
    return {
        "after_a_fifth_mb": round(statistics.median(early)),
        "at_the_end_mb": round(statistics.median(late)),
        "most_mb": round(max(memory)),
    }


def same_bytes(one: Path, other: Path) -> bool:
    """Say whether two folders hold the same drawings, byte for byte."""
    names = sorted(p.name for p in one.glob("*.png"))
    if names != sorted(p.name for p in other.glob("*.png")):
        return False
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


def measure(count: int, jobs: int, style: str) -> dict[str, Any]:
    """Draw the folder, go on, draw it on a cluster, and return the figures."""
    with tempfile.TemporaryDirectory(prefix="limner-folder-") as kept:
        here = Path(kept)
        fill(here / "photos", count)
        words = ("--style", style, "--jobs", str(jobs))
        first = run(here / "photos", here / "drawn", *words)
        again = run(here / "photos", here / "drawn", *words)
        found = {
            "pictures": count,
            "done": first["done"],
            "failed": len(first["failed"]),
            "a_second": first["done_a_second"],
            "seconds": first["process_s"],
            "memory": steadiness(first["memory_mb"]),
            "again_done": again["done"],
            "again_s": again["process_s"],
            "again_share": round(again["process_s"] / first["process_s"], 4),
        }
        if importlib.util.find_spec("ray") is None:
            print("Ray is not installed: no cluster is measured (pip install 'limner[cluster]').")
            return found
        many = run(here / "photos", here / "cluster", *words, "--cluster", "local")
        return found | {
            "cluster_a_second": many["done_a_second"],
            "cluster_ratio": round(many["done_a_second"] / first["done_a_second"], 3),
            "cluster_speedup": many.get("speedup"),
            "cluster_same_bytes": same_bytes(here / "drawn", here / "cluster"),
        }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--style", default="croquis")
    parser.add_argument("--no-save", action="store_true", help="leave folder.json as it is")
    asked = parser.parse_args()
    told = bench.occasion()
    found = measure(asked.count, asked.jobs, asked.style)
    print(json.dumps(found, indent=1))
    if not asked.no_save:
        told |= {"jobs": asked.jobs, "style": asked.style, "results": found}
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
