"""Nothing that ships speaks of one machine, and nothing that ships has a licence that would bind its users."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

TEXT = {
    ".cff",
    ".css",
    ".html",
    ".js",
    ".json",
    ".md",
    ".py",
    ".pyi",
    ".svg",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    "",
}
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|tmp|home)/|\.\./sha" + r"red\b")
COPYLEFT = re.compile(r"(?<!L)\bA?GPL|GNU (?:Affero )?General Public", re.IGNORECASE)


def shipped(root: Path) -> Iterator[Path]:
    """Yield every text file that git keeps or would keep."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listing.split("\0")):
        path = root / name
        if path.suffix in TEXT and path.is_file():
            yield path


def test_no_file_names_a_path_of_one_machine(root: Path) -> None:
    found = []
    for path in shipped(root):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:80]}")
    assert not found, "\n".join(found)


def core_packages() -> dict[str, importlib.metadata.Distribution]:
    """Return all that `pip install limner` brings, by name."""
    found: dict[str, importlib.metadata.Distribution] = {}
    queue = ["limner"]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found[name] = importlib.metadata.distribution(name)
        for text in found[name].requires or []:
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                queue.append(need.name.lower())
    return found


def licence_of(dist: importlib.metadata.Distribution) -> str:
    """Return what a package says of its own licence, in one line."""
    meta = dist.metadata
    classifiers = [c for c in meta.get_all("Classifier") or [] if c.startswith("License")]
    stated = [line for key in ("License-Expression", "License") for line in meta.get_all(key) or []]
    stated = [line.splitlines()[0] for line in stated if line][:1]
    return f"{stated} {classifiers}"


def test_53_nothing_that_the_core_brings_is_copyleft() -> None:
    packages = core_packages()
    assert {"numpy", "click", "onnxruntime"} <= set(packages)
    assert not {n: licence_of(d) for n, d in packages.items() if COPYLEFT.search(licence_of(d))}


def test_53_third_party_lists_all_that_the_core_brings(root: Path) -> None:
    text = (root / "THIRD_PARTY.md").read_text("utf-8").lower()
    missing = [name for name in core_packages() if name != "limner" and f"| {name} |" not in text]
    assert not missing
