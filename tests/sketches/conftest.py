"""A stand-in for the networks: simple arithmetic with their names and shapes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.errors import UnknownName
from limner.sketches.bank import Bank
from limner.sketches.parts import NAMES, WINDOWS
from limner.weights import Session


class FakeSession:
    """Codes are shrunk crops, drawings are enlarged codes, the photograph is the ink on skin."""

    def __init__(self, *, detail: bool = True) -> None:
        self.detail = detail
        self.encoded: Counter[str] = Counter()
        self.decoded: Counter[str] = Counter()
        self.painted: list[dict[str, NDArray[Any]]] = []

    def hashes(self, *rooms: str) -> dict[str, str]:
        """Name the networks that ship."""
        return Session().hashes(*rooms)

    def run(self, weight: Any, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Answer as the graph of that name would."""
        if weight == "sketches-parts":
            return self._parts(inputs)
        if weight == "sketches-synthesis":
            self.painted.append(inputs)
            ink = inputs["ink"][:, :1]
            classes = np.zeros((1, 19, 128, 128), np.float32)
            classes[:, 1] = 1
            photo = np.repeat(0.5 - 1.2 * ink, 3, 1)
            return {"photo": photo, "classes": classes, "features": np.repeat(ink, 24, 1)}
        if weight == "sketches-detail" and self.detail:
            photo = inputs["half"].repeat(2, 2).repeat(2, 3)
            return {"photo": photo}
        raise UnknownName.among("weight", str(weight), ["sketches-parts", "sketches-synthesis"])

    def _parts(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        out: dict[str, NDArray[Any]] = {}
        for name in NAMES:
            channels, rows, columns = WINDOWS[name].latent
            ink = inputs[f"{name}-ink"]
            self.encoded[name] += len(ink)
            coded = np.zeros((len(ink), channels, rows, columns), np.float32)
            for k, crop in enumerate(ink):
                coded[k] = cv2.resize(crop[0], (columns, rows), interpolation=cv2.INTER_AREA)
            out[f"{name}-coded"] = np.tanh(4 * coded)
            code = inputs[f"{name}-code"]
            self.decoded[name] += len(code)
            side = 128 if name == "rest" else WINDOWS[name].side
            out[f"{name}-drawn"] = np.zeros((len(code), 1, side, side), np.float32)
            for k, one in enumerate(code):
                out[f"{name}-drawn"][k, 0] = cv2.resize(np.clip(one[0], 0, 1), (side, side))
        return out


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def bank() -> Bank:
    """Forty people who do not exist."""
    rng = np.random.default_rng(3)
    return Bank.from_floats(
        {n: np.tanh(rng.standard_normal((40, WINDOWS[n].codes))).astype(np.float32) for n in NAMES}
    )
