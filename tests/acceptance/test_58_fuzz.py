"""Bytes that were changed at random are read or refused by every parser, never anything else (test 58)."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.acceptance.parsers import PARSERS
from tests.acceptance.program import needs_networks

from limner import weights

HARNESS = Path(__file__).with_name("parsers.py")
SECONDS = int(os.environ.get("LIMNER_FUZZ_SECONDS", "600"))
needs_heads = pytest.mark.skipif(
    "heads-sampler" not in {row.name for row in weights.ledger.rows()},
    reason="the networks of heads are not taught yet",
)
NAMES = [pytest.param("head", marks=needs_heads), "image", "strokes"]


def changed(data: bytes, rng: np.random.Generator) -> bytes:
    """Return a file with bytes changed, cut out, doubled or made extreme."""
    body = bytearray(data)
    # headers decide what a parser does: half of all changes go there
    reach = min(len(body), 256) if rng.random() < 0.5 else len(body)
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(0, max(1, min(reach, len(body)))))
        many = int(rng.integers(1, 9))
        change = int(rng.integers(0, 5))
        if change == 0:
            body[at : at + many] = rng.bytes(many)
        elif change == 1:
            del body[at : at + many]
        elif change == 2:
            body[at:at] = body[at : at + many]
        elif change == 3:
            body[at : at + 4] = bytes(rng.choice([0, 255, 127, 128], 4).tolist())
        else:
            del body[at:]
    return bytes(body)


def told(name: str, count: int) -> set[str]:
    """Return what becomes of so many changed files."""
    rng = np.random.default_rng(58)
    whole = PARSERS[name].whole()
    return {PARSERS[name].outcome(changed(whole[k % len(whole)], rng)) for k in range(count)}


@needs_networks
@pytest.mark.parametrize("name", NAMES)
def test_58_changed_bytes_are_read_or_refused(name: str) -> None:
    pytest.importorskip("fastapi", reason="limner[studio] is not installed")
    assert {PARSERS[name].outcome(data) for data in PARSERS[name].whole()} == {"read"}
    assert "refused" in told(name, 200)


@pytest.mark.soak
@needs_networks
@pytest.mark.parametrize("name", NAMES)
def test_58_many_changed_bytes_are_read_or_refused(name: str) -> None:
    assert "refused" in told(name, 20_000)


@pytest.mark.soak
@pytest.mark.timeout(SECONDS + 1800)
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="pip install atheris (Linux, macOS)"
)
@needs_networks
@pytest.mark.parametrize("name", NAMES)
def test_58_atheris_finds_no_crash_no_hang_and_no_growth(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    words = [str(HARNESS), name, f"-max_total_time={SECONDS}", str(tmp_path / "corpus")]
    # through a shell that forks: a process's peak of memory begins with that of the one that started it
    small = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable]
    run = subprocess.run(
        [*small, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    for kind, value in progress(run.stderr).items():
        record_property(kind, value)
    assert run.returncode == 0, run.stderr[-3000:]


def progress(said: str) -> dict[str, str]:
    """Return the last that a fuzzer said of its progress: executions, places reached, memory."""
    found = re.findall(r"^#(\d+)\s.*?cov: (\d+).*?rss: (\d+)Mb", said, re.MULTILINE)
    return dict(zip(("executions", "places", "MB"), found[-1], strict=True)) if found else {}


def test_a_fuzzers_last_word_is_read() -> None:
    said = "#2 INITED cov: 5 ft: 5 rss: 40Mb\n#900 DONE   cov: 12 ft: 20 corp: 3/9b exec/s: 9 rss: 44Mb\nDone\n"
    assert progress(said) == {"executions": "900", "places": "12", "MB": "44"}
    assert progress("nothing") == {}
