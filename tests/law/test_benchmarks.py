"""What the benchmarks name is there, and their pages can be printed; nothing is timed here."""

from __future__ import annotations

import inspect
import subprocess
import sys
import urllib.error
from email.message import Message
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import bench
import chart
import cost
import cost_page
import folder
import numpy as np
import pytest
import rooms
import soak_page
import studio_page
import twins
import works
from PIL import Image

import studio

ROOT = Path(__file__).resolve().parents[2]

MACHINE = {"cpu": "X", "cores": 2, "bf16": True, "load": 0.1}


@pytest.mark.parametrize("name", bench.cases())
def test_a_case_names_a_work_and_gives_it_what_it_asks_for(name: str) -> None:
    case = bench.cases()[name]
    given = [k for k in case if k not in bench.NOT_ARGUMENTS and not k.startswith("limit")]
    asked = inspect.signature(getattr(works, case["work"])).parameters
    if "words" not in asked or case["work"] == "process":
        assert set(given) == set(asked)
    if case["work"] == "twin":
        assert case["name"] in twins.NETS


def test_what_is_set_beside_each_other_is_measured() -> None:
    assert {name for pair in bench.BESIDE for name in pair} <= set(bench.cases())


def test_the_twin_of_u2net_has_the_published_size() -> None:
    count = sum(p.numel() for p in twins.U2Net().parameters())
    assert round(count / 1e6, 1) == 44.0


def test_a_twin_runs_on_a_picture() -> None:
    assert np.asarray(twins.once("u2net", 64)()).shape == (1, 1, 64, 64)


def test_a_chart_is_whole_xml_and_fits_its_sheet() -> None:
    rows = {"a < b & c": [(1.0, 10.0), (4.0, 90.0)], "flat": [(1.0, 90.0), (4.0, 90.0)]}
    sheet = ET.fromstring(chart.Chart("x", "y", "z", rows).svg())  # noqa: S314 - our own
    _, _, wide, high = (float(v) for v in sheet.attrib["viewBox"].split())
    words = [e for e in sheet.iter() if e.tag.endswith("text")]
    assert {"a < b & c", "flat"} <= {e.text for e in words}
    assert all(0 <= float(e.attrib["x"]) <= wide for e in words)
    assert all(0 <= float(e.attrib["y"]) <= high for e in words)
    ends = [float(e.attrib["y"]) for e in words if e.text in rows]
    assert abs(ends[0] - ends[1]) >= 16


def test_a_crowd_shows_as_many_as_were_asked_for() -> None:
    three, four = cost.crowd(3), cost.crowd(4)
    assert three.shape == (1536, 2048, 3)
    fields = np.abs(four.astype(int) - three).reshape(6, 256, 8, 256, 3).sum((1, 3, 4)) > 0
    assert np.argwhere(fields).tolist() == [[0, 3]]


def test_no_two_photographs_of_the_folder_are_alike(tmp_path: Path) -> None:
    folder.fill(tmp_path / "photos", 14)
    files = sorted((tmp_path / "photos").iterdir())
    assert len({p.read_bytes() for p in files}) == 14
    with Image.open(files[0]) as picture:
        assert picture.size == (512, 512)


def test_time_in_libraries_counts_for_the_room_that_called_them() -> None:
    ours, theirs, deep = ("/x/limner/lines/flow.py", 1, "f"), ("~", 0, "blur"), ("/np.py", 1, "g")
    network = ("/x/limner/weights/engines.py", 1, "run")
    # as pstats keeps it: calls, calls, own seconds, seconds with callees, callers
    stats = {
        ours: (1, 1, 1.0, 6.0, {}),
        network: (1, 1, 3.0, 4.0, {}),
        deep: (2, 2, 0.5, 2.0, {ours: (1, 1, 0.5, 2.0)}),
        theirs: (2, 2, 4.0, 4.0, {deep: (1, 1, 3.0, 3.0), network: (1, 1, 1.0, 1.0)}),
    }
    found = rooms.called_by(stats)
    assert found == pytest.approx({ours: 4.5, network: 4.0})
    assert [rooms.room_of(p) for p in (ours, network, deep)] == ["lines", "networks", None]


def test_the_page_of_costs_prints_what_was_kept_and_what_was_not() -> None:
    told = {"machine": MACHINE, "commit": "abc"}
    row = {"faces found": 10.4, "croquis": 90.0, "found": 1, "rss_mb": 300}
    kept = told | {"size": {"512": row, "1024": row}, "faces": {"1": row, "2": row}}
    assert "| 512 | 1 | 10 | 90 | 300 |" in "\n".join(cost_page.growth(kept))
    assert {ET.fromstring(s).tag[-3:] for s in cost.charts(kept).values()} == {"svg"}  # noqa: S314
    one = {"rooms": {"networks": 71.6, "records": 0.0}, "networks": {}, "dearest": {"a/b.c": 4.0}}
    page = "\n".join(cost_page.profile(told | {"results": {"draw": one}}))
    assert "| draw | networks 71.6 |  | a/b.c 4.0 |" in page
    got = {"pictures": 500, "a_second": 3.2, "again_share": 0.011, "memory": {}}
    many = {"pictures": 500, "a_second": [3.0, 3.1], "ratio": 0.93, "same_bytes": False}
    beside = told | {"jobs": 2, "style": "croquis"}
    page = "\n".join(cost_page.folder(beside | {"results": got}))
    assert "| ≥ 3 | 3.20 |" in page
    assert "cluster" not in page
    page = "\n".join(
        cost_page.folder(beside | {"results": got, "cluster": beside | {"results": many}})
    )
    assert "a local cluster, 2 times in turn." in page
    assert "| ≥ 0.9 | 0.93 |" in page
    assert "| **no** |" in page
    assert all("is kept yet" in "\n".join(f(None)) for f in (cost_page.growth, cost_page.folder))


def test_a_soak_is_told_test_by_test() -> None:
    report = """<testsuites><testsuite>
      <testcase classname="t" name="test_32_a_thousand_requests">
        <properties><property name="MB" value="300"/></properties></testcase>
      <testcase classname="t" name="test_07_files_are_cut[png]"><failure message="x"/></testcase>
      <testcase classname="t" name="test_50_a_cluster"><skipped message="limner[cluster] | no"/></testcase>
    </testsuite></testsuites>"""
    rows = soak_page.read(report)
    assert [row["number"] for row in rows] == ["07", "32", "50"]
    table = soak_page.table(
        {"when": "2026-01-02T", "commit": "abc", "machine": MACHINE, "tests": rows}
    )
    assert "| 07 | files are cut: png | **failed** |  |" in table
    assert "| 32 | a thousand requests | passed | MB 300 |" in table
    assert "| 50 | a cluster | left out: limner[cluster] / no |  |" in table


def test_what_a_long_test_records_is_in_the_report_that_is_kept(tmp_path: Path) -> None:
    test = tmp_path / "test_x.py"
    test.write_text("def test_32_x(record_property):\n    record_property('MB', 300)\n", "utf-8")
    report = tmp_path / "soak.xml"
    ours = [
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(tmp_path),
        "--junitxml",
        str(report),
    ]
    words = [sys.executable, "-m", "pytest", "-q", *ours, str(test)]
    run = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    (row,) = soak_page.read(report.read_text("utf-8"))
    assert row["outcome"] == "passed"
    assert row["figures"] == {"MB": "300"}


def refusal(code: int, **headers: str) -> urllib.error.HTTPError:
    told = Message()
    for name, value in headers.items():
        told[name.replace("_", "-")] = value
    return urllib.error.HTTPError("http://x", code, "no", told, None)


def answering(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> studio.Studio:
    """Return a studio that answers each request with the next, the last one ever after."""
    left = list(answers)

    def wish(_self: Any, _path: str, **_wish: object) -> bytes:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return bytes(answer)

    monkeypatch.setattr(studio.Studio, "wish", wish)
    return studio.Studio("http://x", "token")


def test_a_client_comes_again_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, full = (refusal(code, Retry_After="0") for code in (503, 429))
    assert answering(monkeypatch, busy, full, b"x").patient_wish("/") == b"x"
    with pytest.raises(urllib.error.HTTPError):
        answering(monkeypatch, busy).patient_wish("/")
    # nobody says that a network that is not installed will come
    with pytest.raises(urllib.error.HTTPError):
        answering(monkeypatch, refusal(503), b"x").patient_wish("/")


def test_an_error_of_a_crowd_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    took: dict[str, list[float]] = {}
    wrong = studio.crowd(answering(monkeypatch, b"x", refusal(409), b"x"), took)
    assert len(wrong) == 1
    assert "409" in wrong[0]
    asked = studio.CLIENTS * (studio.EACH + 1)
    assert sum(len(times) for times in took.values()) == asked - 1
    assert set(took) == {"32 clients: shadow", "32 clients: preview"}


def test_only_the_main_threads_own_work_counts_in_a_frame() -> None:
    page, other = {"pid": 1, "tid": 1}, {"pid": 1, "tid": 2}

    def task(begin: int, end: int, thread: dict[str, int], **more: int) -> dict[str, Any]:
        return {"name": "RunTask", "ts": begin, "dur": end - begin, **thread, **more}

    events: list[dict[str, Any]] = [
        {"name": name, "ts": ts, **page}
        for name, ts in ((studio_page.BEGINS, 1_000), (studio_page.ENDS, 90_000))
    ]
    frames = (10_000, 30_000, 60_000)
    events += [{"name": "BeginMainThreadFrame", "ts": ts, **page} for ts in frames]
    events += [
        task(0, 900, page),  # before the hand begins
        task(10_000, 14_000, page, tdur=1_000),
        task(11_000, 12_000, page),  # within the one before
        task(28_000, 34_000, page),  # a frame begins in it
        task(12_000, 29_000, other),
        {"name": "thread_name", **page},
    ]
    found = studio_page.busy(events)
    assert found["main thread: work in a frame"] == pytest.approx([6, 4])
    assert found["main thread: processor time in a frame"] == pytest.approx([3, 4])
    assert found["main thread: longest task"] == pytest.approx([6])


def test_without_a_browser_the_page_is_left_out_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    took: dict[str, list[float]] = {}
    monkeypatch.setattr(studio_page, "chromium", lambda: None)
    studio_page.measure(studio.opened, studio.strokes(), took)
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    studio_page.measure(studio.opened, studio.strokes(), took)
    said = capsys.readouterr().out.splitlines()
    assert took == {}
    assert all(line.startswith("The page is left out: ") for line in said)
    assert "Playwright is not installed" in said[1]
