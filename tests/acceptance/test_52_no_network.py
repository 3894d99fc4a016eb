"""Where there is no network at all, every verb works as ever."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNSHARE = shutil.which("unshare")


def cut_off(*words: str | Path) -> list[str]:
    """Return the command that runs `words` in a namespace without a route, not even to itself."""
    assert UNSHARE is not None
    return [UNSHARE, "--map-root-user", "--net", *(str(w) for w in words)]


@pytest.fixture(scope="module", autouse=True)
def _namespaces() -> None:
    if (
        UNSHARE is None
        or subprocess.run(cut_off("true"), capture_output=True, check=False).returncode
    ):
        pytest.skip("this system gives no network namespaces")


def test_52_the_namespace_really_has_no_route() -> None:
    code = "import socket; socket.create_connection(('127.0.0.1', 9), timeout=1)"
    run = subprocess.run(
        cut_off(sys.executable, "-c", code), capture_output=True, text=True, check=False
    )
    assert "Network is unreachable" in run.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verb", "ending"),
    [
        (("draw", "--style", "hatch", "--lines", "--svg", "--labels"), "-hatch.png"),
        (("plot",), "-lines.svg"),
        (("faces", "--json"), None),
        (("doctor",), None),
        (("styles",), None),
    ],
    ids=lambda v: v[0] if isinstance(v, tuple) else "",
)
def test_52_a_verb_works_without_any_network(
    verb: tuple[str, ...], ending: str | None, samples: Path, tmp_path: Path
) -> None:
    sitter = samples / "fringe-087.jpg"
    words: list[str | Path] = [*verb]
    if verb[0] in {"draw", "plot", "faces"}:
        words.append(sitter)
    if ending is not None:
        words += ["-o", tmp_path]
    command = cut_off(sys.executable, "-m", "limner.cli", *words)
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    if ending is not None:
        assert (tmp_path / f"{sitter.stem}{ending}").is_file()
