"""Every weight that ships is what its ledger row and its card say, and fits its purse."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import onnx
import pytest

from limner.errors import CorruptWeights
from limner.weights import audit, ledger

GRAPHS = Path(ledger.__file__).with_name("graphs")
CARDS = Path(ledger.__file__).with_name("cards")
TRAIN = Path(ledger.__file__).parent.parent / "train"
MEGABYTES_OF_ALL = 90
MEGABYTES_OF = {"faces": 16, "styles": 16}
FORBIDDEN = re.compile(r"^A?GPL|SSPL|BUSL", re.IGNORECASE)
UNSOLD = re.compile(r"-NC\b|noncommercial|research-only", re.IGNORECASE)
SPDX = re.compile(r"[A-Za-z0-9.\-+]+(?: (?:AND|OR|WITH) [A-Za-z0-9.\-+]+)*")


def graphs() -> list[Path]:
    """Return every file in the folder of graphs."""
    return sorted(p for p in GRAPHS.glob("*") if p.name != ".gitkeep")


def row_of(graph: Path) -> ledger.Row:
    """Return a graph's row."""
    return ledger.row(graph.stem)


def test_graphs_rows_and_cards_are_the_same_names() -> None:
    names = {p.stem for p in graphs()}
    assert names == {row.name for row in ledger.rows()}
    assert names == {p.stem for p in CARDS.glob("*.md")}


def test_all_weights_together_fit_their_purse() -> None:
    megabytes = {p.stem: p.stat().st_size / 1e6 for p in graphs()}
    assert sum(megabytes.values()) <= MEGABYTES_OF_ALL
    for room, most in MEGABYTES_OF.items():
        assert sum(m for name, m in megabytes.items() if name.startswith(f"{room}-")) <= most


@pytest.mark.parametrize("graph", graphs(), ids=lambda p: p.stem)
def test_53_a_weight_has_the_bytes_hash_and_terms_of_its_row(graph: Path) -> None:
    row = row_of(graph)
    data = graph.read_bytes()
    assert (row.bytes, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert not faults(row)
    assert row.scores, "no held-out score is written down"


def faults(row: ledger.Row) -> list[str]:
    """Return what is wrong with a weight's terms."""
    said = [row.license, *(source["license"] for source in row.data)]
    found = [f"{terms} is no identifier" for terms in said if not SPDX.fullmatch(terms)]
    found += [f"{terms} is forbidden" for terms in said if FORBIDDEN.search(terms)]
    found += [
        f"{terms} may not be sold" for terms in said if row.commercial and UNSOLD.search(terms)
    ]
    found += [] if row.data and all(source["name"] for source in row.data) else ["no data named"]
    return found


@pytest.mark.parametrize(
    ("terms", "data", "commercial", "fault"),
    [
        ("MIT", "CC0-1.0", True, None),
        ("LicenseRef-research-only", "CC-BY-NC-SA-4.0", False, None),
        ("AGPL-3.0-only", "CC0-1.0", False, "forbidden"),
        ("MIT", "GPL-3.0-or-later", True, "forbidden"),
        ("MIT", "CC-BY-NC-SA-4.0", True, "sold"),
        ("LicenseRef-research-only", "CC0-1.0", True, "sold"),
        ("MIT", "LicenseRef-noncommercial-research", True, "sold"),
        ("free for all!", "CC0-1.0", True, "identifier"),
    ],
)
def test_53_forbidden_terms_fail(
    terms: str, data: str, commercial: bool, fault: str | None, tmp_path: Path
) -> None:
    (tmp_path / "ledger.toml").write_text(
        f'[a-b]\nsha256 = "{"0" * 64}"\nbytes = 7\nroom = "a"\nlicense = "{terms}"\n'
        f'commercial = {str(commercial).lower()}\ndata = [{{ name = "d", license = "{data}" }}]\n'
    )
    (row,) = ledger.read_rows(tmp_path / "ledger.toml", tmp_path)
    found = faults(row)
    assert bool(found) == (fault is not None)
    assert fault is None or fault in found[0]


@pytest.mark.parametrize("graph", graphs(), ids=lambda p: p.stem)
def test_a_graph_is_named_after_its_room_and_made_by_a_recipe_that_ships(graph: Path) -> None:
    assert re.fullmatch(r"[a-z]+-[a-z]+(-clean)?\.onnx", graph.name)
    row = row_of(graph)
    assert graph.stem.startswith(f"{row.room}-")
    stem = Path(row.recipe).stem
    assert list(TRAIN.rglob(f"{stem}.toml")) or (TRAIN / f"{stem}.py").is_file()
    assert re.fullmatch(r"[0-9a-f]{7,40}", row.commit)


@pytest.mark.parametrize("graph", graphs(), ids=lambda p: p.stem)
def test_a_graph_stands_alone_and_has_the_inputs_and_outputs_of_its_row(graph: Path) -> None:
    audit(graph.read_bytes())
    model = onnx.load(graph, load_external_data=False)
    assert {d.domain for d in model.opset_import} <= {"", "ai.onnx"}
    assert not any(t.external_data for t in model.graph.initializer)
    row = row_of(graph)
    assert {i.name for i in model.graph.input} == set(row.inputs)
    assert {o.name for o in model.graph.output} == set(row.outputs)
    for port in (*row.inputs.values(), *row.outputs.values()):
        assert {"shape", "dtype", "range"} <= set(port)


@pytest.mark.parametrize("graph", graphs(), ids=lambda p: p.stem)
def test_bf16_is_used_only_where_its_error_was_measured_and_is_harmless(graph: Path) -> None:
    row = row_of(graph)
    assert row.precision in {"f32", "bf16"}
    if row.precision == "bf16":
        assert row.bf16_error <= 0.02


@pytest.mark.parametrize("graph", graphs(), ids=lambda p: p.stem)
def test_a_card_says_what_for_where_it_fails_and_on_whom_it_was_measured(graph: Path) -> None:
    card = (CARDS / f"{graph.stem}.md").read_text("utf-8").lower()
    for heading in ("what for", "where it fails", "measured"):
        assert re.search(rf"^#+ .*{heading}", card, re.MULTILINE), f"no heading {heading!r}"
    assert "to be written" not in card
    assert row_of(graph).license.lower() in card


def test_a_row_that_lies_about_its_hash_is_caught(tmp_path: Path) -> None:
    (tmp_path / "a-b.onnx").write_bytes(b"changed")
    (tmp_path / "ledger.toml").write_text(
        f'[a-b]\nsha256 = "{"0" * 64}"\nbytes = 7\nroom = "a"\nlicense = "MIT"\ncommercial = true\n'
    )
    (row,) = ledger.read_rows(tmp_path / "ledger.toml", tmp_path)
    with pytest.raises(CorruptWeights, match=r"a-b\.onnx.*sha256"):
        ledger.audited_bytes(row)
