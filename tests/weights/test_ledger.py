"""The ledger says what each graph is, and refuses what does not fit it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.weights.graphs import doubling, row_of

from limner.errors import CorruptWeights, ForbiddenWeights, MissingWeights, UnknownName
from limner.weights import ledger

TABLE = """
[test-double]
sha256 = "00"
bytes = 3
room = "test"
license = "MIT"
commercial = true
"""


def test_rows_are_read_in_order_of_their_names(tmp_path: Path) -> None:
    path = tmp_path / "ledger.toml"
    path.write_text(TABLE + TABLE.replace("double", "again"))
    assert [r.name for r in ledger.read_rows(path, tmp_path)] == ["test-again", "test-double"]


@pytest.mark.parametrize(
    "text", ["[a]\nsha256 = ", "[a]\nroom = 1\n", TABLE + "colour = 1\n", "a = 1"]
)
def test_a_ledger_that_does_not_fit_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ledger.toml"
    path.write_text(text)
    with pytest.raises(CorruptWeights, match=r"ledger\.toml"):
        ledger.read_rows(path, tmp_path)


def test_an_unknown_weight_names_its_nearest_matches() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'metrics-features'"):
        ledger.row("metrics-faetures")


def test_a_changed_graph_is_refused_with_file_and_both_hashes(tmp_path: Path) -> None:
    row = row_of(tmp_path, doubling())
    data = bytearray(row.path.read_bytes())
    data[-3] ^= 1
    row.path.write_bytes(data)
    with pytest.raises(CorruptWeights) as caught:
        ledger.audited_bytes(row)
    assert str(row.path) in str(caught.value)
    assert row.sha256 in str(caught.value)


def test_a_lost_graph_is_named(tmp_path: Path) -> None:
    row = row_of(tmp_path, doubling())
    row.path.unlink()
    with pytest.raises(MissingWeights, match=r"test-double\.onnx"):
        ledger.audited_bytes(row)


def test_terms_that_forbid_commercial_use_are_said_by_name(tmp_path: Path) -> None:
    row = row_of(tmp_path, doubling(), commercial=False)
    with pytest.raises(ForbiddenWeights, match="nobody's faces"):
        ledger.allowed(row)
    assert ledger.allowed(row_of(tmp_path, doubling())).commercial


def test_a_clean_network_serves_in_the_place_of_one_that_may_not_be_sold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = row_of(tmp_path, doubling(), commercial=False)
    clean = row_of(tmp_path, doubling(), name=row.name + ledger.CLEAN)
    monkeypatch.setattr(ledger, "rows", lambda: (row, clean))
    assert ledger.allowed(row) == clean
    assert ledger.row(row.name, commercial_only=True) == clean
    assert ledger.row(row.name) == row
