"""Measure Limner: cases/*.toml in → a table beside its peers, and one line in results.jsonl.

    python benchmarks/bench.py [CASE ...] [--no-save]

Every case runs in a process of its own: first the calibration (a float32 matrix product), then one call to warm up,
then its repeats; the median counts. A ratio to the calibration compares machines better than milliseconds do. A case
stops repeating when it has used up its time, so that all of them take some ten minutes on two quiet cores; on a busy
machine the numbers are worth nothing, and the table says so.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import works

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.jsonl"
REPEATS = 7
#: Seconds after which a case is not repeated again.
BUDGET_S = 15
#: Load per core above which a machine is not quiet.
BUSY = 0.3
#: Ours, and a peer that does the same.
BESIDE = (
    ("draw-512", "peer-pencilsketch-512"),
    ("draw-12mp", "peer-pencilsketch-12mp"),
    ("draw-512", "peer-pix2pixhd-512"),
    ("draw-512", "peer-cyclegan-512"),
    ("draw-512", "peer-informative-drawings-512"),
    ("draw-512", "peer-u2net-512"),
    ("compose-512", "peer-deepfacedrawing-512"),
    ("view-256", "peer-sage-256"),
)
#: What of a case is not an argument of its work.
NOT_ARGUMENTS = {"work", "repeats", "engine"}


def cases() -> dict[str, dict[str, Any]]:
    """Return every case by name, in the order of the files."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((HERE / "cases").glob("*.toml")):
        found |= tomllib.loads(path.read_text("utf-8"))
    return found


def cpu_flags() -> set[str]:
    """Return the processor's features, empty where the system does not tell."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return set()
    return set(next((line for line in text.splitlines() if line.startswith("flags")), "").split())


def machine() -> dict[str, object]:
    """Return what the numbers were measured on."""
    names = [ln.split(":", 1)[1].strip() for ln in _cpuinfo() if ln.startswith("model name")]
    flags = cpu_flags()
    return {
        "cpu": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "bf16": bool(flags & {"avx512_bf16", "amx_bf16"}),
        "avx512": "avx512f" in flags,
        "python": platform.python_version(),
        "system": platform.system(),
        "load": load_per_core(),
        "versions": dict(installed_versions("limner", "numpy", "onnxruntime", "openvino", "torch")),
    }


def load_per_core() -> float:
    """Return how many processes waited for each core during the last minute; 0 where the system does not tell."""
    if not hasattr(os, "getloadavg"):
        return 0.0
    return round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)


def installed_versions(*names: str) -> Iterator[tuple[str, str]]:
    """Yield the version of each package that is there."""
    for name in names:
        with contextlib.suppress(PackageNotFoundError):
            yield name, version(name)


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def commit() -> str:
    """Return the commit that is measured, marked if the tree differs from it."""
    words = ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"]
    run = subprocess.run(words, cwd=HERE, capture_output=True, text=True, check=False)
    return run.stdout.strip() or "unknown"


def occasion() -> dict[str, Any]:
    """Return when, of what and on what something is measured: called before it is, for the load that it meets."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
    }


def peak_mb(who: int = resource.RUSAGE_SELF) -> float:
    """Return the most memory that this process, or its children, ever held."""
    return resource.getrusage(who).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def median_ms(work: works.Work, repeats: int) -> float:
    """Return the median of `repeats` calls, or of as many as fit the budget, after one that warms up."""
    begun = time.perf_counter()
    work()
    taken: list[float] = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
        if time.perf_counter() - begun > BUDGET_S:
            break
    return statistics.median(taken)


def measure(case: dict[str, Any]) -> dict[str, float]:
    """Run one case in this process."""
    settings = {
        k: v for k, v in case.items() if k not in NOT_ARGUMENTS and not k.startswith("limit")
    }
    if "engine" in case:
        os.environ["LIMNER_ENGINE"] = case["engine"]
    calibration = median_ms(works.matmul(1024), 9)
    took = median_ms(getattr(works, case["work"])(**settings), case.get("repeats", REPEATS))
    who = (
        resource.RUSAGE_CHILDREN if case["work"] in {"process", "python"} else resource.RUSAGE_SELF
    )
    return {
        "ms": round(took, 2),
        "ratio": round(took / calibration, 3),
        "calibration_ms": round(calibration, 3),
        "rss_mb": round(peak_mb(who), 1),
    }


def measure_apart(name: str) -> dict[str, float] | None:
    """Run one case in a process of its own; None, with the reason on stderr, if it fails."""
    words = [sys.executable, str(HERE / "bench.py"), "--worker", name]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"{name}: {(run.stderr.strip().splitlines() or ['failed'])[-1]}", file=sys.stderr)
        return None
    result: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return result


def verdict(case: dict[str, Any], got: dict[str, float], *, bf16: bool) -> str:
    """Compare one result with what was promised."""
    limit = case.get("limit_ms", {}).get("bf16" if bf16 else "f32")
    most = case.get("limit_rss_mb")
    parts = []
    if limit is not None:
        parts.append(f"{'within' if got['ms'] <= limit else 'OVER'} {limit} ms")
    if most is not None:
        parts.append(f"{'within' if got['rss_mb'] <= most else 'OVER'} {most} MB")
    return ", ".join(parts)


def weights_mb() -> dict[str, float]:
    """Return the sizes of the weights, and of each room's share."""
    from limner import api

    rows = api.weights_table()
    found = {"weights": sum(row["bytes"] for row in rows) / 1e6}
    for room in sorted({row["room"] for row in rows}):
        found[f"weights-{room}"] = sum(row["bytes"] for row in rows if row["room"] == room) / 1e6
    return {name: round(size, 1) for name, size in found.items()}


def sizes_mb() -> dict[str, float]:
    """Return the sizes of the weights, and of the core install with all that it brings."""
    from limner import api

    libraries = [row["name"] for row in api.licenses() if row["kind"] == "library"]
    files = (p for p in (HERE.parent / "src" / "limner").rglob("*.*") if p.suffix != ".pyc")
    own = sum(p.stat().st_size for p in files if p.is_file())
    core = (own + sum(map(installed_bytes, libraries))) / 1e6
    return weights_mb() | {"core-install": round(core, 1)}


def installed_bytes(name: str) -> int:
    """Return what one installed package takes on disk, byte code left out."""
    files = (Path(str(f.locate())) for f in distribution(name).files or () if f.suffix != ".pyc")
    return sum(f.stat().st_size for f in files if f.is_file())


def table(results: dict[str, dict[str, float]], *, bf16: bool) -> None:
    """Print the results beside the peers."""
    known = cases()
    print(f"\n{'case':26}{'ms':>10}{'x matmul':>10}{'MB':>8}  promise")
    for name, got in results.items():
        words = verdict(known[name], got, bf16=bf16)
        print(f"{name:26}{got['ms']:10.1f}{got['ratio']:10.2f}{got['rss_mb']:8.0f}  {words}")
    for ours, peer in BESIDE:
        if ours in results and peer in results:
            times = results[peer]["ms"] / results[ours]["ms"]
            print(f"{ours} is {times:.2f} times as fast as {peer}")


def main() -> None:
    """Measure the cases asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="names; none: all")
    parser.add_argument("--no-save", action="store_true", help="leave results.jsonl as it is")
    parser.add_argument(
        "--sizes", action="store_true", help="only write what the core install takes to sizes.json"
    )
    parser.add_argument("--worker", metavar="CASE", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    known = cases()
    if asked.worker:
        print(json.dumps(measure(known[asked.worker])))
        return
    if asked.sizes:
        size = {"core-install": sizes_mb()["core-install"]}
        (HERE / "sizes.json").write_text(json.dumps(size, indent=1) + "\n", "utf-8")
        print(f"core-install {size['core-install']} MB")
        return
    unknown = set(asked.cases) - set(known)
    if unknown:
        parser.error(f"no case {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    told = occasion()
    here = told["machine"]
    print(
        f"{here['cpu']}, {here['cores']} cores, bf16 {'yes' if here['bf16'] else 'no'}", flush=True
    )
    if load_per_core() > BUSY:
        print(
            f"The machine is busy: {load_per_core()} processes a core. Do not believe the milliseconds."
        )
    results: dict[str, dict[str, float]] = {}
    for name in asked.cases or known:
        print(f"  {name} …", flush=True, file=sys.stderr)
        got = measure_apart(name)
        if got is not None:
            results[name] = got
    table(results, bf16=bool(here["bf16"]))
    print(", ".join(f"{name} {size} MB" for name, size in sizes_mb().items()))
    if not asked.no_save and not asked.cases:
        line = told | {"sizes_mb": sizes_mb(), "results": results}
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(f"Added to {RESULTS.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
