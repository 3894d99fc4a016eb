from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import BadShape
from limner.files.metadata import as_text, creator, rdf, xmp_packet
from limner.records import Recipe

XMP = "{http://ns.adobe.com/xap/1.0/}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"


#: With the surrogate that Python gives for a byte in a file's name that is no UTF-8.
WORDS = st.text(st.characters(exclude_categories=["Cs"]) | st.just("\udcff"), max_size=30)


@given(note=WORDS, version=WORDS)
def test_any_text_survives_as_xml_and_as_json(note: str, version: str) -> None:
    recipe = Recipe("draw", {"note": note}, version=version)
    tree = ET.fromstring(rdf(recipe))  # noqa: S314 - our own text
    written = tree.findtext(".//{urn:limner:recipe}Recipe")
    assert json.loads(written or "")["settings"]["note"] == note
    as_text(recipe).encode("utf-8")


def test_the_packet_names_tool_version_and_source_type(recipe: Recipe) -> None:
    text = xmp_packet(recipe).decode("utf-8")
    assert text.startswith("<?xpacket begin=")
    tree = ET.fromstring(text[text.index("<x:") : text.rindex("<?")])  # noqa: S314
    assert tree.findtext(f".//{XMP}CreatorTool") == "Limner 1.2.3"
    assert tree.findtext(f".//{IPTC}DigitalSourceType") == (
        "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
    )


def test_equal_recipes_are_equal_text() -> None:
    one = Recipe("draw", {"a": 1, "b": 2}, {"x": "1", "y": "2"})
    other = Recipe("draw", {"b": 2, "a": 1}, {"y": "2", "x": "1"})
    assert xmp_packet(one) == xmp_packet(other)


@pytest.mark.parametrize("word", ["", "a b", 'x"/>', "../x"])
def test_a_source_type_that_is_no_word_is_refused(word: str) -> None:
    with pytest.raises(BadShape, match="source type"):
        rdf(Recipe("draw", source_type=word))


def test_a_recipe_without_a_version_still_names_the_tool() -> None:
    assert creator(Recipe("draw")) == "Limner"
