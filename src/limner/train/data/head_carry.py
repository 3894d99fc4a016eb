"""The packs in → one small folder from which heads are taught on a machine that has nothing else.

About 24 MB of synthetic heads (depth to 2 mm), 11 kB a photograph, 2 MB of frozen features::

    python -m limner.train.data.head_carry PACKS CACHE OUT --photos 900
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from limner.train.data.heads import build_real, encoded, pack_real
from limner.train.data.packs import Turnheads
from limner.train.nets import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["carry", "main", "pack_synthetic"]


def carry(data: Path, cache: Path, out: Path, *, photos: int = 900, lite1: bool = True) -> None:
    """Write what ``--data OUT`` and the key ``frozen`` = OUT need.

    Parameters
    ----------
    data : Path
        The packs.
    cache : Path
        Where head crops were built, or will be.
    out : Path
        The folder to carry.
    photos : int
        How many photographs; 0 all.
    lite1 : bool
        Also the frozen features that losses and critics look through.
    """
    out.mkdir(parents=True, exist_ok=True)
    for split, count in (("train", photos), ("val", min(photos, 60) or 60)):
        pack_synthetic(Turnheads(data / f"turnheads-{split}.npz"), out / f"turnheads-{split}.npz")
        views = build_real(data, cache, split)
        pack_real(views, out / f"heads-real-{split}.npz", count=min(count, len(views)))
    if lite1:
        frozen.save("lite1", out)


def pack_synthetic(heads: Turnheads, path: Path, *, quality: int = 80) -> None:
    """Write synthetic heads in two thirds of their size, in the same form: depth is rounded to 2 mm."""
    arrays: dict[str, Any] = {k: heads.arrays[k] for k in ("head", "yaw_deg", "pitch_deg")}
    files: dict[str, list[bytes]] = {"photo": [], "label": [], "depth": []}
    for i in range(len(heads)):
        files["photo"].append(encoded(heads.photo(i), "WEBP", quality=quality, method=4))
        files["label"].append(encoded(heads.label(i), "PNG", optimize=True))
        depth = (np.asarray(heads.depth_mm(i)).astype(np.int32) + 1) // 2 * 2
        files["depth"].append(encoded(depth.astype(np.uint16), "PNG", optimize=True))
    for kind, coded in files.items():
        arrays[f"{kind}_bytes"] = np.frombuffer(b"".join(coded), np.uint8)
        arrays[f"{kind}_offset"] = np.cumsum([0, *map(len, coded)])
    np.savez(path, **arrays)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name in ("packs", "cache", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--photos", type=int, default=900)
    given = parser.parse_args(arguments)
    carry(given.packs, given.cache, given.out, photos=given.photos)
    return 0


if __name__ == "__main__":
    sys.exit(main())
