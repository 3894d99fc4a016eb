"""The sheet under the pen: strokes in → ink, a shadow that guides, and a photograph; heavy once, light many.

Only components whose window a stroke touched are encoded again, and only neighbours not seen before are drawn again.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.errors import BadShape, EmptySketch
from limner.records import Palette, Photo, SemanticMap, Sketch, Stroke
from limner.sketches.bank import open_bank
from limner.sketches.guide import Guide, merge
from limner.sketches.likeness import likeness
from limner.sketches.parts import NAMES, WINDOWS, cut, gate_map, ink_trust, spread
from limner.sketches.project import blend, project, unshrunk
from limner.sketches.raster import Box, draw_sketch, draw_stroke, touched
from limner.sketches.scan import SIZE_PX
from limner.sketches.synthesize import Engine

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from limner.sketches.bank import Bank
    from limner.sketches.project import Projection
    from limner.sketches.synthesize import Runs

__all__ = ["Canvas"]

Confidence = dict[str, float] | float

#: An eye → the one that it mirrors.
_TWINS = {"left-eye": "right-eye", "right-eye": "left-eye"}
#: A component whose darkest pixel is paler than this, of 255, is not drawn yet.
_LEAST_INK = 40


class Canvas:
    """A drawing that grows.

    Parameters
    ----------
    sketch : Sketch, optional
        What is there already; a blank sheet of 512 px if not given.
    neighbours : int
        How many people of the bank a component is compared with.
    bank : Bank, optional
        The one that ships if not given.
    session : Runs, optional
        What runs the networks; the process's own if not given.

    Notes
    -----
    Not thread-safe: one canvas belongs to one hand. Different canvases may share a bank and a session.

    Examples
    --------
    >>> canvas = Canvas()
    >>> canvas.stroke([(200, 250), (220, 240), (240, 250)], width=3)
    >>> len(canvas.sketch.strokes)
    1
    >>> canvas.undo(), canvas.undo()
    (True, False)
    """

    def __init__(
        self,
        sketch: Sketch | None = None,
        *,
        neighbours: int = 10,
        bank: Bank | None = None,
        session: Runs | None = None,
    ) -> None:
        if neighbours < 1:
            raise BadShape(f"neighbours is {neighbours}, wanted at least 1.")
        self._given_bank, self._given_session = bank, session
        self._neighbours = neighbours
        self._sketch = sketch or Sketch()
        self._ink = draw_sketch(self._sketch)
        # what lay under each stroke, and the sketch before it, so that undo is exact and cheap
        self._before: list[tuple[Box, NDArray[np.uint8], Sketch]] = []
        self._codes: dict[str, NDArray[np.float32]] = {}
        self._found: dict[str, Projection] = {}
        self._shadows: dict[str, NDArray[np.float32]] = {}

    @cached_property
    def _bank(self) -> Bank:
        return self._given_bank or open_bank()

    @cached_property
    def engine(self) -> Engine:
        """The networks."""
        return Engine(self._given_session)

    @cached_property
    def _guide(self) -> Guide:
        return Guide(self.engine, self._bank)

    @property
    def sketch(self) -> Sketch:
        """The strokes so far over what lay under them; taking a part from elsewhere makes a scan of all."""
        return self._sketch

    @property
    def ink(self) -> NDArray[np.float32]:
        """The drawing, (512, 512) float32, 0 paper to 1 ink."""
        return self._ink.astype(np.float32) / np.float32(255)

    @property
    def is_blank(self) -> bool:
        """Whether there is no ink."""
        return int(self._ink.max()) < 26

    def stroke(self, points: ArrayLike, width: float = 2.0) -> None:
        """Draw a stroke.

        Parameters
        ----------
        points : array_like of shape (N, 2) or (N, 3)
            x, y in canvas px and, if given, pressure 0 to 1.
        width : float
            In canvas px, at full pressure.

        Raises
        ------
        BadShape
            If points or width make no stroke.
        """
        array = np.asarray(points, np.float32)
        if array.ndim == 2 and array.shape[1] == 2:
            array = np.column_stack([array, np.ones(len(array), np.float32)])
        stroke = Stroke(array, width)
        scale = np.float32(SIZE_PX / self._sketch.size_px)
        moved = stroke.points.copy()
        moved[:, :2] = (moved[:, :2] + 0.5) * scale - 0.5
        placed = Stroke(moved, stroke.width * float(scale))
        box = touched(placed)
        self._keep(box, self._sketch.with_stroke(stroke))
        draw_stroke(self._ink, placed)

    def _keep(self, box: Box, sketch: Sketch) -> None:
        """Remember what a change in `box` is about to hide, and forget what it makes stale."""
        self._before.append((box, self._ink[box.slices].copy(), self._sketch))
        self._sketch = sketch
        self._forget(box)

    def undo(self) -> bool:
        """Take back the newest stroke or part; say whether there was one."""
        if not self._before:
            return False
        box, patch, self._sketch = self._before.pop()
        self._ink[box.slices] = patch
        self._forget(box)
        return True

    def take(self, part: str, other: Canvas) -> None:
        """Take a component, or a group such as ``eyes``, from another canvas; `undo` gives the old one back.

        Raises
        ------
        UnknownName
            If there is no such component.
        """
        gate = gate_map(spread({part: 1.0}, 0.0), SIZE_PX)
        mixed = other.ink * gate + self.ink * (1 - gate)
        side = (self._sketch.size_px, self._sketch.size_px)
        scan = np.clip(cv2.resize(mixed, side, interpolation=cv2.INTER_AREA), 0, 1)
        self._keep(Box(0, 0, SIZE_PX, SIZE_PX), Sketch((), side[0], scan.astype(np.float32)))
        self._ink[:] = np.rint(255 * mixed).astype(np.uint8)

    def _forget(self, box: Box) -> None:
        """Forget what is known of components that a change in `box` touched."""
        for name, window in WINDOWS.items():
            x, y, side = window.at(SIZE_PX)
            meets = box.x0 < x + side and box.x1 > x and box.y0 < y + side and box.y1 > y
            if name == "rest":
                meets = bool(_OUTSIDE[box.slices].any())
            if meets:
                self._codes.pop(name, None)
                stale = {name}
                if name in _TWINS and not self._is_drawn(_TWINS[name]):
                    stale.add(_TWINS[name])
                for one in stale:
                    self._found.pop(one, None)
                    self._shadows.pop(one, None)

    def codes(self) -> dict[str, NDArray[np.float32]]:
        """Return every component's code as drawn, component → (D,) float32."""
        missing = [n for n in NAMES if n not in self._codes]
        if missing:
            small = self._small()
            self._codes.update(self.engine.encode({n: cut(small, n) for n in missing}))
        return dict(self._codes)

    def neighbours(self, name: str) -> Projection:
        """Return what the bank makes of a component; of one not drawn yet, what faces have there.

        An eye that is missing is looked for beside the other one, mirrored.
        """
        if name not in self._found:
            bank = self._bank
            self._found[name] = project(
                self._query(name), bank.matrices[name], bank.squares[name], k=self._neighbours
            )
        return self._found[name]

    def _query(self, name: str) -> NDArray[np.float32]:
        """Return the code that neighbours are sought for; no code of blank paper, which is like nobody."""
        if self._is_drawn(name):
            return self.codes()[name]
        twin = _TWINS.get(name)
        if twin is None or not self._is_drawn(twin):
            return self._bank.means[name]
        mirrored = np.ascontiguousarray(cut(self._small(), twin)[:, ::-1])
        return self.engine.encode({name: mirrored})[name]

    def _is_drawn(self, name: str) -> bool:
        if name == "rest":
            return int((self._ink * _OUTSIDE).max()) > _LEAST_INK
        x, y, side = WINDOWS[name].at(SIZE_PX)
        return int(self._ink[y : y + side, x : x + side].max()) > _LEAST_INK

    def _small(self) -> NDArray[np.float32]:
        small = cv2.resize(self._ink, (256, 256), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32) / np.float32(255)

    def shadow(self, size_px: int = SIZE_PX) -> NDArray[np.float32]:
        """Return where a face's lines would go, (size_px, size_px) float32, 0 paper to 1.

        On a blank canvas these are average faces. Paint it faintly under the ink.
        """
        missing = {n: self.neighbours(n) for n in NAMES if n not in self._shadows}
        if missing:
            self._shadows.update(self._guide.shadows(missing))
        return merge(self._shadows, size_px)

    def believed(self, confidence: Confidence = 1.0) -> dict[str, NDArray[np.float32]]:
        """Return the codes in use: each component's own, drawn towards its neighbours as far as it is not trusted."""
        each = spread(confidence, 1.0)
        codes = self.codes()
        return {
            n: codes[n] if each[n] >= 1 else blend(codes[n], self._likely(n), each[n])
            for n in NAMES
        }

    def _likely(self, name: str) -> NDArray[np.float32]:
        """Return the code that neighbours make of a component, no nearer to the average face than they are."""
        found, bank = self.neighbours(name), self._bank
        return unshrunk(found.code, bank.matrices[name][found.people], bank.means[name])

    def photo(
        self,
        *,
        confidence: Confidence = 1.0,
        palette: Palette | None = None,
        size_px: int = SIZE_PX,
        seed: int = 0,
    ) -> Photo:
        """Return the photograph that the drawing stands for.

        Parameters
        ----------
        confidence : float or dict
            1 = exactly what was drawn, 0 = only what faces look like; for all, or by component or group
            (``{"eyes": 0.7, "rest": 0.3}``).
        palette : Palette, optional
            Colours and light; usual ones if not given.
        size_px : int
            512, or 256 for a preview.
        seed : int
            Decides grain.

        Returns
        -------
        Photo
            Its notes hold how much of the ink is found again in the result.

        Raises
        ------
        EmptySketch
            If the canvas is blank.
        UnknownName, BadShape
            If a confidence is wrong, or the size.
        """
        return self.photo_and_map(
            confidence=confidence, palette=palette, size_px=size_px, seed=seed
        )[0]

    def photo_and_map(
        self,
        *,
        confidence: Confidence = 1.0,
        palette: Palette | None = None,
        size_px: int = SIZE_PX,
        seed: int = 0,
    ) -> tuple[Photo, SemanticMap]:
        """Return the photograph and its class map at its size; parameters and errors as in `photo`."""
        if size_px not in (256, 512):
            raise BadShape(f"A photograph of {size_px} px was asked for; there are 256 and 512.")
        if self.is_blank:
            raise EmptySketch("The canvas is blank; draw a stroke first. Its shadow shows where.")
        each = spread(confidence, 1.0)
        inks = self.ink, gate_map(ink_trust(each), SIZE_PX)
        made, classes = self.engine.paint(
            self.believed(each), inks, palette or Palette(), size_px=size_px, seed=seed
        )
        found = likeness(self.ink, made)
        note = f"{found:.0%} of the ink is found again in the photograph"
        labels = cv2.resize(classes, (size_px, size_px), interpolation=cv2.INTER_NEAREST)
        return Photo(made.pixels, notes=(*made.notes, note)), SemanticMap(
            np.asarray(labels, np.uint8)
        )


def _outside() -> NDArray[np.bool_]:
    """Return where the remainder is looked at: everywhere but in the four windows."""
    mask = np.ones((SIZE_PX, SIZE_PX), bool)
    for name in NAMES[1:]:
        x, y, side = WINDOWS[name].at(SIZE_PX)
        mask[y : y + side, x : x + side] = False
    return mask


_OUTSIDE = _outside()
