"""A stand-in for the heads' graphs: an egg with a nose, exact from every side, with their names and shapes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from limner.geometry.camera import Camera
from limner.heads import donor, encode, file, portrait, relief, render, sample
from limner.records import CLASSES, HEAD_PARTS, Head, HeadSource, Photo, SemanticMap
from limner.weights import Row, Session

BASE, CODES, CHANNELS, SIDE = 4, 6, 2, 8
#: Half axes of the egg, m.
AXES = np.array([0.075, 0.105, 0.09])
_SKIN, _HAIR, _NOSE = (CLASSES.index(n) for n in ("skin", "hair", "nose"))


def egg(camera: Camera) -> tuple[NDArray[np.float64], NDArray[np.uint8], NDArray[np.float64]]:
    """Return depth (0 beside the egg), classes and surface points of an egg."""
    origin, d = camera.rays()
    o = origin / AXES
    d = d / AXES
    a, b, c = (d * d).sum(-1), 2 * (d * o).sum(-1), (o * o).sum() - 1
    root = b * b - 4 * a * c
    depth = np.where(root > 0, (-b - np.sqrt(np.maximum(root, 0))) / (2 * a), 0.0)
    points = origin + depth[..., None] * (d * AXES)
    labels = np.where(points[..., 1] > 0.04, _HAIR, _SKIN)
    nose = (np.abs(points[..., 0]) < 0.012) & (np.abs(points[..., 1] + 0.02) < 0.02)
    labels = np.where(nose & (points[..., 2] > 0), _NOSE, labels)
    return depth, np.where(depth > 0, labels, 0).astype(np.uint8), points


def paint(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return colours, −1 to 1, that only the place on the head decides."""
    return np.stack([np.sin(40 * points[..., k] + k) * 0.6 for k in range(3)], -1)


class FakeSession:
    """Answers as the five graphs would, if heads were eggs."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        #: Networks that are not installed.
        self.without: set[str] = set()

    def hashes(self, *rooms: str) -> dict[str, str]:
        """Name the networks that ship."""
        return Session().hashes(*rooms)

    def serves(self, weight: str) -> bool:
        """Say whether a network is installed."""
        return weight not in self.without

    def run(self, weight: Any, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Answer as the graph of that name would."""
        self.calls[weight] += 1
        made: dict[str, NDArray[Any]] = getattr(self, weight.replace("heads-", "_"))(inputs)
        return made

    def _encoder(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        assert inputs["photo"].shape == (1, 3, 256, 256)
        assert inputs["shares"].shape == (1, 19, 128, 128)
        assert np.allclose(inputs["shares"].sum(1), 1, atol=1e-4)
        tone = float(inputs["photo"].mean())
        parts = np.full((1, len(HEAD_PARTS), CODES), tone, np.float32)
        residual = np.full((1, len(HEAD_PARTS), CHANNELS, SIDE, SIDE), tone, np.float32)
        return {"base": np.full((1, BASE), tone, np.float32), "parts": parts, "residual": residual}

    def _sampler(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        z = inputs["seeds"][0]
        parts = np.resize(z, (1, len(HEAD_PARTS), CODES)).astype(np.float32)
        return {"base": z[None, :BASE].astype(np.float32), "parts": parts}

    def _field(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        assert inputs["residual"].dtype == np.float32
        tone = inputs["parts"].mean(-1)
        whole = np.broadcast_to(tone[..., None, None], (1, len(HEAD_PARTS), SIDE, SIDE))
        return {"radius": whole, "density": whole, "features": whole[:, :, None]}

    def _renderer(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        yaw, pitch = (float(v) for v in inputs["pose_deg"][0])
        depth, labels, points = egg(Camera(yaw, pitch, 256))
        hot = (labels == np.arange(len(CLASSES))[:, None, None]).astype(np.float32)
        groups = [hot[list(c)].sum(0) for c in HEAD_PARTS.values()]
        masks = np.stack([*groups, hot[0]])[:, 2::4, 2::4]
        # the bare rendering is duller than the photograph, and as bright as the head's codes
        photo = 0.5 * paint(points).transpose(2, 0, 1) + 0.1 * float(inputs["radius"].mean())
        return {
            "photo": photo[None].astype(np.float32),
            "labels": hot[None],
            "alpha": (depth > 0)[None, None].astype(np.float32),
            "depth": depth[None, None].astype(np.float32),
            "masks": masks[None],
            "rendered": masks[None, :4],
        }

    def _refiner(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        visible = inputs["visible"]
        assert all(v.dtype == np.float32 for v in inputs.values())
        photo = inputs["survived"] * visible + inputs["coarse"] * (1 - visible)
        return {"photo": photo, "alpha_out": inputs["alpha"]}

    def _relief(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        assert inputs["photo"].shape == (1, 3, 128, 128)
        assert inputs["shares"].shape == (1, 19, 128, 128)
        # what the shell is right about stays where it is
        return {"depth": inputs["shell"]}

    def _portrait(self, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        coarse, grain = inputs["coarse"], inputs["grain"]
        assert coarse.shape == (1, 3, 256, 256)
        assert np.allclose(inputs["classes"].sum(1), 1, atol=1e-4)
        # livelier than the rendering, with grain where there is a head
        return {"photo": 1.6 * coarse + 0.2 * grain * (inputs["classes"][:, :1] < 0.5)}


def fake_row(name: str) -> Row:
    shapes: dict[str, list[int]] = {
        "seeds": [1, 16],
        "base": [1, BASE],
        "parts": [1, len(HEAD_PARTS), CODES],
        "residual": [1, len(HEAD_PARTS), CHANNELS, SIDE, SIDE],
    }
    wanted = {"heads-sampler": ["seeds"], "heads-field": ["base", "parts", "residual"]}
    inputs = {k: {"shape": shapes[k]} for k in wanted.get(name, [])}
    digits = f"{sum(name.encode()):064d}"
    return Row(name, digits, 1, "heads", "CC0-1.0", commercial=True, inputs=inputs)


@pytest.fixture
def graphs(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    """Put the stand-in where the room asks for networks."""
    fake = FakeSession()
    for room in (donor, encode, portrait, relief, render, sample):
        monkeypatch.setattr(room, "session", lambda: fake)
    for room in (encode, file):
        monkeypatch.setattr(room.ledger, "row", fake_row)
    return fake


def source(yaw_deg: float = 0.0, pitch_deg: float = 0.0, side: int = 256) -> HeadSource:
    """Return the photograph of an egg before a striped ground."""
    camera = Camera(yaw_deg, pitch_deg, side)
    depth, labels, points = egg(camera)
    stripes = np.where(np.arange(side) // 16 % 2, 90, 200)[None, :, None]
    photo = np.where(depth[..., None] > 0, (paint(points) + 1) * 127.5, stripes)
    crop = np.array([[1.0, 0, 0], [0, 1, 0]])
    return HeadSource(Photo(photo.astype(np.uint8)), SemanticMap(labels), yaw_deg, pitch_deg, crop)


@pytest.fixture
def egg_head(graphs: FakeSession) -> Head:
    """Return the head of a photographed egg."""
    del graphs
    return encode.from_source(source())
