"""One session opens graphs once, runs them from any thread, and refuses what it must."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.weights.graphs import doubling, row_of

from limner.errors import BadShape, CorruptWeights, ForbiddenWeights
from limner.weights import Session, configure, each, home, ledger, physical_cores, session

X = np.array([1.0, -2.0, 0.5], np.float32)


@pytest.fixture(params=["openvino", "onnxruntime"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let sessions run on each engine in turn."""
    pytest.importorskip(request.param)
    monkeypatch.setenv("LIMNER_ENGINE", request.param)
    return str(request.param)


@pytest.mark.usefixtures("engine")
def test_a_graph_computes(tmp_path: Path) -> None:
    out = Session().run(row_of(tmp_path, doubling()), {"x": X})
    assert out["y"].tolist() == [2.0, -4.0, 1.0]


def test_both_engines_agree(tmp_path: Path) -> None:
    pytest.importorskip("openvino")
    row = row_of(tmp_path, doubling(factor=3.0))
    one, other = (Session(engine=e).run(row, {"x": X})["y"] for e in ("openvino", "onnxruntime"))
    np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("engine")
def test_eight_threads_share_one_network(tmp_path: Path) -> None:
    row, shared = row_of(tmp_path, doubling()), Session()
    inputs = [np.full(3, i, np.float32) for i in range(64)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda x: shared.run(row, {"x": x})["y"], inputs))
    for x, y in zip(inputs, results, strict=True):
        np.testing.assert_array_equal(y, 2 * x)


@pytest.mark.usefixtures("engine")
def test_results_stay_when_the_network_runs_again(tmp_path: Path) -> None:
    row, shared = row_of(tmp_path, doubling()), Session()
    first = shared.run(row, {"x": X})["y"]
    shared.run(row, {"x": X * 5})
    assert first.tolist() == [2.0, -4.0, 1.0]


def test_only_so_many_networks_stay_open(tmp_path: Path) -> None:
    shared = Session(most_open=2)
    for k in range(4):
        row = row_of(tmp_path, doubling(factor=float(k + 1)), name=f"test-{k}")
        assert shared.run(row, {"x": X})["y"][0] == k + 1
    assert len(shared._open) == 2


def test_a_changed_byte_is_refused_before_use(tmp_path: Path) -> None:
    row = row_of(tmp_path, doubling())
    row.path.write_bytes(doubling(factor=9.0))
    with pytest.raises(CorruptWeights, match="was changed"):
        Session().run(row, {"x": X})


def test_a_graph_whose_row_lies_about_foreign_operators_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorruptWeights, match="evil"):
        Session().run(row_of(tmp_path, doubling(domain="evil")), {"x": X})


def test_a_recipe_names_the_networks_that_run_here_and_no_others() -> None:
    shipped = {row.name: row for row in ledger.rows() if row.room == "faces"}
    usual = Session().hashes("faces")
    sold = Session(commercial_only=True).hashes("faces")
    assert set(usual) == {n for n in shipped if not n.endswith(ledger.CLEAN)}
    assert all(shipped[name].commercial for name in sold)
    assert not Session().hashes("no-room")


@pytest.mark.parametrize(("said", "only"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_the_environment_asks_for_what_may_be_sold_unless_told_otherwise(
    said: str, only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMNER_COMMERCIAL_ONLY", said)
    assert Session().commercial_only is only
    assert not Session(commercial_only=False).commercial_only


def test_a_session_says_which_networks_it_may_run() -> None:
    forbidden = next(
        row.name for row in ledger.rows() if not row.commercial and row.room == "styles"
    )
    assert Session().serves(forbidden)
    assert not Session(commercial_only=True).serves(forbidden)
    assert not Session().serves("no-such-network")


def test_commercial_only_refuses_by_name(tmp_path: Path) -> None:
    row = row_of(tmp_path, doubling(), commercial=False)
    with pytest.raises(ForbiddenWeights, match="test-double"):
        Session(commercial_only=True).run(row, {"x": X})


@pytest.mark.usefixtures("engine")
def test_wrong_inputs_are_named(tmp_path: Path) -> None:
    row = row_of(tmp_path, doubling())
    with pytest.raises(BadShape, match="'x'"):
        Session().run(row, {"z": X})
    with pytest.raises(BadShape, match="do not fit"):
        Session().run(row, {"x": np.zeros((2, 2), np.float32)})


def test_caches_lie_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path / "é 한글"))
    pytest.importorskip("openvino")
    Session(engine="openvino").run(row_of(tmp_path, doubling()), {"x": X})
    assert home() == tmp_path / "é 한글"
    assert list((home() / "compiled").iterdir())


@pytest.mark.usefixtures("engine")
def test_a_home_that_cannot_be_written_costs_nothing_but_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LIMNER_HOME", str(tmp_path / "file"))
    assert Session().run(row_of(tmp_path, doubling()), {"x": X})["y"][0] == 2


def test_the_process_has_one_session_until_it_is_configured_anew() -> None:
    first = session()
    assert session() is first
    second = configure(threads=1)
    assert session() is second is not first
    assert second.threads == 1
    configure()


#: What eight threads do first in a fresh process; they change turns as often as they can, so that they meet.
FIRST_CALLS = """
import sys, threading
import numpy as np
from limner.weights import session
sys.setswitchinterval(1e-6)
gate, sessions = threading.Barrier(8), []
def first():
    gate.wait()
    sessions.append(session())
    sessions[-1].run("faces-detect", {"picture": np.zeros((1, 3, 64, 64), np.float32)})
threads = [threading.Thread(target=first, daemon=True) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(sessions), len(set(map(id, sessions))))
"""


@pytest.mark.parametrize("trial", range(3))
def test_eight_threads_that_ask_first_get_one_session_and_all_come_back(trial: int) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", FIRST_CALLS], capture_output=True, text=True, timeout=150
    )
    assert answer.stdout.split() == ["8", "1"], (trial, answer.stderr)


def test_threads_are_the_physical_cores() -> None:
    assert 1 <= physical_cores() <= 4096


@pytest.mark.parametrize("threads", [1, 4])
def test_what_is_done_on_each_of_many_comes_back_in_their_order(threads: int) -> None:
    configure(threads=threads)
    try:
        done = each(lambda n: (n * n, threading.get_ident()), iter(range(40)))
    finally:
        configure()
    assert [square for square, _ in done] == [n * n for n in range(40)]
    own = {who for _, who in done} == {threading.get_ident()}
    assert own == (threads == 1), "with one thread all happens in the caller's own"


def test_what_one_of_many_raises_reaches_the_caller() -> None:
    configure(threads=3)
    try:
        with pytest.raises(ZeroDivisionError):
            each(lambda n: 1 // n, [2, 1, 0])
    finally:
        configure()
