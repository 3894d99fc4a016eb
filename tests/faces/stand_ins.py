"""Stand-ins for the face networks: they know a face by its colour, so no weights are needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from limner.records import Face

Arrays = dict[str, NDArray[Any]]
Network = Callable[[NDArray[np.float32]], Arrays]

STRIDES = (8, 16, 32)


class Session:
    """Answers for one network and remembers what it was shown."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.shown: list[NDArray[np.float32]] = []

    def run(self, name: str, inputs: Arrays) -> Arrays:
        del name
        (picture,) = inputs.values()
        assert picture.dtype == np.float32
        assert picture.ndim == 4
        self.shown.append(picture)
        return self.network(picture)


def install(monkeypatch: pytest.MonkeyPatch, room: Any, network: Network) -> Session:
    """Let `room` ask `network` instead of its graph."""
    made = Session(network)
    monkeypatch.setattr(room, "session", lambda: made)
    return made


def pixels_of(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the (H, W, 3) picture that a network was shown."""
    return np.asarray(np.rint(picture[0].transpose(1, 2, 0) * 128 + 127), np.uint8)


def silent_grids(side: int) -> Arrays:
    """Return the detector's answer to a tile without faces."""
    grids = {}
    for stride in STRIDES:
        grid = np.zeros((1, (side // stride) ** 2, 15), np.float32)
        grid[..., 0] = -9
        grids[f"grid{stride}"] = grid
    return grids


def put(grids: Arrays, side: int, box: NDArray[np.float64], *, logit: float = 4.0) -> None:
    """Write a face into the cell nearest to its middle, as training teaches it."""
    extent = (box[2:] - box[:2]).max()
    stride = 8 if extent < 44 else 16 if extent < 110 else 32
    middle = (box[:2] + box[2:]) / 2
    columns = side // stride
    cell = np.clip(np.floor((middle + 0.5) / stride), 0, columns - 1).astype(int)
    center = (cell + 0.5) * stride - 0.5
    w, h = box[2:] - box[:2]
    five = box[:2] + np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]) * (
        w,
        h,
    )
    row = np.r_[logit, (center - box[:2]) / stride, (box[2:] - center) / stride]
    grids[f"grid{stride}"][0, cell[1] * columns + cell[0]] = np.r_[
        row, ((five - center) / stride).ravel()
    ]


def sees_white(picture: NDArray[np.float32]) -> Arrays:
    """Find each white rectangle; the detector's answer."""
    side = picture.shape[2]
    grids = silent_grids(side)
    white = (pixels_of(picture).min(2) > 200).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(white)
    for x, y, w, h, _ in stats[1:count]:
        box = np.array([x, y, x + w - 1, y + h - 1], np.float64)
        cut = x == 0 or y == 0 or x + w == side or y + h == side
        put(grids, side, box, logit=1.0 if cut else 4.0)
    return grids


def face(
    crop_from_photo: Any = ((1, 0, 0), (0, 1, 0)),
    *,
    box: tuple[float, float, float, float] = (10, 10, 40, 50),
    score: float = 0.9,
) -> Face:
    """Return a face with only what the parser looks at."""
    return Face(
        box=np.array(box, np.float32),
        score=score,
        landmarks=np.zeros((478, 2), np.float32),
        yaw_deg=0,
        pitch_deg=0,
        roll_deg=0,
        crop_from_photo=np.array(crop_from_photo, np.float64),
    )


def turned(
    center: tuple[float, float], side_px: float, angle_deg: float = 0.0
) -> NDArray[np.float64]:
    """Return crop_from_photo of a crop of `side_px` around `center`, leaning clockwise by `angle_deg`."""
    t = np.radians(angle_deg)
    linear = np.array([[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]]) * (512 / side_px)
    return np.column_stack([linear, 255.5 - linear @ np.array(center)])
