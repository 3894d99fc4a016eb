"""`limner licenses`: everything that runs has one."""

from __future__ import annotations

from tests.cli.conftest import Run


def test_licences_are_listed_for_people_and_programs(run: Run) -> None:
    objects = run("licenses", "--json").objects
    assert objects[0]["name"] == "limner"
    assert len(run("licenses").out.splitlines()) == len(objects) + 1
