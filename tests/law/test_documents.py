"""What the documentation shows can be typed: its Python and its command lines run, as does every example."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from limner import cli, weights

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Command lines that set the machine up: other tests run what they do.
SET_UP = ("make ", "pip ", "pipx ", "uv ", "git ", "cd ", "source ", "python ")


def written_pages() -> list[Path]:
    """Return the pages that hold something to type."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(p for p in pages if BLOCK.search(p.read_text("utf-8")))


@pytest.fixture
def desk(tmp_path: Path, samples: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder to work in, with the pictures that the documentation speaks of."""
    shutil.copy(samples / "curls-001.jpg", tmp_path / "photo.jpg")
    shutil.copy(samples / "beard-092.jpg", tmp_path / "friend.jpg")
    sketches = ROOT / "examples" / "sketches"
    shutil.copy(sketches / "long-hair.png", tmp_path / "sketch.png")
    shutil.copy(sketches / "beard.png", tmp_path / "other.png")
    (tmp_path / "photos").mkdir()
    shutil.copy(samples / "elder-172.jpg", tmp_path / "photos")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    # a page that showed --commercial-only, say, must not bind the next test of this process
    weights.configure()


def run_line(line: str, folder: Path) -> int:
    """Run one command line: by this process if it is simple, by a shell if it is piped."""
    if re.search(r"[|<>]", line):
        program = f"{shlex.quote(sys.executable)} -m limner.cli"
        whole = re.sub(r"\blimner\b(?= )", lambda _: program, line)
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", whole], cwd=folder, check=False
        ).returncode
    words = []
    for word in shlex.split(line, comments=True)[1:]:
        near = sorted(str(p.relative_to(folder)) for p in folder.glob(word)) if "*" in word else []
        words.extend(near or [word])
    return cli.main(words)


@pytest.mark.slow
@pytest.mark.parametrize("page", written_pages(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_55_what_a_page_shows_can_be_typed(page: Path, desk: Path) -> None:
    names: dict[str, object] = {"__name__": "page"}
    for language, block in BLOCK.findall(page.read_text("utf-8")):
        if language == "python":
            exec(compile(block, f"<{page.name}>", "exec"), names)  # noqa: S102 - our own pages
            continue
        for line in block.replace("\\\n", " ").splitlines():
            if line.strip() and not line.startswith((*SET_UP, "#")):
                assert line.startswith("limner "), f"{page.name} shows a stranger: {line}"
                assert run_line(line, desk) == 0, f"{page.name}: {line}"


@pytest.mark.slow
@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.stem)
def test_55_an_example_is_short_and_runs(script: Path, tmp_path: Path) -> None:
    assert len(script.read_text("utf-8").splitlines()) <= 40
    result = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "out")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()


def test_the_readme_shows_two_commands_and_some_python() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "\nmake demo\nmake test\n" in readme
    blocks = [b for language, b in BLOCK.findall(readme) if language == "python"]
    assert blocks
    assert len(blocks[0].splitlines()) <= 10
