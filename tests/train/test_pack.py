"""A pack's ledger and card: one row changes, all else stays to the letter."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from limner.errors import CorruptWeights, RecipeError
from limner.train.pack import card, row_text, with_row, write_pack
from limner.weights.ledger import read_rows

pytestmark = pytest.mark.train

ROW: dict[str, Any] = {
    "sha256": "0" * 64,
    "bytes": 1_500_000,
    "room": "faces",
    "inputs": {"crop": {"shape": [1, 3, "height"], "dtype": "float32", "range": [-1.0, 1.0]}},
    "outputs": {"a b": {"shape": [1], "dtype": "float32", "range": ["-inf", "inf"]}},
    "license": "CC0-1.0",
    "commercial": True,
    "data": [{"name": 'made "people"', "license": "CC0-1.0"}],
    "recipe": "parse",
    "commit": "abcdef0",
    "hours": 0.5,
    "pictures": 1200,
    "machine": "a CPU, 2 cores",
    "scores": {"f1": 0.8123},
    "bf16_error": 0.004,
    "precision": "bf16",
}
OTHERS = """# One table a graph.

[faces-detect]   # by hand
bytes = 7

[faces-detect.inputs]
picture = { shape = [1] }

[styles-draw]
bytes = 8
"""


def test_a_row_comes_back_as_it_was() -> None:
    assert tomllib.loads(row_text("faces-parse", ROW)) == {"faces-parse": ROW}


def test_a_new_row_is_sorted_in_and_others_stay_to_the_letter() -> None:
    new = with_row(OTHERS, "faces-parse", ROW)
    assert list(tomllib.loads(new)) == ["faces-detect", "faces-parse", "styles-draw"]
    for block in OTHERS.strip().split("\n\n"):
        assert block in new
    assert new.startswith("# One table a graph.\n")


def test_a_row_is_replaced_with_all_its_tables() -> None:
    new = with_row(OTHERS, "faces-detect", ROW)
    tables = tomllib.loads(new)
    assert tables["faces-detect"] == ROW
    assert tables["styles-draw"] == {"bytes": 8}
    assert with_row(new, "faces-detect", ROW) == new


def test_a_damaged_ledger_is_not_written_over() -> None:
    with pytest.raises(CorruptWeights, match="no TOML"):
        with_row("[a-b\n", "c-d", ROW)


def test_what_toml_cannot_hold_is_refused() -> None:
    with pytest.raises(RecipeError, match="no place in a ledger"):
        row_text("a-b", {"x": None})


def test_a_card_says_what_for_where_it_fails_and_the_facts() -> None:
    text = card("faces-parse", ROW, purpose="Finds parts.", limits="Hats.")
    for part in (
        "## What for\n\nFinds parts.",
        "## Where it fails\n\nHats.",
        "measured",
        "CC0-1.0",
    ):
        assert part in text
    assert "| f1 | 0.8123 |" in text


def test_a_cards_prose_outlives_a_new_export() -> None:
    old = card("faces-parse", ROW, purpose="P", limits="L").replace("L\n", "Hats, by my own eye.\n")
    new = card("faces-parse", ROW | {"scores": {"f1": 0.9}}, purpose="P", limits="L", old=old)
    assert "by my own eye" in new
    assert "| f1 | 0.9 |" in new
    assert "0.8123" not in new


def test_a_pack_is_what_the_ledger_reads(tmp_path: Path) -> None:
    path = write_pack(tmp_path / "new", "faces-parse", b"graph", ROW, "# card\n")
    assert path == tmp_path / "new" / "graphs" / "faces-parse.onnx"
    (row,) = read_rows(tmp_path / "new" / "ledger.toml", path.parent)
    assert row.path.read_bytes() == b"graph"
    assert (row.license, row.scores, row.data[0]["name"]) == (
        "CC0-1.0",
        {"f1": 0.8123},
        'made "people"',
    )
