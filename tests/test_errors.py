"""The tree of errors is drawn as it is, and its sentences help."""

from __future__ import annotations

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner import errors

CLASSES = [getattr(errors, name) for name in errors.__all__]


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = re.findall(
        r"(?:├──|└──|^    )\s*(\w+)(?: \((\w+)\))?", errors.__doc__ or "", re.MULTILINE
    )
    assert {name for name, _ in drawn} == set(errors.__all__)
    for name, builtin in drawn:
        bases = [base.__name__ for base in getattr(errors, name).__mro__]
        assert not builtin or builtin in bases


@pytest.mark.parametrize("kind", CLASSES, ids=lambda c: c.__name__)
def test_an_error_is_limners_own_and_says_what_it_means(kind: type[Exception]) -> None:
    assert issubclass(kind, errors.LimnerError)
    assert inspect.getdoc(kind)


def test_names_are_listed_in_order() -> None:
    assert errors.__all__ == sorted(errors.__all__)


@given(st.lists(st.text(min_size=1), unique=True), st.text())
def test_an_unknown_name_lists_all_that_are_known(known: list[str], asked: str) -> None:
    words = str(errors.UnknownName.among("part", asked, known))
    assert words.endswith(f"There are: {', '.join(sorted(known)) or 'none'}.")
    assert repr(asked) in words


def test_an_unknown_name_is_told_its_neighbours() -> None:
    words = str(errors.UnknownName.among("style", "hach", ["hatch", "pencil"]))
    assert "Did you mean 'hatch'?" in words


def test_a_missing_extra_is_told_with_the_command_that_brings_it() -> None:
    assert "pip install 'limner[heic]'" in str(errors.MissingExtra.of("heic", "reading HEIC"))
