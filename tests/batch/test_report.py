"""A run's report counts and gives reasons."""

from __future__ import annotations

import json

from limner.batch import Report


def test_the_report_counts_everything() -> None:
    report = Report(done=3, skipped=2, failed={"a.jpg": "It is cut."}, left=4)
    told = json.loads(report.as_json(seconds=2.0))
    assert told == {
        "pictures": 10,
        "done": 3,
        "skipped": 2,
        "failed": [{"file": "a.jpg", "error": "It is cut."}],
        "left": 4,
        "seconds": 2.0,
        "done_a_second": 1.5,
    }
    text = report.as_text(seconds=2.0)
    assert text.startswith("10 pictures: 3 done, 2 skipped, 1 failed, 4 not looked at, in 2.0 s")
    assert "a.jpg: It is cut." in text


def test_a_run_without_work_tells_no_speed() -> None:
    assert (
        Report(skipped=1).as_text(seconds=0.0)
        == "1 picture: 0 done, 1 skipped, 0 failed, in 0.0 s."
    )


def test_workers_tell_their_speed_and_how_much_faster_they_were_together() -> None:
    report = Report(done=4)
    for name, seconds in (("a:1", 1.0), ("b:2", 2.0), ("a:1", 1.0), ("b:2", 2.0)):
        report.count_worker(name, seconds)
    told = json.loads(report.as_json(seconds=4.0))
    assert told["speedup"] == 1.5
    assert [row["a_second"] for row in told["workers"]] == [1.0, 0.5]
    assert [row["busy"] for row in told["workers"]] == [0.5, 1.0]
    assert report.as_text(seconds=4.0).endswith("all 2: 1.5 times as fast as one of them")
