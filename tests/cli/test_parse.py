"""`limner parse`: the 19 classes as an index picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from tests.cli.conftest import Run


def test_the_map_is_an_index_picture_of_the_own_size(desk: Path, run: Run) -> None:
    answer = run("parse", "two.png", "--json")
    assert answer.code == 0
    assert answer.objects[0]["outputs"] == ["two-labels.png"]
    with Image.open(desk / "two-labels.png") as image:
        labels = np.asarray(image)
    assert labels.shape == (120, 160)
    assert labels[30, 30] == labels[50, 120] == 1
    assert labels[0, 0] == 0


def test_nobody_is_no_face(desk: Path, run: Run) -> None:
    answer = run("parse", "nobody.png")
    assert answer.code == 5
    assert not (desk / "nobody-labels.png").exists()
