"""What is wrong with an installation is found and comes with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.api import fakes

from limner import api
from limner.errors import CorruptWeights
from limner.weights.ledger import Row


@pytest.fixture(autouse=True)
def faked(monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.install(monkeypatch)


def found(name: str) -> api.Check:
    return next(check for check in api.doctor() if check.name == name)


def test_a_whole_installation_is_well() -> None:
    assert [check for check in api.doctor() if not check.ok] == []


def test_a_changed_weight_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "faces-odd.onnx").write_bytes(b"changed")
    row = Row("faces-odd", "0" * 64, 7, "faces", "Apache-2.0", True, folder=tmp_path)
    monkeypatch.setattr("limner.weights.ledger.rows", lambda: (row,))
    check = found("weight faces-odd")
    assert not check.ok
    assert "faces-odd.onnx" in check.detail
    assert "0" * 64 in check.detail
    assert check.remedy


def test_a_network_that_does_not_run_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_photo: object) -> None:
        raise CorruptWeights("cannot open")

    monkeypatch.setattr("limner.faces.find_faces", fail)
    check = found("networks run")
    assert not check.ok
    assert "cannot open" in check.detail


def test_a_home_that_cannot_be_written_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path / "file" / "home"))
    check = found("cache folder")
    assert not check.ok
    assert "LIMNER_HOME" in check.remedy


def test_an_absent_extra_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    check = found("extra train")
    assert check.ok
    assert "limner[train]" in check.detail


def test_a_limit_that_is_no_number_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMNER_MAX_MEGAPIXELS", "plenty")
    check = found("limits")
    assert not check.ok
    assert "'plenty'" in check.detail
    assert "LIMNER_MAX_MEGAPIXELS" in check.remedy


def test_a_full_disk_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limner.api._doctor._LEAST_FREE_MB", 1e15)
    check = found("free disk")
    assert not check.ok
    assert "LIMNER_HOME" in check.remedy
