"""The public names are sorted, true, and the same to a type checker as to Python."""

from __future__ import annotations

import ast
import importlib
import tomllib
from pathlib import Path

import pytest

import limner

STUB = Path(limner.__file__).with_suffix(".pyi")


def listed_in_stub() -> list[str]:
    """Return `__all__` as the stub spells it."""
    for node in ast.parse(STUB.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
            assert isinstance(names, list)
            return names
    raise AssertionError("the stub has no __all__")


def test_public_names_are_sorted_and_the_stub_agrees() -> None:
    assert list(limner.__all__) == sorted(limner.__all__)
    assert sorted(listed_in_stub()) == list(limner.__all__)


@pytest.mark.parametrize("name", limner.__all__)
def test_a_public_name_resolves_and_says_what_it_does(name: str) -> None:
    thing = getattr(limner, name)
    if callable(thing):
        assert (thing.__doc__ or "").strip(), f"limner.{name} has no docstring"


def test_no_public_name_hides_a_room() -> None:
    rooms = {p.parent.name for p in Path(limner.__file__).parent.glob("*/__init__.py")}
    assert not rooms & set(limner.__all__)


def test_every_error_and_record_is_public() -> None:
    for module in ("limner.errors", "limner.records"):
        names = importlib.import_module(module).__all__
        missing = {n for n in names if isinstance(getattr(limner, n, None), type)} ^ {
            n for n in names if isinstance(getattr(importlib.import_module(module), n), type)
        }
        assert not missing, f"{module} has {missing}, limner has not"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        _ = limner.no_such_verb  # type: ignore[attr-defined]


def test_the_version_is_written_once_and_the_changelog_knows_it(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert "version" not in project
    assert "version" in project["dynamic"]
    assert f"## [{limner.__version__}]" in (root / "CHANGELOG.md").read_text("utf-8")
    assert f"version: {limner.__version__}" in (root / "CITATION.cff").read_text("utf-8")
