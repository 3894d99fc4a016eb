"""A recipe is one line of JSON, the same for the same settings."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from limner import Recipe

SETTINGS = st.dictionaries(st.text(), st.one_of(st.booleans(), st.integers(), st.text(), st.none()))


@given(SETTINGS)
def test_a_recipe_reads_back_from_its_one_line(settings: dict[str, object]) -> None:
    text = Recipe("draw", settings).as_json()
    assert "\n" not in text
    assert json.loads(text)["settings"] == settings


@given(SETTINGS)
def test_the_order_of_settings_does_not_matter(settings: dict[str, object]) -> None:
    turned = dict(reversed(list(settings.items())))
    assert Recipe("draw", settings).as_json() == Recipe("draw", turned).as_json()


def test_a_plain_recipe_claims_no_trained_network() -> None:
    assert Recipe("lines").source_type == "algorithmicMedia"
