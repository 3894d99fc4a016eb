"""The tree of errors is drawn as it is, and its sentences help."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner import errors

CLASSES = [getattr(errors, name) for name in errors.__all__]


def test_the_tree_is_drawn_as_it_is() -> None:
    rows = re.findall(
        r"^    ((?:[│ ]   )*)(?:[├└]── )?(\w+)(?: \((\w+)\))?", errors.__doc__ or "", re.MULTILINE
    )
    assert sorted(name for _, name, _ in rows) == errors.__all__
    above = [errors.LimnerError]
    for indent, name, builtin in rows[1:]:
        depth = len(indent) // 4 + 1
        kind = getattr(errors, name)
        assert kind.__bases__[0] is above[depth - 1]
        assert [b.__name__ for b in kind.__bases__[1:]] == [builtin] * bool(builtin)
        above[depth:] = [kind]


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


@pytest.mark.parametrize("kind", CLASSES, ids=lambda c: c.__name__)
def test_an_error_survives_the_way_from_one_process_to_another(kind: type[Exception]) -> None:
    back = pickle.loads(pickle.dumps(kind("No face in a.jpg; try another.")))  # noqa: S301
    assert type(back) is kind
    assert str(back) == "No face in a.jpg; try another."
