"""Packs in → the part of them that a sketch training reads, small enough to travel to a GPU machine.

What is written has the packs' own names and form, so that nothing else changes: ``--data`` names the new folder.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from limner.errors import RecipeError
from limner.train.data.packs import Pack
from limner.train.data.sketch_drawings import PACK, drawings
from limner.train.data.sketch_faces import Source, chosen, shrunk
from limner.train.data.sketch_lines import USED_POINTS
from limner.train.nets.frozen import save

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Carried", "write_carry"]


#: Held-out people for sheets and scores, by size.
_JUDGES = {256: 64, 512: 24}


@dataclass(frozen=True, slots=True)
class Carried:
    """What was written: faces to learn from and to judge by, drawings, bytes."""

    train: int
    val: int
    drawings: int
    bytes: int


class _Tar:
    """A tar of small files made in memory order, without times or owners: the same bytes each time."""

    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path, "w")  # noqa: SIM115  (closed by `close`)

    def add(self, name: str, data: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        self._tar.addfile(info, io.BytesIO(data))

    def close(self) -> None:
        self._tar.close()


def write_carry(
    folder: Path,
    out: Path,
    *,
    size: int = 256,
    least_sharpness: float = 80.0,
    labels: Path | None = None,
    most_bytes: int = 36_000_000,
    least_faces: int = 100,
) -> Carried:
    """Write the carried packs.

    Parameters
    ----------
    folder, out : Path
        The packs; a new folder.
    size : int
        256: every sharp, frontal face, those of 512 px made smaller. 512: only those, as they are.
    least_sharpness : float
        As in the recipes.
    labels : Path, optional
        Folder of ``cufs-drawing.npz``.
    most_bytes : int
        Where this is not enough, some faces stay behind, by lot.
    least_faces : int
        Fewer are refused: nothing can be learnt from them.

    Raises
    ------
    RecipeError
        If the packs are not there, or too few faces fit.
    """
    out.mkdir(parents=True, exist_ok=True)
    inks = _write_drawings(folder, out, labels) if size == 256 else 0
    judges = chosen(folder, "val", least_sharpness)
    judges = [
        judges[i] for i in np.unique(np.linspace(0, len(judges) - 1, _JUDGES[size]).astype(int))
    ]
    _write_tar(judges, out / "celeba-val.tar", 256)
    used = sum(p.stat().st_size for p in out.iterdir() if p.is_file())
    pupils = chosen(folder, "train", least_sharpness, size=size)
    if size == 512:
        _write_tar(pupils, out / "celeba-512.tar", 512)
    else:
        pupils = _fit(pupils, most_bytes - used - 3_000_000)
        _write_split(pupils, out)
    if len(pupils) < least_faces:
        raise RecipeError(f"Only {len(pupils)} faces fit into {most_bytes} bytes; raise the limit.")
    _write_index({"train": (pupils, size), "val": (judges, 256)}, out)
    whole = sum(p.stat().st_size for p in out.iterdir() if p.is_file())
    return Carried(len(pupils), len(judges), inks, whole)


def _write_drawings(folder: Path, out: Path, labels: Path | None) -> int:
    tar, count = _Tar(out / PACK), 0
    for split, most in (("train", 10_000), ("test", 12)):
        for k, ink in enumerate(drawings(folder, split, labels=labels, most=most)):
            tar.add(f"{split}/{k:04d}.webp", _webp(ink, 55))
            count += 1
    tar.close()
    return count


def _webp(pixels: NDArray[np.uint8], quality: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "WEBP", quality=quality, method=4)
    return stream.getvalue()


def _lossless(labels: NDArray[np.uint8]) -> bytes:
    """Return labels as a grey WebP, two thirds of a PNG."""
    stream = io.BytesIO()
    Image.fromarray(labels).save(stream, "WEBP", lossless=True, method=6)
    return stream.getvalue()


def _encoded(source: Source, size: int) -> tuple[bytes, bytes]:
    """Return photograph and labels at `size`; the pack's own photograph where it has that size."""
    photos, labels = _open(source.photos), _open(source.labels)
    ids = labels.labels(source.id)
    photo = photos.bytes_of("photo", source.id)
    if ids.shape[0] != size:
        pixels = photos.rgb("photo", source.id)
        small = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
        photo, ids = _webp(np.asarray(small, np.uint8), 88), shrunk(ids)
    return photo, _lossless(ids)


_open_packs: dict[str, Pack] = {}


def _open(path: str) -> Pack:
    if path not in _open_packs:
        _open_packs[path] = Pack(Path(path))
    return _open_packs[path]


def _fit(sources: list[Source], room: int) -> list[Source]:
    """Return the sources that fit, in their order, chosen by lot."""
    keep: set[int] = set()
    for i in np.random.default_rng(0).permutation(len(sources)).tolist():
        size = sum(1024 + len(b) for b in _encoded(sources[i], 256))
        if size > room:
            break
        keep.add(i)
        room -= size
    return [s for i, s in enumerate(sources) if i in keep]


def _write_split(sources: list[Source], out: Path) -> None:
    photos, labels = _Tar(out / "celeba-256-photos.tar"), _Tar(out / "celeba-256-labels.tar")
    for source in sources:
        photo, ids = _encoded(source, 256)
        photos.add(f"photo/{source.id}.webp", photo)
        labels.add(f"label/{source.id}.webp", ids)
    photos.close()
    labels.close()


def _write_tar(sources: list[Source], path: Path, size: int) -> None:
    tar = _Tar(path)
    for source in sources:
        photo, ids = _encoded(source, size)
        tar.add(f"photo/{source.id}.webp", photo)
        tar.add(f"label/{source.id}.webp", ids)
    tar.close()


def _write_index(splits: dict[str, tuple[list[Source], int]], out: Path) -> None:
    """Write ``celeba.csv`` and the landmarks, only those points that any contour goes through."""
    rows, ids, points = [], [], []
    for split, (sources, size) in splits.items():
        for source in sources:
            rows.append([source.id, split, size, 1000.0, 0.0])
            ids.append(source.id)
            stored = (source.mesh + 0.5) * (size / 512) - 0.5
            kept = np.zeros((478, 2), np.int16)
            kept[list(USED_POINTS)] = np.rint(4 * stored[list(USED_POINTS)])
            points.append(kept)
    with (out / "celeba.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["id", "split", "size", "laplacian_variance", "yaw_proxy"])
        table.writerows(rows)
    np.savez_compressed(
        out / "celeba-landmarks.npz",
        ids=np.array(ids),
        xy_quarter_px=np.stack(points),
        yaw_pitch_roll_deg=np.zeros((len(ids), 3), np.float16),
    )


def main(arguments: list[str] | None = None) -> None:
    """Write the carried packs and the frozen nets, as ``python -m limner.train.data.sketch_carry``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of packs")
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    parser.add_argument("--size", type=int, choices=(256, 512), default=256)
    parser.add_argument("--labels", type=Path, help="folder of cufs-drawing.npz")
    parser.add_argument("--most-mb", type=float, default=36.0, help="of pictures and drawings")
    given = parser.parse_args(arguments)
    done = write_carry(
        given.data,
        given.out,
        size=given.size,
        labels=given.labels,
        most_bytes=int(1e6 * given.most_mb),
    )
    for name in ("lite1", "vgg"):
        save(name, given.out / "frozen")
    sys.stdout.write(
        f"{done.train} faces to learn from, {done.val} to judge by, {done.drawings} drawings, "
        f"{done.bytes / 1e6:.1f} MB and the frozen nets in {given.out}\n"
    )


if __name__ == "__main__":
    main()
