"""What requests may say."""

from __future__ import annotations

import json
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from limner.studio import bodies

#: A body's class and what it cannot do without.
NEEDED: dict[type[BaseModel], dict[str, Any]] = {
    bodies.DrawingWish: {},
    bodies.PlotWish: {},
    bodies.StrokesWish: {},
    bodies.ViewWish: {},
    bodies.CanvasWish: {"version": 1},
    bodies.FilmWish: {},
    bodies.FromSeed: {"seed": 1},
    bodies.FromPhoto: {"photo": "x"},
    bodies.Edit: {"part": "hair"},
    bodies.Take: {"onto": [], "from": [], "part": "nose"},
    bodies.Morph: {"a": {"strokes": []}, "b": {"strokes": []}, "t": 0.5},
}


@pytest.mark.parametrize("kind", NEEDED)
def test_the_least_is_enough_and_unknown_fields_are_refused(kind: type[BaseModel]) -> None:
    kind.model_validate(NEEDED[kind])
    with pytest.raises(ValidationError, match="extra_forbidden"):
        kind.model_validate({**NEEDED[kind], "odd": 1})


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    for text in (
        f'{{"strength": {number}}}',
        f'{{"strength": {{"hair": {number}}}}}',
        f'{{"seed": {number}}}',
    ):
        with pytest.raises(ValidationError):
            bodies.DrawingWish.model_validate(json.loads(text))


@pytest.mark.parametrize(
    "style", ["", "../../etc/passwd", "C:\\x.toml", "a\x00b", "x" * 201, "x.TOML"]
)
def test_a_style_is_a_name_and_no_path(style: str) -> None:
    with pytest.raises(ValidationError):
        bodies.DrawingWish.model_validate({"style": style})
    with pytest.raises(ValidationError):
        bodies.DrawingWish.model_validate({"style": {"hair": style}})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@hypothesis.given(value=json_values, data=st.data())
def test_58_any_json_is_a_body_or_is_refused(value: Any, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(NEEDED)))
    field = data.draw(st.sampled_from(list(kind.model_fields)))
    try:
        kind.model_validate({**NEEDED[kind], field: value})
        kind.model_validate(value)
    except ValidationError:
        pass
