"""`limner styles`: what there is to draw in."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Run


@pytest.mark.usefixtures("desk")
def test_styles_are_listed_for_people_and_programs(run: Run) -> None:
    lines = run("styles").out.splitlines()
    assert [line.split()[0] for line in lines] == ["style", "croquis", "hatch"]
    objects = run("styles", "--json").objects
    assert [o["name"] for o in objects] == ["croquis", "hatch"]
    assert set(objects[0]) == {"name", "title", "weight", "taught_by"}
