"""A crop becomes ink on clean paper; the network is a stand-in that draws its own input."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.errors import BadShape, UnknownName
from limner.records import SemanticMap
from limner.styles import network, render
from limner.styles.names import find
from limner.styles.wish import Wish


class Echo:
    """Draws the ink that comes in, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, NDArray[Any]]] = []

    def run(self, weight: object, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return paper minus ink."""
        del weight
        self.asked.append(inputs)
        return {"drawing": 1 - inputs["picture"][:, :1]}


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Echo:
    """Put the stand-in in the network's place."""
    stand_in = Echo()
    monkeypatch.setattr(network, "session", lambda: stand_in)
    weight = SimpleNamespace(inputs={"style": {"shape": [1, 3]}})
    monkeypatch.setattr(network, "_weight", lambda style: weight)
    return stand_in


def crop(side: int = 256) -> tuple[NDArray[np.uint8], SemanticMap, NDArray[np.float32]]:
    """Return a grey crop whose left half is a person with one dark line, and a line in the background."""
    labels = np.zeros((side, side), np.uint8)
    labels[:, : side // 2] = 1
    ink = np.zeros((side, side), np.float32)
    ink[:, side // 4 - 3 : side // 4 + 3] = 1
    ink[:, side - 30 : side - 24] = 1
    return np.full((side, side, 3), 128, np.uint8), SemanticMap(labels), ink


@pytest.mark.usefixtures("echo")
def test_the_person_is_drawn_and_the_background_is_paper() -> None:
    pixels, semantic, ink = crop()
    out = render.render_crop(pixels, semantic, ink, style="croquis")
    assert out.shape == (256, 256)
    assert out[100, 64] < 40
    assert (out[:, 160:] == 255).all()


def test_the_network_sees_ink_classes_and_grey_at_the_styles_own_scale(echo: Echo) -> None:
    pixels, semantic, ink = crop(512)
    out = render.render_crop(pixels, semantic, ink, style="hatch")
    picture = echo.asked[0]["picture"]
    assert out.shape == (512, 512)
    assert picture.shape[1] == 21
    assert picture.shape[2] == pytest.approx(find("hatch").side_px, abs=4)
    assert echo.asked[0]["style"].tolist() == [[0, 1, 0]]
    np.testing.assert_allclose(picture[:, 1:20].sum(1), 1, atol=1e-4)
    np.testing.assert_allclose(picture[:, 20], 128 / 255, atol=1e-4)


def test_a_blend_gives_the_network_its_shares(echo: Echo) -> None:
    pixels, semantic, ink = crop()
    render.render_crop(pixels, semantic, ink, style="croquis:1,pencil:1")
    assert echo.asked[0]["style"].tolist() == [[0.5, 0, 0.5]]


def test_the_seed_decides_the_grain(echo: Echo) -> None:
    pixels, semantic, ink = crop()
    for seed in (1, 1, 2):
        render.render_crop(pixels, semantic, ink, style="croquis", seed=seed)
    first, again, other = (a["noise"] for a in echo.asked)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.usefixtures("echo")
def test_more_strength_is_more_ink_and_none_is_bare_lines() -> None:
    pixels, semantic, ink = crop()
    amounts = [
        255 - render.render_crop(pixels, semantic, ink * 0.4, style="croquis", strength=s).mean()
        for s in (0.0, 1.0, 2.0)
    ]
    assert amounts[0] == pytest.approx(amounts[1], rel=0.05)
    assert amounts[2] > 1.5 * amounts[1]


@pytest.mark.parametrize("strength", [-0.1, 2.1, float("nan")])
@pytest.mark.usefixtures("echo")
def test_a_strength_out_of_range_is_refused(strength: float) -> None:
    pixels, semantic, ink = crop()
    with pytest.raises(BadShape, match="strength"):
        render.render_crop(pixels, semantic, ink, style="croquis", strength=strength)


@pytest.mark.usefixtures("echo")
def test_an_unknown_style_is_refused() -> None:
    pixels, semantic, ink = crop()
    with pytest.raises(UnknownName):
        render.render_crop(pixels, semantic, ink, style="cubist")


@pytest.mark.usefixtures("echo")
def test_a_whole_picture_keeps_its_background_and_its_size() -> None:
    pixels, semantic, ink = crop()
    out = render.render_photo(
        pixels[:200], SemanticMap(semantic.labels[:200]), ink[:200], wish=Wish("hatch")
    )
    assert out.shape == (200, 256)
    assert out[100, 229] < 60
