"""Acceptance 41, for a style of one's own: a folder of drawings, one command, and the style draws by its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.acceptance.program import needs_networks, run, save, small

from limner import api

pytestmark = [pytest.mark.train, pytest.mark.slow, needs_networks]


def test_41_a_style_is_learnt_from_a_folder_of_drawings_and_draws_at_once(
    samples: Path, tmp_path: Path
) -> None:
    sitters = sorted(samples.glob("*.jpg"))
    mine = tmp_path / "mine"
    mine.mkdir()
    for i in range(6):
        drawing = api.draw(small(sitters[i % len(sitters)], 300), style="hatch", seed=i)
        save(255 - (255 - drawing.pixels) // (1 + i % 2), mine / f"{i}.png")
    home = {"LIMNER_HOME": str(tmp_path / "home")}
    out = tmp_path / "run"
    done = run(
        *("train", "style", "--data", mine, "--name", "ada", "-o", out, "--steps", "2"),
        *("--set", "batch=1", "--set", "workers=0"),
        env=home,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert (out / "pack" / "ada.toml").is_file()
    photo = save(small(sitters[0], 300), tmp_path / "me.png")
    for number, style in enumerate(("ada", str(out / "pack" / "ada.toml"))):
        picture = tmp_path / f"{number}.png"
        drawn = run("draw", photo, "--style", style, "-o", picture, env=home)
        assert drawn.returncode == 0, drawn.stderr.decode()
        assert np.asarray(Image.open(picture)).std() > 5


def test_41_a_folder_that_teaches_no_style_says_what_it_needs(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    for i in range(2):
        save(np.full((80, 80, 3), 250 - i, np.uint8), mine / f"{i}.png")
    done = run("train", "style", "--data", mine, "--name", "ada", "-o", tmp_path / "run")
    said = done.stderr.decode()
    assert done.returncode == 6
    assert "none of the 2 pictures" in said
    assert "10 to 300" in said
    assert "Traceback" not in said
