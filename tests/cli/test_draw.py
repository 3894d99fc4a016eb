"""`limner draw`: who is drawn, where the results go, what is said."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.api import fakes
from tests.cli.conftest import Run

from limner.records import Style


def pixels(path: Path | str) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_a_drawing_lies_beside_its_photograph_at_its_size(desk: Path, run: Run) -> None:
    answer = run("draw", "one.png")
    assert answer.code == 0
    assert answer.out == ""
    assert "one.png: 1 face → one-croquis.png" in answer.err
    assert pixels(desk / "one-croquis.png").shape == (120, 160, 3)


def test_everybody_is_drawn_unless_only_the_largest_is_wanted(desk: Path, run: Run) -> None:
    run("draw", "two.png", "-o", "all")
    run("draw", "two.png", "--largest", "-o", "largest")
    everybody, largest = (pixels(desk / d / "two-croquis.png") for d in ("all", "largest"))
    assert everybody[30, 30, 0] == everybody[50, 120, 0] == largest[50, 120, 0] == 60
    assert largest[30, 30, 0] == 255


def test_all_products_have_their_names(desk: Path, run: Run) -> None:
    answer = run(
        *(
            "draw",
            "one.png",
            "-s",
            "croquis",
            "-s",
            "hatch",
            "--lines",
            "--svg",
            "--labels",
            "-o",
            "out",
            "--json",
        )
    )
    assert answer.code == 0
    expected = [
        "one-croquis.png",
        "one-hatch.png",
        "one-labels.png",
        "one-lines.png",
        "one-lines.svg",
    ]
    assert sorted(p.name for p in (desk / "out").iterdir()) == expected
    assert sorted(Path(p).name for p in answer.objects[0]["outputs"]) == expected
    with Image.open(desk / "out" / "one-labels.png") as labels:
        assert labels.mode == "P"
        assert labels.size == (160, 120)


def test_a_blend_gives_a_name_that_every_system_takes(
    desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    blend = Style("croquis:0.5,hatch:0.5", "Both.", "styles-fake", 0, "nobody")
    monkeypatch.setattr("limner.styles.find", lambda name: blend)
    monkeypatch.setitem(fakes.STYLES, blend.name, blend)
    assert run("draw", "one.png", "-s", blend.name).code == 0
    assert (desk / "one-croquis-0.5+hatch-0.5.png").is_file()


def test_json_tells_faces_and_nothing_else_is_on_stdout(desk: Path, run: Run) -> None:
    (line,) = run("draw", "two.png", "--json").objects
    assert line["error"] is None
    assert [face["box"] for face in line["faces"]] == [[10, 10, 50, 50], [90, 20, 150, 80]]
    assert set(line["faces"][0]) == {"box", "score", "yaw_deg", "pitch_deg", "roll_deg"}


def test_nobody_ends_with_five_and_names_the_way_out(desk: Path, run: Run) -> None:
    answer = run("draw", "nobody.png")
    assert answer.code == 5
    assert "--whole-picture" in answer.err
    assert not (desk / "nobody-croquis.png").exists()
    answer = run("draw", "nobody.png", "--whole-picture", "--labels")
    assert answer.code == 0
    assert pixels(desk / "nobody-croquis.png")[0, 0, 0] == 60
    assert "no map" in answer.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["broken.jpg"], 3, "broken.jpg"),
        (["absent.jpg"], 3, "does not exist"),
        (["one.png", "--style", "croqius"], 2, "croquis"),
        (["one.png", "--frame", "3"], 2, "frame"),
        (["one.png", "--strength", "7"], 2, "strength"),
        (["one.png", "-o", "one.png"], 4, "itself an input"),
        (["one.png", "-o", "broken.jpg/x"], 4, "cannot be made"),
        (["one.png", "-o", "a.svg"], 2, "svg"),
        (["one.png", "--max-megapixels", "0.001"], 3, "megapixels"),
        ([], 2, "PHOTO"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_is_wrong_gives_its_code_and_a_sentence(
    words: list[str], code: int, said: str, run: Run
) -> None:
    answer = run("draw", *words)
    assert answer.code == code
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""


def test_stdin_goes_to_stdout(desk: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    class Pipe:
        def __init__(self, data: bytes) -> None:
            self.buffer = io.BytesIO(data)

    sink = Pipe(b"")
    monkeypatch.setattr("sys.stdin", Pipe((desk / "one.png").read_bytes()))
    monkeypatch.setattr("sys.stdout", sink)
    assert run("draw", "-").code == 0
    with Image.open(io.BytesIO(sink.buffer.getvalue())) as image:
        assert image.size == (160, 120)


def test_stdin_into_a_folder_is_called_stdin(
    desk: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO((desk / "one.png").read_bytes()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert run("draw", "-", "-o", "out", "--lines").code == 0
    assert (desk / "out" / "stdin-croquis.png").is_file()


def test_transparent_ink_and_other_kinds(desk: Path, run: Run) -> None:
    assert run("draw", "one.png", "--transparent").code == 0
    with Image.open(desk / "one-croquis.png") as image:
        assert image.mode == "RGBA"
        assert image.getpixel((1, 1))[3] == 0  # type: ignore[index]
    assert run("draw", "one.png", "--format", "webp").code == 0
    assert run("draw", "one.png", "-o", "me.jpg").code == 0
    with Image.open(desk / "me.jpg") as image:
        assert image.format == "JPEG"
    assert run("draw", "one.png", "--transparent", "--format", "jpeg").code == 2


def test_the_longer_side_may_be_limited(desk: Path, run: Run) -> None:
    assert run("draw", "one.png", "--max-side", "80").code == 0
    assert pixels(desk / "one-croquis.png").shape == (60, 80, 3)


def test_a_folder_is_not_fed_its_own_drawings(desk: Path, run: Run) -> None:
    (desk / "broken.jpg").unlink()
    first = run("draw", ".", "--whole-picture", "--json")
    second = run("draw", ".", "--whole-picture", "--json", "-s", "hatch")
    assert [o["file"] for o in first.objects] == [o["file"] for o in second.objects]


def test_quiet_is_quiet(desk: Path, run: Run) -> None:
    answer = run("draw", "one.png", "-q")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert (desk / "one-croquis.png").is_file()


def test_60_metadata_is_kept_on_request_only(desk: Path, run: Run) -> None:
    told = Image.Exif()
    told[315] = "Ada"
    with Image.open(desk / "one.png") as picture:
        picture.save(desk / "me.png", exif=told)
    for words, kept in (([], None), (["--keep-metadata"], "Ada")):
        assert run("draw", desk / "me.png", *words).code == 0
        with Image.open(desk / "me-croquis.png") as drawing:
            assert drawing.getexif().get(315) == kept
