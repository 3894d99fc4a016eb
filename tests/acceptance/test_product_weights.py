"""Weights are what the ledger says, or nothing runs (tests 53 and 56)."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.acceptance.program import NEEDED, needs_networks, objects, run, save, small

from limner import cli, weights
from limner.weights import ledger


@pytest.fixture
def fresh_session() -> Iterator[None]:
    weights.configure()
    yield
    weights.configure()


@needs_networks
@pytest.mark.usefixtures("fresh_session")
@pytest.mark.parametrize("name", NEEDED)
def test_56_one_changed_byte_is_refused_before_use(
    name: str,
    samples: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = ledger.row(name)
    data = bytearray(row.path.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "graphs").mkdir()
    changed = tmp_path / "graphs" / row.path.name
    changed.write_bytes(data)
    moved = dataclasses.replace(row, folder=changed.parent)
    rows = tuple(moved if r.name == name else r for r in ledger.rows())
    monkeypatch.setattr(ledger, "rows", lambda: rows)
    me = save(small(samples / "curls-001.jpg"), tmp_path / "me.png")
    assert cli.main(["draw", str(me)]) == 1
    said = capsys.readouterr().err
    for text in (changed.name, row.sha256, hashlib.sha256(data).hexdigest()):
        assert text in said
    assert not (tmp_path / "me-croquis.png").exists()
    assert cli.main(["doctor"]) == 1


def test_53_everything_that_runs_is_in_the_list_with_its_licence() -> None:
    rows = objects(run("licenses", "--json").stdout)
    assert {r["kind"] for r in rows} >= {"program", "library"}
    assert {r["name"] for r in rows if r["kind"] == "weight"} == {r.name for r in ledger.rows()}
    assert all(r["license"] for r in rows)


@needs_networks
@pytest.mark.usefixtures("fresh_session")
def test_53_what_may_not_be_sold_is_refused_on_request(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    me = save(small(samples / "curls-001.jpg"), tmp_path / "me.png")
    forbidden = [n for n in NEEDED if not ledger.row(n).commercial]
    code = cli.main(["draw", str(me), "--commercial-only"])
    assert code == (1 if forbidden else 0)
    if forbidden:
        assert "commercially" in capsys.readouterr().err


@pytest.mark.usefixtures("fresh_session")
@pytest.mark.parametrize("style", ["pencil", "pen", "oil"])
def test_53_the_clean_styles_are_drawn_all_the_same(
    style: str, samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(small(samples / "curls-001.jpg"), tmp_path / "me.png")
    words = ["draw", str(tmp_path / "me.png"), "--style", style, "--commercial-only", "--json"]
    assert cli.main(words) == 0
    heard = capsys.readouterr()
    assert "commercially" not in heard.err
    (row,) = objects(heard.out.encode())
    assert len(row["faces"]) == 1
    told = (tmp_path / f"me-{style}.png").read_bytes()
    assert b"styles-draw" not in told
    assert b"faces-detect-clean" in told
    assert b"compositeWithTrainedAlgorithmicMedia" not in told


#: Every verb that takes a picture, and what it does where only what may be sold may run.
CLEAN = {
    ("draw", "--style", "croquis"): 1,
    ("draw", "--style", "pencil"): 0,
    ("lines",): 0,
    ("plot",): 0,
    ("faces",): 0,
    ("parse",): 0,
    ("compose",): 1,
    ("orbit",): 1,
    ("head",): 1,
    ("mix", "me.png", "--parts", "eyes"): 1,
    ("edit", "--labels", "maps/map.png"): 1,
}


@pytest.mark.usefixtures("fresh_session")
@pytest.mark.parametrize("verb", CLEAN, ids="-".join)
def test_53_every_verb_gives_a_product_or_a_sentence(
    verb: tuple[str, ...],
    samples: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    save(small(samples / "curls-001.jpg"), tmp_path / "me.png")
    (tmp_path / "maps").mkdir()
    save(np.zeros((256, 256), np.uint8), tmp_path / "maps" / "map.png")
    code = cli.main([verb[0], "me.png", *verb[1:], "--commercial-only"])
    said = capsys.readouterr().err
    assert code == CLEAN[verb], said
    assert "Traceback" not in said
    assert ("may not be used commercially" in said) == bool(code)
    if code:
        assert [p.name for p in tmp_path.iterdir() if p.suffix in {".png", ".svg"}] == ["me.png"]


@needs_networks
@pytest.mark.usefixtures("fresh_session")
def test_53_strokes_know_their_parts_where_only_what_may_be_sold_may_run(
    samples: Path, tmp_path: Path
) -> None:
    me = save(small(samples / "curls-001.jpg", 512), tmp_path / "me.png")
    assert cli.main(["draw", str(me), "--style", "pen", "--svg", "--commercial-only"]) == 0
    told = (tmp_path / "me-pen.svg").read_text()
    for part in ("hair", "left-eye", "right-eye", "nose", "mouth"):
        assert f'label="{part}"' in told
