"""A folder is drawn once, whatever happens to the run (tests 42 and 50)."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.acceptance.program import command, needs_networks, run, save

#: Each starts the program several times, which a busy machine takes minutes for.
pytestmark = [needs_networks, pytest.mark.timeout(900)]


def folder_of(count: int, tmp_path: Path) -> Path:
    """Return a folder of `count` small pictures, no two alike, and one that is broken."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for k in range(count):
        pixels = np.random.default_rng(k).integers(0, 256, (6, 8, 3), dtype=np.uint8)
        picture = Image.fromarray(pixels).resize((64, 48), Image.Resampling.BICUBIC)
        save(np.asarray(picture), folder / f"p{k:03d}.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    return folder


def report_of(folder: Path, out: Path, *words: str) -> dict[str, Any]:
    report = out.with_name("report.json")
    told = run("lines", folder, "-o", out, "--resume", "--report", report, *words)
    assert told.returncode == 1, told.stderr
    found: dict[str, Any] = json.loads(report.read_text())
    assert [Path(f["file"]).name for f in found["failed"]] == ["broken.jpg"]
    return found


def killed(folder: Path, out: Path, after: int) -> None:
    """Kill a run, as the system does when memory runs out, once `after` results are there."""
    process = subprocess.Popen(
        command("lines", folder, "-o", out, "--resume", "--jobs", "2"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and len(list(out.glob("*-lines.png"))) < after:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()


def through_a_kill(count: int, tmp_path: Path) -> None:
    folder, out = folder_of(count, tmp_path), tmp_path / "out"
    killed(folder, out, after=count // 3)
    there = {p.name: p.read_bytes() for p in out.glob("*-lines.png")}
    assert count // 3 <= len(there) < count
    for path in out.glob("*-lines.png"):
        with Image.open(path) as picture:
            picture.load()
    first, second = sorted(out.glob("*-lines.png"))[:2]
    first.write_bytes(b"")
    second.write_bytes(there[second.name][:-40])
    mended = report_of(folder, out)
    # A kill may fall between a result and its line in the journal: those few are done twice.
    assert 0 <= (count - len(there) + 2) <= mended["done"] <= count - len(there) + 2 + 8
    assert mended["done"] + mended["skipped"] == count
    assert {n: (out / n).read_bytes() for n in there} == there
    assert len(list(out.glob("*-lines.png"))) == count
    assert not [p.name for p in out.iterdir() if p.suffix not in {".png", ".jsonl"}]
    again = report_of(folder, out)
    assert (again["done"], again["skipped"]) == (0, count)
    changed = report_of(folder, out, "--thickness", "2")
    assert (changed["done"], changed["skipped"]) == (count, 0)


@pytest.mark.slow
def test_42_a_killed_run_redoes_only_what_is_missing_broken_or_changed(tmp_path: Path) -> None:
    through_a_kill(12, tmp_path)


@pytest.mark.soak
def test_42_two_hundred_files_through_a_kill(tmp_path: Path) -> None:
    through_a_kill(200, tmp_path)


@pytest.mark.slow
def test_42_a_watched_folder_is_taken_as_it_fills(tmp_path: Path) -> None:
    folder, out = folder_of(2, tmp_path), tmp_path / "out"
    words = command("lines", folder, "-o", out, "--watch", "-q")
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        try:
            for name in ("p001", "late"):
                if name == "late":
                    (folder / "late.png").write_bytes((folder / "p000.png").read_bytes())
                while process.poll() is None and not (out / f"{name}-lines.png").is_file():
                    time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 130
        finally:
            process.kill()
    assert (out / "late-lines.png").read_bytes() == (out / "p000-lines.png").read_bytes()
