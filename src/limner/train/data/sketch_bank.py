"""Clean drawings of known people in → the bank of their components' codes that ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.sketches.bank import Bank
from limner.sketches.parts import NAMES, cut
from limner.sketches.synthesize import Engine

if TYPE_CHECKING:
    from limner.sketches.synthesize import Runs
    from limner.train.data.sketch_faces import Faces

__all__ = ["MOST", "build_bank"]

#: People in a bank: more codes than this weigh over 4 MB.
MOST = 1480


def build_bank(faces: Faces, session: Runs | None = None, *, most: int = MOST) -> Bank:
    """Return the bank of a split's faces.

    Parameters
    ----------
    faces : Faces
        The training split: no validation person is ever in a bank.
    session : Runs, optional
        What runs ``sketches-parts``; the process's own if not given.
    most : int
        People at most, spread evenly over the split: the same that the synthesis learnt with.
    """
    engine = Engine(session)
    rows = np.unique(np.linspace(0, len(faces) - 1, min(most, len(faces))).astype(int))
    codes: dict[str, list[np.ndarray]] = {n: [] for n in NAMES}
    for n in rows:
        ink = faces.clean[n].astype(np.float32) / np.float32(255)
        for name, code in engine.encode({m: cut(ink, m) for m in NAMES}).items():
            codes[name].append(code)
    return Bank.from_floats({n: np.stack(v) for n, v in codes.items()})
