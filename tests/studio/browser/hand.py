"""A hand that draws a face: strokes as points on the 512 px sheet, and the mouse moves that make them."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest

Line = list[tuple[float, float]]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float, n: int = 24) -> Line:
    """Return part of an ellipse, degrees clockwise from the right."""
    angles = [math.radians(start + (end - start) * k / n) for k in range(n + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


#: A front view, part by part: outline, hair, brows, eyes, nose, mouth, neck.
FACE: list[Line] = [
    arc(256, 262, 118, 158, -10, 190),
    arc(256, 236, 128, 150, 185, 355),
    arc(256, 190, 112, 84, 190, 350),
    [(150, 250), (136, 300), (140, 350)],
    [(362, 250), (376, 300), (372, 350)],
    arc(204, 228, 32, 14, 200, 340),
    arc(308, 228, 32, 14, 200, 340),
    arc(204, 252, 24, 11, 180, 360),
    arc(204, 250, 24, 9, 0, 180),
    arc(204, 251, 8, 8, 0, 360),
    arc(308, 252, 24, 11, 180, 360),
    arc(308, 250, 24, 9, 0, 180),
    arc(308, 251, 8, 8, 0, 360),
    [(246, 256), (242, 292), (236, 314), (246, 322)],
    arc(256, 318, 14, 8, 20, 160),
    [(266, 322), (276, 314), (272, 300)],
    arc(256, 366, 40, 12, 190, 350),
    arc(256, 360, 40, 20, 10, 170),
    [(216, 362), (256, 364), (296, 362)],
    [(206, 408), (202, 470), (150, 500)],
    [(306, 408), (310, 470), (362, 500)],
]


class Hand:
    """Draws on the sheet of a page."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def place(self) -> tuple[float, float, float]:
        """Return where the sheet lies in the window and how large a sheet pixel is."""
        box = self.page.locator("#under").bounding_box()
        return box["x"], box["y"], box["width"] / 512

    def draw(self, line: Line) -> None:
        """Draw one stroke with the mouse."""
        x0, y0, scale = self.place()
        points = [(x0 + x * scale, y0 + y * scale) for x, y in line]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up()

    def touch(self, kind: str, points: list[tuple[int, float, float]], **more: Any) -> None:
        """Send pointer events of fingers or a pen: (pointer, x, y) in sheet px."""
        x0, y0, scale = self.place()
        for pointer, x, y in points:
            self.page.evaluate(
                """([kind, id, x, y, more]) => {
                  const wet = document.querySelector("#wet");
                  wet.setPointerCapture = () => {};
                  wet.dispatchEvent(new PointerEvent(kind, {bubbles: true, cancelable: true, isPrimary: true,
                    pointerId: id, clientX: x, clientY: y, button: kind === "pointermove" ? -1 : 0,
                    buttons: kind === "pointerup" ? 0 : 1, ...more}));
                }""",
                [kind, pointer, x0 + x * scale, y0 + y * scale, more],
            )


def strokes(page: Any) -> int:
    """Return how many strokes are kept in the browser."""
    return int(
        page.evaluate(
            """() => new Promise((ok) => {
              const open = indexedDB.open("limner-studio");
              open.onsuccess = () => {
                const ask = open.result.transaction("work").objectStore("work").get("sketch");
                ask.onsuccess = () => {
                  const work = ask.result?.value;
                  open.result.close();
                  ok(work ? work.sheets[work.at].history.now.length : 0);
                };
              };
            })"""
        )
    )


def ink(page: Any) -> int:
    """Return how many pixels of ink the sheet shows."""
    return int(
        page.evaluate(
            """() => {
              const c = document.querySelector("#ink");
              const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
              let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 60; return n; }"""
        )
    )


def until(page: Any, check: Callable[[], Any], tries: int = 300) -> None:
    """Wait until a check is true; a busy machine may take its time."""
    for _ in range(tries):
        if check():
            return
        page.wait_for_timeout(100)
    source = check if isinstance(check, functools.partial) else inspect.getsource(check).strip()
    pytest.fail(f"it never came true: {source}")
