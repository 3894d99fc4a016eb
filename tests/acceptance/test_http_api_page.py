"""The examples of the page on the HTTP API run as they stand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.acceptance.program import needs_networks
from tests.acceptance.studios import TOKEN, Studio

PAGE = Path("docs", "how-to", "http-api.md")


def fences(text: str, language: str) -> Iterator[str]:
    """Yield the code blocks of one language, in order."""
    yield from re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


@pytest.fixture
def desk(tmp_path: Path, samples: Path) -> Path:
    """Return a folder with a photograph in it."""
    with Image.open(sorted(samples.glob("*.jpg"))[0]) as picture:
        picture.resize((480, 480)).save(tmp_path / "me.jpg")
    return tmp_path


def environment(studio: Studio) -> dict[str, str]:
    url = studio.url.rstrip("/")
    return {**os.environ, "LIMNER_STUDIO": url, "LIMNER_STUDIO_TOKEN": TOKEN}


@needs_networks
@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
def test_55_the_curl_examples_run(root: Path, desk: Path, studio: Studio) -> None:
    # the canvas is drawn on after the photograph was forgotten: two separate examples
    script = "set -euo pipefail\n" + "".join(fences((root / PAGE).read_text("utf-8"), "bash"))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=desk,
        env=environment(studio),
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"faces":[{' in done.stdout
    for name in ("me.png", "mixed.png"):
        with Image.open(desk / name) as drawing:
            assert drawing.size == (480, 480)
    assert "148mm" in (desk / "me.svg").read_text()


@needs_networks
def test_55_the_python_example_runs(root: Path, desk: Path, studio: Studio) -> None:
    (script,) = fences((root / PAGE).read_text("utf-8"), "py")
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=desk,
        env=environment(studio),
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert done.returncode == 0, done.stderr
    assert {"me-croquis.png", "me-lines.png"} <= {path.name for path in desk.iterdir()}
