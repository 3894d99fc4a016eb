"""What may earn money works without the networks that may not, and says what it did without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from limner import weights
from limner.errors import ForbiddenWeights

pytestmark = pytest.mark.usefixtures("forbidden")


@pytest.fixture
def forbidden(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the networks of faces be refused, as ``--commercial-only`` does."""

    def refuse(*_: object, **__: object) -> None:
        raise ForbiddenWeights("The weight faces-detect may not be used commercially.")

    monkeypatch.setattr("limner.faces.find_faces", refuse)
    yield
    # what the command line asked of this process must not bind the next test
    weights.configure()


@pytest.mark.parametrize("verb", ["lines", "plot"])
def test_lines_and_plots_do_without_faces_and_say_so(verb: str, run: Run) -> None:
    told = run(verb, "one.png", "-o", "out", "--json", "--commercial-only")
    assert told.code == 0, told.err
    (row,) = told.objects
    assert row["faces"] == []
    assert any("Nobody was looked for" in note for note in row["notes"])
    assert all(Path(name).is_file() for name in row["outputs"])


def test_a_whole_picture_is_drawn_without_faces(run: Run) -> None:
    told = run("draw", "one.png", "-o", "out", "--whole-picture", "--commercial-only")
    assert told.code == 0, told.err
    assert "Nobody was looked for" in told.err


@pytest.mark.parametrize("verb", ["draw", "faces", "parse"])
def test_what_needs_a_face_is_refused_by_name(verb: str, run: Run) -> None:
    words = () if verb == "faces" else ("-o", "out")
    told = run(verb, "one.png", *words, "--commercial-only")
    assert told.code == 1
    assert "may not be used commercially" in told.err
