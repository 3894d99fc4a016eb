"""`limner edit`: a painted map in → a head file that turns as it was painted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.cli.conftest import Run
from tests.heads.conftest import graphs, source  # noqa: F401

from limner import api, heads
from limner.heads import encode
from limner.records import CLASSES, SemanticMap

pytestmark = pytest.mark.usefixtures("graphs")
_LIPS = CLASSES.index("l_lip")


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every face be an egg."""
    monkeypatch.setattr(heads, "encode_photo", lambda _photo, _face: encode.from_source(source()))


def test_a_painted_map_makes_a_new_head_and_shows_it(desk: Path, run: Run) -> None:
    assert run("orbit", "one.png", "--yaw", "0", "--size", "256", "-o", "out").code == 0
    labels = np.array(Image.open(desk / "out" / "view-000-labels.png"))
    labels[150:170, 110:150] = _LIPS
    (desk / "map.png").write_bytes(api.encode(SemanticMap(labels)))
    answer = run("edit", "one.png", "--labels", "map.png", "--json")
    assert answer.code == 0, answer.err
    (told,) = answer.objects
    assert told["outputs"] == ["one-edited.limner", "one-edited.png"]
    with Image.open(desk / "one-edited.png") as picture:
        assert picture.size == (768, 768)
    head = api.read_head(desk / "one-edited.limner")
    seen = heads.HeadRenderer(head).view(yaw_deg=20).semantic.labels
    assert (seen == _LIPS).sum() > 400
    again = run("edit", "one-edited.limner", "--labels", "map.png", "--no-sheet", "-o", "b.limner")
    assert again.code == 0
    assert "unchanged" in again.err


def test_a_map_is_needed_and_must_be_a_square_picture(desk: Path, run: Run) -> None:
    assert run("edit", "one.png").code == 2
    answer = run("edit", "one.png", "--labels", "broken.jpg")
    assert answer.code == 3
    answer = run("edit", "one.png", "--labels", "two.png")
    assert answer.code == 3
    assert "square" in answer.err
    assert not (desk / "one-edited.limner").exists()
