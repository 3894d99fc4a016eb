"""Clean drawings of known people in → the bank of their components' codes that ships."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from limner.files.atomic import write_bytes
from limner.sketches.bank import FILE, Bank
from limner.sketches.parts import NAMES, cut
from limner.sketches.synthesize import Engine
from limner.train.data.sketch_faces import build_faces, chosen

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


def main(arguments: list[str] | None = None) -> None:
    """Write the bank that ships, as ``python -m limner.train.data.sketch_bank``; needs ``sketches-parts``."""
    here = Path(__file__).parents[2] / "sketches" / FILE
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of packs")
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"))
    parser.add_argument("--out", type=Path, default=here)
    given = parser.parse_args(arguments)
    faces = build_faces(chosen(given.data, "train", 80.0), given.cache, "sketch-train")
    bank = build_bank(faces)
    data = bank.to_bytes()
    write_bytes(given.out, data)
    sys.stdout.write(f"{len(bank)} people, {len(data) / 1e6:.2f} MB in {given.out}\n")


if __name__ == "__main__":
    main()
