"""What scripts rely on: exit codes, JSON lines, a batch that goes on (tests 18, 43, 44, 45, 46)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.acceptance.program import landscape, needs_networks, save, small
from tests.cli.conftest import Run, caller

VERBS = ("draw", "lines", "plot", "faces", "parse")
WRITING = ("draw", "lines", "plot", "parse")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return caller(capsys)


@pytest.fixture
def desk(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    save(small(samples / "curls-001.jpg"), tmp_path / "me.png")
    save(landscape(), tmp_path / "hills.png")
    whole = (samples / "curls-001.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    return tmp_path


@needs_networks
def test_18_nobody_is_no_error_for_the_list_and_five_for_the_drawing(desk: Path, run: Run) -> None:
    answer = run("faces", "hills.png", "--json")
    assert answer.code == 0
    assert answer.objects[0]["faces"] == []
    answer = run("draw", "hills.png")
    assert answer.code == 5
    assert "--whole-picture" in answer.err
    answer = run("draw", "hills.png", "--whole-picture")
    assert answer.code == 0, answer.err
    with Image.open(desk / "hills-croquis.png") as image:
        assert image.size == (240, 160)
        grey = np.asarray(image.convert("L"))
    assert grey.min() < 200 < grey.max()


@needs_networks
@pytest.mark.parametrize("verb", VERBS)
def test_43_a_good_picture_is_nought_and_a_bad_one_three(verb: str, desk: Path, run: Run) -> None:
    assert run(verb, "me.png", "-q").code == 0
    answer = run(verb, "cut.jpg")
    assert answer.code == 3
    assert answer.err.count("\n") == 1, "one line"
    assert "cut.jpg" in answer.err
    assert run(verb, "me.png", "cut.jpg", "-q").code == 1


@pytest.mark.parametrize("verb", VERBS)
def test_43_wrong_words_are_two(verb: str, desk: Path, run: Run) -> None:
    assert run(verb, "me.png", "--no-such-option").code == 2
    assert run(verb).code == 2


@needs_networks
@pytest.mark.parametrize("verb", WRITING)
def test_43_a_place_that_cannot_be_written_is_four(verb: str, desk: Path, run: Run) -> None:
    answer = run(verb, "me.png", "-o", "cut.jpg/inside")
    assert answer.code == 4, answer.err


@needs_networks
@pytest.mark.parametrize(
    ("verb", "code"), [("draw", 5), ("parse", 5), ("lines", 0), ("plot", 0), ("faces", 0)]
)
def test_43_nobody_is_five_where_somebody_is_needed(
    verb: str, code: int, desk: Path, run: Run
) -> None:
    assert run(verb, "hills.png", "-q").code == code


@pytest.mark.train
def test_43_a_training_that_cannot_be_is_six(desk: Path, run: Run) -> None:
    assert run("train", "no-such-recipe", "--data", desk).code == 6


@needs_networks
@pytest.mark.parametrize("verb", VERBS)
def test_44_json_is_one_valid_object_a_line_and_all_else_is_talk(
    verb: str, desk: Path, run: Run
) -> None:
    answer = run(verb, "me.png", "cut.jpg", "hills.png", "--json", "-v")
    lines = answer.objects
    assert [line["file"] for line in lines] == ["me.png", "cut.jpg", "hills.png"]
    for line in lines:
        assert list(line) == ["file", "outputs", "faces", "notes", "error"]
        assert all((desk / output).is_file() for output in line["outputs"])
        assert line["error"] is None or isinstance(line["error"], str)
        for face in line["faces"]:
            x0, y0, x1, y1 = face["box"]
            assert x0 < x1
            assert y0 < y1
            assert 0 <= face["score"] <= 1
            assert {"yaw_deg", "pitch_deg", "roll_deg"} < set(face)
    assert lines[0]["error"] is None
    assert lines[1]["error"]
    assert answer.err


@needs_networks
@pytest.mark.usefixtures("desk")
def test_44_no_colour_where_nobody_looks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    answer = run("draw", "me.png", "cut.jpg")
    assert "\x1b" not in answer.out + answer.err


@needs_networks
@pytest.mark.slow
def test_45_nine_good_and_one_bad_give_nine_and_name_the_bad(desk: Path, run: Run) -> None:
    (desk / "hills.png").unlink()
    for i in range(8):
        (desk / f"me{i}.png").write_bytes((desk / "me.png").read_bytes())
    answer = run("draw", ".", "-o", "out", "--json")
    assert answer.code == 1
    assert len(list((desk / "out").iterdir())) == 9
    (bad,) = [line for line in answer.objects if line["error"]]
    assert bad["file"].endswith("cut.jpg")
    assert "cut.jpg" in answer.err
    answer = run("draw", "cut.jpg", "me.png", "-o", "fast", "--fail-fast", "--json")
    assert answer.code == 1
    assert len(answer.objects) == 1
    assert not list((desk / "fast").iterdir())


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_46_version_and_help_load_nothing_that_works(word: str) -> None:
    code = f"import sys, limner.cli as c; c.main([{word!r}]); print(*sys.modules)"
    heard = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(heard.stdout.splitlines()[-1].split())
    heavy = {
        "numpy",
        "cv2",
        "onnxruntime",
        "openvino",
        "rich",
        "PIL",
        "limner.api",
        "limner.cli.draw",
    }
    assert "limner.cli" in loaded
    assert not loaded & heavy
