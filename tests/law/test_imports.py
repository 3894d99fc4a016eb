"""The import law holds, and names every room that there is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

LINTER = Path(sys.executable).with_name("lint-imports")


def rooms(root: Path) -> set[str]:
    """Return the names of all rooms and single-file rooms of the package."""
    package = root / "src" / "limner"
    folders = {p.parent.name for p in package.glob("*/__init__.py")}
    return folders | {p.stem for p in package.glob("*.py")} - {"__init__"}


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    """Run the import linter on the package in `folder`."""
    command = [str(LINTER), "--no-logo", "--no-cache", "--config", str(config)]
    return subprocess.run(
        command,
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_goes_downward(root: Path) -> None:
    result = lint(root / "src", root / "pyproject.toml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_upward_import_and_a_stray_torch_are_caught(root: Path, tmp_path: Path) -> None:
    shutil.copytree(
        root / "src" / "limner",
        tmp_path / "limner",
        ignore=shutil.ignore_patterns("graphs", "__pycache__"),
    )
    geometry = tmp_path / "limner" / "geometry" / "stray.py"
    geometry.write_text("import torch\nimport limner.faces\n", "utf-8")
    result = lint(tmp_path, root / "pyproject.toml")
    assert result.returncode != 0
    assert re.search(r"downwards only BROKEN", result.stdout), result.stdout
    assert re.search(r"torch lives in train only BROKEN", result.stdout), result.stdout


def test_the_law_names_every_room(root: Path) -> None:
    config = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    named = {name.strip() for layer in contracts[0]["layers"] for name in layer.split("|")}
    there = {name for name in named if not name.startswith("(")}
    assert there <= rooms(root) <= {name.strip("()") for name in named}
    hidden = {name.partition(".")[2] for name in contracts[-1]["forbidden_modules"]}
    assert hidden == there - {"batch", "cli", "studio", "train", "api", "records", "errors"}


def test_no_room_is_called_by_a_name_that_says_nothing(root: Path) -> None:
    nameless = {"utils", "util", "common", "core", "helpers", "misc", "base"}
    found = [p for p in (root / "src").rglob("*.py") if p.stem.strip("_") in nameless]
    assert not found
