"""The wheel and the sdist build, hold what they must, and install without a compiler."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

PYTHONS = ("3.11", "3.12", "3.13")


def run(*words: str | Path, cwd: Path) -> str:
    """Run a program and return what it says."""
    done = subprocess.run(
        [str(w) for w in words], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def interpreter(python: str) -> str | None:
    """Return a Python of that version that works, from the path or from pyenv's shelf."""
    shelf = sorted(Path.home().glob(f".pyenv/versions/{python}.*/bin/python"))
    for program in (shutil.which(f"python{python}"), *(str(p) for p in shelf)):
        if (
            program
            and not subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode
        ):
            return program
    return None


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel and the sdist."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, cwd=root)
    return out


@pytest.mark.slow
def test_51_the_wheel_holds_the_whole_studio_and_nothing_else(built: Path, root: Path) -> None:
    (wheel,) = built.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "limner/py.typed" in names
    assert "limner/__init__.pyi" in names
    assert "limner/weights/ledger.toml" in names
    for graph in (root / "src" / "limner" / "weights" / "graphs").glob("*.onnx"):
        assert f"limner/weights/graphs/{graph.name}" in names
    for entry in (root / "src" / "limner" / "styles" / "catalogue").glob("*.toml"):
        assert f"limner/styles/catalogue/{entry.name}" in names
    assert {n.split("/")[0] for n in names} == {
        "limner",
        wheel.name.rsplit("-", 3)[0] + ".dist-info",
    }
    run(sys.executable, "-m", "check_wheel_contents", wheel, cwd=built)


@pytest.mark.slow
def test_51_the_sdist_holds_tests_examples_and_licence(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}
    wanted = {"LICENSE", "README.md", "constraints.txt", "examples/demo.py", "tests/conftest.py"}
    assert wanted <= names
    assert not {n for n in names if n.startswith(("runs", "out", ".venv"))}
    run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir(), cwd=built)


@pytest.mark.soak
@pytest.mark.parametrize("python", PYTHONS)
def test_51_a_clean_machine_installs_the_wheel_and_draws(
    built: Path, root: Path, tmp_path: Path, python: str
) -> None:
    program = interpreter(python)
    if program is None:
        pytest.skip(f"no Python {python} here")
    (wheel,) = built.glob("*.whl")
    run(program, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    limner = tmp_path / "venv" / "bin" / "limner"
    pip = (tmp_path / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet")
    run(*pip, "--only-binary", ":all:", wheel, cwd=tmp_path)
    assert run(limner, "--version", cwd=tmp_path).startswith("limner ")
    run(limner, "doctor", cwd=tmp_path)
    sitter = root / "examples" / "samples" / "elder-172.jpg"
    run(limner, "draw", sitter, "-o", tmp_path / "drawn", cwd=tmp_path)
    assert list((tmp_path / "drawn").glob("*.png"))
