"""Asking for the package or its command's name costs nothing that is not used: modules are counted, never seconds."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"cv2", "numpy", "onnxruntime", "openvino", "PIL", "scipy", "skimage", "torch"}
EDGE = {"click", "fastapi", "ray", "rich", "uvicorn"}


def loaded_by(code: str) -> set[str]:
    """Return the names of the top-level packages that a fresh Python has after `code`."""
    report = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    names = (line.rsplit("|", 1)[-1].strip() for line in report.splitlines() if "|" in line)
    return {name.split(".")[0] for name in names}


def test_47_import_limner_loads_nothing_heavy() -> None:
    assert not loaded_by("import limner") & (HEAVY | EDGE | {"http", "socketserver"})


def test_the_verbs_wait_for_their_rooms() -> None:
    heavy = loaded_by("import limner.api") & ((HEAVY | EDGE) - {"numpy"})
    assert not heavy


def test_an_error_class_comes_without_numpy() -> None:
    assert not loaded_by("import limner; limner.NoFace") & (HEAVY | EDGE)


@pytest.mark.parametrize("words", ["--version", "--help", "draw --help"])
def test_46_asking_for_the_version_or_help_loads_no_room(words: str) -> None:
    code = f"from limner.cli import main; assert main({words.split()!r}) == 0"
    assert not loaded_by(code) & (HEAVY - {"numpy"})


def test_the_meter_sees_what_is_loaded() -> None:
    assert "numpy" in loaded_by("import numpy")
