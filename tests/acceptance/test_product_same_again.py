"""The same work gives the same bytes, in another process and with other threads (tests 54 and 57)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.acceptance.program import PEAK, needs_networks, objects, run, save, small

from limner import api


def digests(folder: Path) -> dict[str, str]:
    """Return name → hash of all files of a folder."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@needs_networks
@pytest.mark.slow
def test_54_a_fresh_process_and_other_threads_give_equal_bytes(
    samples: Path, tmp_path: Path
) -> None:
    me = save(small(samples / "braids-062.jpg"), tmp_path / "me.png")
    results = []
    for i, threads in enumerate(("1", "2", "1")):
        out = tmp_path / f"out{i}"
        words = ("--lines", "--svg", "--labels", "--seed", "5", "--threads", threads)
        answer = run("draw", me, "-o", out, *words, env={"OMP_NUM_THREADS": threads})
        assert answer.returncode == 0, answer.stderr
        results.append(digests(out))
    assert len(results[0]) == 4
    assert results[0] == results[1] == results[2]


@needs_networks
def test_54_another_seed_is_another_drawing_at_most_in_grain(samples: Path) -> None:
    photo = small(samples / "braids-062.jpg")
    first, again, other = (api.draw(photo, seed=seed).pixels for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.abs(first.astype(int) - other).mean() < 32


@needs_networks
@pytest.mark.slow
def test_57_eight_threads_give_what_one_gives(samples: Path) -> None:
    photos = [small(sitter, 320) for sitter in sorted(samples.glob("*.jpg"))]
    serial = [api.draw(photo).pixels for photo in photos]
    with ThreadPoolExecutor(8) as pool:
        drawings = list(pool.map(lambda i: api.draw(photos[i % 6]).pixels, range(24)))
    for i, pixels in enumerate(drawings):
        assert np.array_equal(pixels, serial[i % 6])


@needs_networks
@pytest.mark.slow
def test_57_eight_threads_stay_under_the_ceiling_that_info_prints(samples: Path) -> None:
    code = (
        PEAK + "import sys, glob, limner\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "names = sorted(glob.glob(sys.argv[1] + '/*.jpg')) * 2\n"
        "with ThreadPoolExecutor(8) as pool: list(pool.map(limner.draw, names))\n"
        "print(peak_mb())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(samples)], capture_output=True, text=True, check=True
    )
    facts = objects(run("info", "--json").stdout)[0]
    assert json.loads(answer.stdout) < facts["memory_ceiling_mb"] + 7 * facts["memory_each_more_mb"]


@needs_networks
@pytest.mark.slow
def test_57_a_photograph_of_twelve_megapixels_stays_under_the_ceiling(samples: Path) -> None:
    code = (
        PEAK + "import sys, limner, cv2\n"
        "photo = cv2.resize(limner.read_photo(sys.argv[1]).pixels, (3000, 4000))\n"
        "limner.draw(photo)\n"
        "print(peak_mb())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(samples / "curls-001.jpg")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answer.stdout) < api.information()["memory_ceiling_mb"]
