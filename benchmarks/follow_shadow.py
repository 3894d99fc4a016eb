"""Draw five faces stroke by stroke on blank sheets, each stroke where the shadow is darkest, and paint each."""

import sys
from pathlib import Path

import cv2
import numpy as np

import limner
from limner import lines

#: Each hand begins with a stroke or two of its own; the shadow answers to them.
BEGINNINGS = {
    "broad jaw": [[(120, 240), (128, 330), (180, 420), (256, 445), (332, 420), (384, 330), (392, 240)]],
    "narrow jaw": [[(150, 230), (165, 340), (215, 430), (256, 452), (297, 430), (347, 340), (362, 230)]],
    "arched brow": [[(135, 215), (170, 186), (225, 205)], [(287, 205), (342, 186), (377, 215)]],
    "wide smile": [[(195, 350), (225, 378), (256, 386), (290, 378), (320, 350)], [(195, 350), (320, 350)]],
    "long hair": [[(90, 470), (85, 250), (140, 90), (256, 45), (372, 90), (427, 250), (422, 470)]],
}  # fmt: skip
#: Strokes that a hand takes from one look at the shadow, and looks.
STROKES, LOOKS = 5, 9
#: Strokes keep this distance from ink that is there, in px.
APART_PX = 9


def darkest(canvas: limner.Canvas) -> list[np.ndarray]:
    """Return the shadow's strongest lines that are not drawn yet."""
    shadow = canvas.shadow()
    ridge = shadow - cv2.GaussianBlur(shadow, (0, 0), 9)
    near = cv2.dilate((canvas.ink > 0.3).astype(np.uint8), np.ones((2 * APART_PX + 1,) * 2)) > 0
    open_ridge = np.where(near, 0, np.clip(8 * ridge, 0, 1)).astype(np.float32)
    found = [s.points[:, :2] for s in lines.trace(limner.LineDrawing(open_ridge), min_length_px=14)]
    return sorted((p for p in found if len(p) > 1), key=lambda p: -weight(p, ridge))[:STROKES]


def weight(points: np.ndarray, ridge: np.ndarray) -> float:
    """Return how long and dark a line of the shadow is."""
    x, y = np.clip(np.rint(points).astype(int), 0, 511).T
    long = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
    return min(long, 160) * float(ridge[y, x].mean())


def draw_one(beginning: list[list[tuple[int, int]]], rng: np.random.Generator) -> limner.Canvas:
    """Return a canvas drawn from blank, the hand a little unsteady."""
    canvas = limner.Canvas()
    for corners in beginning:
        canvas.stroke(smooth(np.array(corners, np.float32)), width=3)
    for _ in range(LOOKS):
        for points in darkest(canvas):
            canvas.stroke(points + rng.normal(0, 1.2, 2), width=float(rng.uniform(2, 3)))
    return canvas


def smooth(points: np.ndarray) -> np.ndarray:
    """Return a polyline without corners."""
    for _ in range(3):
        middle = np.stack([0.75 * points[:-1] + 0.25 * points[1:],
                           0.25 * points[:-1] + 0.75 * points[1:]], 1).reshape(-1, 2)  # fmt: skip
        points = np.concatenate([points[:1], middle, points[-1:]])
    return points


def grey(ink: np.ndarray) -> np.ndarray:
    """Return ink as a picture."""
    return np.asarray(np.rint(255 * (1 - ink))[..., None].repeat(3, 2), np.uint8)


def row(name: str, number: int) -> np.ndarray:
    """Return one face: its first strokes over their shadow, the drawing, the photograph at two confidences."""
    begun = limner.Canvas()
    for points in BEGINNINGS[name]:
        begun.stroke(smooth(np.array(points, np.float32)), width=3)
    first = grey(np.maximum(0.45 * begun.shadow(), begun.ink))
    canvas = draw_one(BEGINNINGS[name], np.random.default_rng(number))
    photos = [limner.compose(canvas, confidence=c) for c in (1.0, 0.4)]
    count = len(canvas.sketch.strokes)
    print(f"{name}: {count} strokes, {photos[0].ink_kept:.0%} of the ink is found again")
    return np.concatenate([first, grey(canvas.ink), *(p.photo.pixels for p in photos)], 1)


if __name__ == "__main__":
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "out/sketches")
    out.mkdir(parents=True, exist_ok=True)
    sheet = np.concatenate([row(name, k) for k, name in enumerate(BEGINNINGS)])
    limner.write(limner.Photo(sheet[::2, ::2].copy()), out / "follow-shadow.png")
