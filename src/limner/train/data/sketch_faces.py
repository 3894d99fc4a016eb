"""Faces that can be sketched, cached once: packs or a folder of photographs in → memory-mapped arrays.

Photographs, human labels, strokes by every engine, the drawing that decoders learn and palettes: everything that
does not change is made once, in parallel, and looked up afterwards.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from limner.errors import RecipeError
from limner.records import Palette
from limner.train.data.hand_sketch import canonical
from limner.train.data.packs import Pack, index, mesh
from limner.train.data.sketch_folder import files_of, read_faces
from limner.train.data.sketch_lines import Lines, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Faces", "Source", "build_faces", "chosen", "palette_of", "shrunk"]

#: Changes whenever what is cached changes, so that an old cache is never read as a new one.
_FORM = 5

_YAW_DEG = 20.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where one face comes from.

    Parameters
    ----------
    photos, labels : str
        Packs that hold the picture and its labels; `labels` is "" for a picture file of its own.
    id : str
        The picture's name in both; the number of the face in a picture file.
    mesh : ndarray of shape (478, 2), float32
        Mesh points in px of a 512 px picture.
    product : bool
        Whether its soft ink comes from Limner's own line engine.
    """

    photos: str
    labels: str
    id: str
    mesh: NDArray[np.float32]
    product: bool = True

    @property
    def name(self) -> str:
        """A name of its own among all faces of a folder."""
        return self.id if self.labels else f"{Path(self.photos).name}#{self.id}"


@dataclass(frozen=True, slots=True)
class Faces:
    """All faces of one split at one size.

    Parameters
    ----------
    photos : ndarray of shape (N, S, S, 3), uint8
        Aligned photographs.
    labels : ndarray of shape (N, 256, 256), uint8
        19 classes.
    clean : ndarray of shape (N, 256, 256), uint8
        Each feature drawn once, clearly; what decoders learn.
    ink : ndarray of shape (N, 256, 256), uint8
        Soft ink, for sketches that are scans.
    palettes : ndarray of shape (N, 17), float32
        Codes of `limner.records.Palette`.
    points : ndarray of shape (M, 2), int16
        Strokes' points in sixteenths of a px of 512.
    starts, engine, part, strength : ndarray
        As in `Lines`, for all pictures after each other.
    strokes : ndarray of shape (N + 1,), int64
        Picture n owns strokes[n] to strokes[n + 1].
    ids : tuple of str
        The pictures' names.
    """

    photos: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    clean: NDArray[np.uint8]
    ink: NDArray[np.uint8]
    palettes: NDArray[np.float32]
    points: NDArray[np.int16]
    starts: NDArray[np.int64]
    engine: NDArray[np.uint8]
    part: NDArray[np.uint8]
    strength: NDArray[np.uint8]
    strokes: NDArray[np.int64]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def lines(self, n: int) -> Lines:
        """Return the strokes of picture `n`."""
        a, b = int(self.strokes[n]), int(self.strokes[n + 1])
        starts = self.starts[a : b + 1]
        points = self.points[int(starts[0]) : int(starts[-1])]
        return Lines(
            points.astype(np.float32) / np.float32(16),
            (starts - starts[0]).astype(np.int32),
            self.engine[a:b],
            self.part[a:b],
            self.strength[a:b].astype(np.float32) / np.float32(255),
        )


def palette_of(photo: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the palette's code of a parsed photograph, (17,) float32.

    Colours are medians over skin, hair, lips, clothes and ground; one that is not there keeps the usual colour. Light
    is the slope of the skin's luminance.
    """
    code = Palette().as_code()
    groups = ((1, 2), (13,), (11, 12), (18,), (0,))
    for k, group in enumerate(groups):
        mask = np.isin(labels, group)
        if mask.sum() > 40:
            code[3 * k : 3 * k + 3] = np.median(photo[mask], axis=0) / 127.5 - 1
    ys, xs = np.nonzero(np.isin(labels, (1, 2)))
    if len(ys) > 400:
        grey = photo[ys, xs].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) / 255
        half = labels.shape[0] / 2
        plane = np.stack([xs / half - 1, ys / half - 1, np.ones(len(xs))], 1)
        slope = np.linalg.lstsq(plane, grey, rcond=None)[0]
        code[15:] = np.clip(slope[:2], -1, 1)
    return code


def chosen(folder: Path, split: str, least_sharpness: float, *, size: int = 256) -> list[Source]:
    """Return which faces of the packs are taken.

    Parameters
    ----------
    folder : Path
        Holds ``celeba-*.tar``, ``celeba.csv`` and ``celeba-landmarks.npz``.
    split : str
        "train" or "val"; no validation person is ever in "train".
    least_sharpness : float
        Smallest variance of the Laplacian of a 256 px picture.
    size : int
        512 takes only pictures stored at 512 px.

    Raises
    ------
    RecipeError
        If neither packs nor pictures are there.

    Notes
    -----
    A folder without ``celeba.csv`` is taken as a folder of photographs; see `limner.train.data.sketch_folder`.
    """
    if not (folder / "celeba.csv").exists():
        return _from_files(folder, split, least_sharpness)
    if not (folder / "celeba-landmarks.npz").exists():
        raise RecipeError(f"celeba-landmarks.npz is not in {folder}, but celeba.csv is.")
    rows = {r["id"]: r for r in index(folder / "celeba.csv") if r["split"] == split}
    points = mesh(folder / "celeba-landmarks.npz")
    turn = _turns(folder / "celeba-landmarks.npz")
    found: list[Source] = []
    for photos, labels in _tars(folder, split, size):
        for name in Pack(photos).ids("photo"):
            row = rows.get(name)
            if row is None or name not in points or abs(turn[name]) > _YAW_DEG:
                continue
            stored = int(row["size"])
            if stored == 256 and float(row["laplacian_variance"]) < least_sharpness:
                continue
            scaled = ((points[name][:, :2] + 0.5) * (512 / stored) - 0.5).astype(np.float32)
            # every other face in training: both engines are met, and the cache is made in half the time
            product = split != "train" or len(found) % 2 == 0
            found.append(Source(str(photos), str(labels), name, scaled, product))
    return found


def _from_files(folder: Path, split: str, least_sharpness: float) -> list[Source]:
    found = []
    for path in files_of(folder, split):
        faces = read_faces(path, least_sharpness)
        found += [Source(str(path), "", str(k), mesh_px) for k, (_, _, mesh_px) in enumerate(faces)]
    if not found:
        raise RecipeError(
            f"No frontal, sharp face was found for {split!r} in {folder}; wanted packs, or a folder "
            "of some hundred portraits."
        )
    return found


def _turns(path: Path) -> dict[str, float]:
    with np.load(path) as data:
        yaw = data["yaw_pitch_roll_deg"][:, 0].astype(np.float64)
        return dict(zip(data["ids"].tolist(), yaw.tolist(), strict=True))


def _tars(folder: Path, split: str, size: int) -> Iterator[tuple[Path, Path]]:
    if split == "val":
        yield folder / "celeba-val.tar", folder / "celeba-val.tar"
        return
    small = folder / "celeba-256-photos.tar", folder / "celeba-256-labels.tar"
    large = folder / "celeba-512.tar"
    if size == 256 and small[0].exists():
        yield small
    if large.exists() or size == 512:
        yield large, large


def build_faces(
    sources: list[Source], cache: Path, name: str, *, size: int = 256, workers: int = 0
) -> Faces:
    """Return the arrays of `sources`, from the cache where they were made before.

    Parameters
    ----------
    sources : list of Source
        From `chosen`.
    cache : Path
        Folder of caches.
    name : str
        Of this one, for example ``sketch-train``.
    size : int
        Side of the photographs, 256 or 512; all else is kept at 256.
    workers : int
        Processes that read and trace; 0 = one a core.

    Raises
    ------
    RecipeError
        If there are no faces.
    """
    if not sources:
        raise RecipeError(f"There is no face for {name}; check --data and least_sharpness.")
    base = cache / f"{name}-{size}"
    key = {"form": _FORM, "size": size, "ids": [s.name for s in sources]}
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f".{base.name}.lock"):
        done = base / "done.json"
        if not (done.exists() and json.loads(done.read_text()) == key):
            base.mkdir(exist_ok=True)
            done.unlink(missing_ok=True)
            _write(sources, base, size, workers or os.cpu_count() or 1)
            done.write_text(json.dumps(key))
    arrays = {
        f: np.load(base / f"{f}.npy", mmap_mode="r")
        for f in Faces.__dataclass_fields__
        if f != "ids"
    }
    return Faces(**arrays, ids=tuple(s.name for s in sources))


_Made = tuple[
    NDArray[np.uint8],
    NDArray[np.uint8],
    NDArray[np.uint8],
    NDArray[np.uint8],
    NDArray[np.float32],
    Lines,
]


def _make(source: Source, size: int) -> _Made:
    """Read, align and trace one face."""
    cv2.setNumThreads(1)
    photo, labels = _read(source)
    large = _resized(photo, 512)
    near = np.asarray(cv2.resize(labels, (512, 512), interpolation=cv2.INTER_NEAREST), np.uint8)
    lines, ink = lines_of(large, near, source.mesh, product=source.product)
    small = _resized(photo, 256)
    coarse = shrunk(labels)
    return (
        _resized(photo, size),
        coarse,
        canonical(lines),
        np.asarray(cv2.resize(ink, (256, 256), interpolation=cv2.INTER_AREA), np.uint8),
        palette_of(small, coarse),
        lines,
    )


def _read(source: Source) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    if source.labels:
        photo = _pack(source.photos).rgb("photo", source.id)
        labels = _pack(source.labels).labels(source.id)
        # a carried pack keeps labels as grey WebP, which knows no single channel
        return photo, labels if labels.ndim == 2 else np.ascontiguousarray(labels[..., 0])
    # the same faces in the same order as when they were chosen, dull ones among them
    rows = [
        r for r in read_faces(Path(source.photos), 0.0) if np.allclose(r[2], source.mesh, atol=0.5)
    ]
    if not rows:
        raise RecipeError(f"The face in {source.photos} is no longer there.")
    return rows[0][0], rows[0][1]


_packs: dict[str, Pack] = {}


def _pack(path: str) -> Pack:
    """Return an open pack; a worker opens each once."""
    if path not in _packs:
        _packs[path] = Pack(Path(path))
    return _packs[path]


def _resized(photo: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    if photo.shape[0] == side:
        return photo
    how = cv2.INTER_AREA if photo.shape[0] > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, (side, side), interpolation=how), np.uint8)


def shrunk(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return labels at 256 px by weighted majority, so that thin brows and lips stay."""
    if labels.shape == (256, 256):
        return labels
    best, out = np.zeros((256, 256), np.float32), np.zeros((256, 256), np.uint8)
    for k in np.unique(labels):
        share = cv2.resize(
            (labels == k).astype(np.float32), (256, 256), interpolation=cv2.INTER_AREA
        )
        share *= 1.0 if k in (0, 1, 13, 17, 18) else 1.4
        out[share > best] = k
        best = np.maximum(best, share)
    return out


def _write(sources: list[Source], base: Path, size: int, workers: int) -> None:
    n = len(sources)
    shapes = {"photos": (n, size, size, 3)} | dict.fromkeys(
        ("labels", "clean", "ink"), (n, 256, 256)
    )
    maps = {
        k: np.lib.format.open_memmap(base / f"{k}.npy", "w+", np.uint8, s)
        for k, s in shapes.items()
    }
    palettes = np.zeros((n, 17), np.float32)
    lines: list[Lines] = []
    for i, made in enumerate(_all_made(sources, size, workers)):
        maps["photos"][i], maps["labels"][i], maps["clean"][i], maps["ink"][i], palettes[i] = made[
            :5
        ]
        lines.append(made[5])
    for array in maps.values():
        array.flush()
    offsets = np.cumsum([0, *[len(x.points) for x in lines]])
    starts = [x.starts[:-1] + o for x, o in zip(lines, offsets, strict=False)]
    rest = {
        "palettes": palettes,
        "points": np.rint(np.concatenate([x.points for x in lines]) * 16).astype(np.int16),
        "starts": np.concatenate([*starts, offsets[-1:]]).astype(np.int64),
        "engine": np.concatenate([x.engine for x in lines]),
        "part": np.concatenate([x.part for x in lines]),
        "strength": np.rint(255 * np.concatenate([x.strength for x in lines])).astype(np.uint8),
        "strokes": np.cumsum([0, *[len(x.engine) for x in lines]]).astype(np.int64),
    }
    for k, v in rest.items():
        np.save(base / f"{k}.npy", v)


def _all_made(sources: list[Source], size: int, workers: int) -> Iterator[_Made]:
    if workers == 1:
        yield from (_make(s, size) for s in sources)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        yield from pool.map(_make, sources, [size] * len(sources), chunksize=16)
