"""The network is asked at its artist's scale, and a large picture in tiles."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.records import Style
from limner.styles import network


class Blur:
    """Draws each pixel as the mean grey around it: a stand-in with a reach of its own."""

    def __init__(self) -> None:
        self.asked: list[dict[str, NDArray[Any]]] = []

    def run(self, weight: object, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the mean over 41 × 41 px."""
        del weight
        import cv2

        self.asked.append(inputs)
        grey = np.ascontiguousarray(inputs["picture"][0, 20] + 0.1 * inputs["noise"][0, 0])
        out = cv2.boxFilter(grey, -1, (41, 41), borderType=cv2.BORDER_CONSTANT)
        return {"drawing": np.asarray(out)[None, None]}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Blur:
    """Put a stand-in of four styles in the network's place."""
    blur = Blur()
    monkeypatch.setattr(network, "session", lambda: blur)
    weight = SimpleNamespace(inputs={"style": {"shape": [1, 4]}})
    monkeypatch.setattr(network, "_weight", lambda style: weight)
    return blur


def guide(width: int, height: int) -> network.Guide:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (height, width, 3), dtype=np.uint8)
    labels = rng.integers(0, 19, (height, width), dtype=np.uint8)
    return network.Guide(pixels, labels, rng.random((height, width), dtype=np.float32))


def test_tiles_give_what_one_picture_gives(stand_in: Blur, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = guide(600, 440)
    whole = network.draw(picture, "croquis", scale=1.0, seed=0)
    assert len(stand_in.asked) == 1
    monkeypatch.setattr(network, "_TILE_PX", 128)
    tiled = network.draw(picture, "croquis", scale=1.0, seed=0)
    assert len(stand_in.asked) > 12
    assert max(call["picture"].shape[2] for call in stand_in.asked[1:]) <= 128 + 2 * 96
    np.testing.assert_allclose(tiled, whole, atol=1e-5)


def test_a_derived_style_is_drawn_through_those_of_the_network(
    stand_in: Blur, monkeypatch: pytest.MonkeyPatch
) -> None:
    styles = {
        "thin": Style("thin", "", "w", 0, ""),
        "bold": Style("bold", "", "w", 3, ""),
        "pen": Style("pen", "", "w", 0, "", through="thin:0.25,bold:0.75"),
        "thin:0.25,bold:0.75": Style("mix", "", "w", 3, ""),
    }
    monkeypatch.setattr(network, "find", styles.__getitem__)
    shares = {"pen": {"pen": 1.0}, "thin:0.25,bold:0.75": {"thin": 0.25, "bold": 0.75}}
    monkeypatch.setattr(network, "blend", lambda name: shares[name])
    network.draw(guide(64, 64), "pen", scale=1.0, seed=0)
    assert stand_in.asked[0]["style"].tolist() == [[0.25, 0, 0, 0.75]]


def test_sides_are_multiples_of_four_and_never_too_small(stand_in: Blur) -> None:
    out = network.draw(guide(101, 50), "croquis", scale=0.5, seed=0)
    assert out.shape == (32, 52)
    picture = stand_in.asked[0]["picture"]
    assert picture.shape == (1, 21, 32, 52)
    np.testing.assert_allclose(picture[:, 1:20].sum(1), 1, atol=0.02)
