"""Every file has its tests, and no file or function holds more than one idea."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

#: Files without a test file of their own: re-exports, and what is measured through its neighbours.
EXEMPT = {
    "records/_check.py",
}
#: Files and functions whose tests or cuts are owed, a path or ``path:function`` a line; it may only shrink.
OWED = {
    line
    for line in (Path(__file__).parent / "owed.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
}
LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 50


def sources(root: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each source file and its path inside the package."""
    package = root / "src" / "limner"
    for path in sorted(package.rglob("*.py")):
        yield path, path.relative_to(package)


def is_tested(root: Path, inside: Path) -> bool:
    """Say whether `inside` has a test file at its mirrored place.

    Files in the folders inside a room (``train/nets/parser.py``) may share one, if it imports them by name.
    """
    tests = root / "tests"
    name = f"test_{inside.stem.strip('_')}.py"
    own = (tests / inside.with_name(name), tests / inside.parts[0] / name, tests / name)
    if any(path.is_file() for path in own):
        return True
    if len(inside.parts) < 3:
        return False
    dotted = ".".join(("limner", *inside.with_suffix("").parts))
    folder, _, stem = dotted.rpartition(".")
    spelled = re.compile(rf"{re.escape(dotted)}\b|from {re.escape(folder)} import [^\n]*\b{stem}\b")
    return any(
        spelled.search(p.read_text("utf-8")) for p in (tests / inside.parts[0]).rglob("test_*.py")
    )


def test_every_file_of_a_room_has_its_test_file(root: Path) -> None:
    missing = [
        inside.as_posix()
        for path, inside in sources(root)
        if path.name != "__init__.py"
        and inside.as_posix() not in EXEMPT | OWED
        and not is_tested(root, inside)
    ]
    assert not missing, f"no test file for: {', '.join(missing)}"


def test_every_exemption_is_still_needed(root: Path) -> None:
    owed = {name.partition(":")[0] for name in OWED}
    idle = [name for name in EXEMPT if is_tested(root, Path(name))]
    gone = [name for name in EXEMPT | owed if not (root / "src" / "limner" / name).is_file()]
    assert not idle + gone


def test_no_file_is_longer_than_one_idea(root: Path) -> None:
    files = [p for p, _ in sources(root)] + sorted((root / "tests").rglob("*.py"))
    lengths = {p.relative_to(root): len(p.read_text("utf-8").splitlines()) for p in files}
    assert not {str(p): n for p, n in lengths.items() if n > LINES_OF_A_FILE}


def test_no_function_is_longer_than_one_idea(root: Path) -> None:
    long = []
    for path, inside in sources(root):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            words = ast.get_docstring(node, clean=False)
            body = (node.end_lineno or 0) - node.lineno + 1 - len((words or "").splitlines())
            if body > LINES_OF_A_FUNCTION and f"{inside.as_posix()}:{node.name}" not in OWED:
                long.append(f"{inside}:{node.name} has {body} lines")
    assert not long


def test_every_module_opens_with_one_sentence(root: Path) -> None:
    mute = [
        inside.as_posix()
        for path, inside in sources(root)
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not mute
