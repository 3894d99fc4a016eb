"""A real cluster of this machine's workers, one of them killed (test 50); needs the extra ``cluster``."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.acceptance.program import command, needs_networks, run
from tests.acceptance.studios import unix
from tests.acceptance.test_batch_resume import folder_of

pytestmark = [
    needs_networks,
    unix,
    pytest.mark.soak,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        importlib.util.find_spec("ray") is None, reason="limner[cluster] is not installed"
    ),
]


def workers_of(out: Path) -> list[int]:
    """Return the processes of Ray that work in the folder of `out`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            there = str((folder / "cwd").readlink())
        except OSError:
            continue
        if words.startswith(b"ray::MapWorker") and there == str(out.parent):
            found.append(int(folder.name))
    return found


def test_50_a_cluster_gives_what_one_process_gives_a_worker_killed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = folder_of(24, tmp_path)
    assert run("lines", folder, "-o", tmp_path / "one").returncode == 1
    out, report = tmp_path / "many", tmp_path / "report.json"
    words: list[str | Path] = [
        "lines",
        folder,
        "-o",
        out,
        "--cluster",
        "local",
        "--jobs",
        "4",
        "--report",
        report,
    ]
    with subprocess.Popen(command(*words), cwd=tmp_path, stderr=subprocess.PIPE) as process:
        while process.poll() is None and not (out.is_dir() and list(out.glob("*-lines.png"))):
            time.sleep(0.02)
        victims = workers_of(out)
        if victims:
            os.kill(victims[0], signal.SIGKILL)
        _, heard = process.communicate()
    assert process.returncode == 1, heard
    assert victims, "nobody was there to be killed"
    one, many = ({p.name: p.read_bytes() for p in f.glob("*.png")} for f in (tmp_path / "one", out))
    assert one == many
    assert len(many) == 24
    told = json.loads(report.read_text())
    record_property("workers", len(told["workers"]))
    record_property("times as fast as one of them", told["speedup"])
    assert told["done"] == 24
    assert [Path(row["file"]).name for row in told["failed"]] == ["broken.jpg"]
