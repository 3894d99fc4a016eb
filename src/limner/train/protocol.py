"""What the styles are scored on: the FS2K pack in → folders that ``limner score styles`` reads.

::

    python -m limner.train.protocol PACKS OUT
    limner score styles --data OUT

The artist's training drawings are what a style is compared with; the test people's photographs are what is drawn; the
artist's own drawings of the same people are the measure of what can be reached. Twins of test people are left out of
the training side. FS2K is research data: the folders are for measuring, not for showing.
"""

from __future__ import annotations

import argparse
import random
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from limner.errors import RecipeError
from limner.train.data.packs import index
from limner.train.data.sitters import fs2k_split

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["STYLES", "lay_out", "main", "split"]

#: Which pictures of FS2K each style is judged on, and how many of its training drawings are set apart as test.
STYLES: dict[str, tuple[str, int]] = {
    "croquis": ("photo1", 0),
    "hatch": ("photo1", 0),
    "pencil": ("photo3", 120),
}


def split(packs: Path, style: str) -> tuple[list[str], list[str]]:
    """Return the ids of a style's training drawings and of its test people.

    Parameters
    ----------
    packs : Path
        The folder of the packs.
    style : {"croquis", "hatch", "pencil"}
        An artist of FS2K.

    Returns
    -------
    tuple of list of str
        Training and test ids, in the index's order. Where the official split leaves no test people of the style's
        pictures, they are set apart by ``random.Random(1).shuffle``.
    """
    source, apart = STYLES[style]
    train, test = (
        [
            row["id"]
            for row in fs2k_split(packs, part)
            if row["style"] == style and row["id"].startswith(f"{source}_")
        ]
        for part in ("train", "test")
    )
    if not apart:
        return train, test
    order = _official(packs, style, source)
    random.Random(1).shuffle(order)  # noqa: S311 - repeatable, not secret
    aside = set(order[:apart])
    return [i for i in train if i not in aside], [i for i in order if i in aside]


def _official(packs: Path, style: str, source: str) -> list[str]:
    """Return the ids of the official training drawings, twins too, in the index's order."""
    return [
        row["id"]
        for row in index(packs / "fs2k.csv")
        if (row["split"], row["style"]) == ("train", style) and row["id"].startswith(f"{source}_")
    ]


def lay_out(packs: Path, out: Path) -> dict[str, dict[str, int]]:
    """Write ``<style>/real``, ``<style>/artist`` and ``<style>/photos`` for each style.

    Parameters
    ----------
    packs : Path
        The folder of the packs.
    out : Path
        Where the folders go.

    Returns
    -------
    dict
        Style → folder → how many pictures.

    Raises
    ------
    RecipeError
        If the pack is not there.
    """
    if not (packs / "fs2k.tar").is_file():
        raise RecipeError(f"The pack fs2k.tar is not in {packs}; name the folder that holds it.")
    counts: dict[str, dict[str, int]] = {}
    with tarfile.open(packs / "fs2k.tar") as pack:
        for style in STYLES:
            train, test = split(packs, style)
            counts[style] = {
                "real": _copy(pack, "sketch", train, out / style / "real"),
                "artist": _copy(pack, "sketch", test, out / style / "artist"),
                "photos": _copy(pack, "photo", test, out / style / "photos"),
            }
    return counts


def _copy(pack: tarfile.TarFile, kind: str, ids: list[str], folder: Path) -> int:
    """Write a pack's pictures as they are and return how many."""
    folder.mkdir(parents=True, exist_ok=True)
    for key in ids:
        stream = pack.extractfile(f"{kind}/{key}.webp")
        if stream is not None:
            (folder / f"{key}.webp").write_bytes(stream.read())
    return len(ids)


def main(args: Sequence[str] | None = None) -> int:
    """Lay the folders out and say how many pictures went where."""
    parser = argparse.ArgumentParser(prog="python -m limner.train.protocol", description=__doc__)
    parser.add_argument("packs", type=Path, help="folder that holds fs2k.tar and fs2k.csv")
    parser.add_argument("out", type=Path, help="where the folders go")
    given = parser.parse_args(args)
    for style, counts in lay_out(given.packs, given.out).items():
        said = ", ".join(f"{n} {name}" for name, n in counts.items())
        sys.stdout.write(f"{style}: {said}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
