"""Measure a school's folder: made photographs in → folder.json: speed, memory, what going on costs, a cluster.

    python benchmarks/folder.py [--count 500] [--jobs 2] [--style croquis] [--rounds 1] [--only-cluster] [--no-save]

The sample sitters in squares of 512 px, no two files alike, are drawn by `limner draw --resume --jobs`; the same
command again finds all of them whole; where the extra `cluster` is installed, one process and as many workers of a
local cluster draw them in turn into other folders, and every byte is compared. Memory is the process's own, sampled as
it works, on Linux.
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


def measure(photos: Path, jobs: int, style: str) -> dict[str, Any]:
    """Draw the folder, go on, and return the figures."""
    words = ("--style", style, "--jobs", str(jobs))
    first = run(photos, photos.parent / "drawn", *words)
    again = run(photos, photos.parent / "drawn", *words)
    return {
        "pictures": first["pictures"],
        "done": first["done"],
        "failed": len(first["failed"]),
        "a_second": first["done_a_second"],
        "seconds": first["process_s"],
        "memory": steadiness(first["memory_mb"]),
        "again_done": again["done"],
        "again_s": again["process_s"],
        "again_share": round(again["process_s"] / first["process_s"], 4),
    }


def measure_cluster(photos: Path, jobs: int, style: str, rounds: int) -> dict[str, Any]:
    """Draw the folder by one process and by a cluster in turn, and return how they compare.

    What else the machine does weighs on both; the ratio is the median over the rounds.
    """
    words = ("--style", style, "--jobs", str(jobs))
    speeds, speedups, same = [], [], True
    for turn in range(rounds):
        one, many = (photos.parent / f"{name}-{turn}" for name in ("process", "cluster"))
        here = run(photos, one, *words)
        there = run(photos, many, *words, "--cluster", "local")
        speeds.append((here["done_a_second"], there["done_a_second"]))
        speedups.append(there["speedup"])
        same = same and same_bytes(one, many)
        print(
            f"round {turn + 1}: {speeds[-1][0]} a second by one process, {speeds[-1][1]} by a cluster"
        )
    return {
        "pictures": len(list(photos.iterdir())),
        "one_process_a_second": [one for one, _ in speeds],
        "a_second": [many for _, many in speeds],
        "ratio": round(statistics.median(many / one for one, many in speeds), 3),
        "speedup": statistics.median(speedups),
        "same_bytes": same,
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--style", default="croquis")
    parser.add_argument(
        "--rounds", type=int, default=1, help="of one process and a cluster in turn"
    )
    parser.add_argument("--only-cluster", action="store_true", help="keep the folder's figures")
    parser.add_argument("--no-save", action="store_true", help="leave folder.json as it is")
    asked = parser.parse_args()
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    settings = {"jobs": asked.jobs, "style": asked.style}
    with tempfile.TemporaryDirectory(prefix="limner-folder-") as scratch:
        photos = Path(scratch) / "photos"
        fill(photos, asked.count)
        if not asked.only_cluster:
            kept |= bench.occasion() | settings
            kept["results"] = measure(photos, asked.jobs, asked.style)
        if importlib.util.find_spec("ray") is None:
            print("Ray is not installed: no cluster is measured (pip install 'limner[cluster]').")
        else:
            told = bench.occasion() | settings
            found = measure_cluster(photos, asked.jobs, asked.style, asked.rounds)
            kept["cluster"] = told | {"results": found}
    print(json.dumps(kept, indent=1))
    if not asked.no_save:
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
