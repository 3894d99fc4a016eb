"""Small packs of made people: what `limner.train.data.packs` reads, with nobody real in it."""

from __future__ import annotations

import csv
import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from limner.geometry.camera import Camera
from limner.heads.encode import template
from limner.records import CLASS_COLORS, CLASSES

#: Mesh points of the eyes, brows, mouth and nose, enough to paint by.
_EYES = {"r_eye": (33, 160, 158, 133, 153, 144), "l_eye": (263, 387, 385, 362, 380, 373)}
_BROWS = {"r_brow": (70, 63, 105, 66, 107), "l_brow": (300, 293, 334, 296, 336)}
_NOSE = (168, 98, 2, 327)
_MOUTH = (61, 37, 267, 291, 314, 84)


@dataclass(frozen=True)
class Person:
    name: str
    photo: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    drawing: NDArray[np.uint8]
    mesh: NDArray[np.float32]
    yaw_deg: float
    pitch_deg: float
    depth_mm: NDArray[np.uint16]


def person(name: str, seed: int, size: int = 256, *, yaw_deg: float = 0.0) -> Person:
    """Return a made person: an average head, seen from somewhere, painted in flat patches."""
    chance = np.random.default_rng(seed)
    pitch = float(chance.uniform(-6, 6))
    camera = Camera(yaw_deg, pitch, size)
    average, _ = template()
    flat, depth = camera.project(average * chance.uniform(0.95, 1.05))
    z = (depth - depth.mean()) * camera.focal_px / depth.mean()
    mesh = np.column_stack([flat, z]).astype(np.float32)
    labels = _labels(mesh, size, hat=seed % 2 == 0)
    tint = chance.integers(-30, 30, (len(CLASSES), 3))
    colors = np.clip(np.array(CLASS_COLORS) + tint, 0, 255).astype(np.uint8)
    noise = chance.normal(0, 6, (size, size, 3))
    photo = np.clip(colors[labels] + noise, 0, 255).astype(np.uint8)
    edges = cv2.morphologyEx(labels, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    drawing = np.where(edges[..., None], 30, 245).astype(np.uint8).repeat(3, 2)
    near = cv2.resize((labels > 0).astype(np.uint8), (128, 128), interpolation=cv2.INTER_NEAREST)
    return Person(name, photo, labels, drawing, mesh, yaw_deg, pitch, near.astype(np.uint16) * 1020)


def _labels(mesh: NDArray[np.float32], size: int, *, hat: bool) -> NDArray[np.uint8]:
    out = np.zeros((size, size), np.uint8)
    points = mesh[:, :2]
    low, high = points[:468].min(0), points[:468].max(0)
    middle, half = (low + high) / 2, (high - low) / 2

    def blob(name: str, center: Any, axes: Any) -> None:
        at, by = np.rint(center).astype(int).tolist(), np.rint(axes).astype(int).tolist()
        cv2.ellipse(out, at, by, 0, 0, 360, CLASSES.index(name), -1)

    def patch(name: str, which: Iterable[int]) -> None:
        hull = cv2.convexHull(np.rint(points[list(which)]).astype(np.int32))
        cv2.fillConvexPoly(out, hull, CLASSES.index(name))

    blob("cloth", [middle[0], size], half * [2.2, 0.6])
    blob("hair", middle - [0, 0.2 * half[1]], half * [1.4, 1.4])
    blob("neck", middle + np.array([0, half[1]]), half * [0.5, 0.7])
    blob("neck_l", middle + np.array([0, 1.5 * half[1]]), half * [0.3, 0.06])
    for side, name in ((-1, "r_ear"), (1, "l_ear")):
        blob(name, middle + half * [1.05 * side, 0], half * [0.15, 0.3])
        blob("ear_r", middle + half * [1.05 * side, 0.35], half * [0.06, 0.08])
    patch("skin", range(468))
    if hat:
        blob("hat", middle - [0, 1.2 * half[1]], half * [1.2, 0.35])
    for name, which in {**_EYES, **_BROWS}.items():
        patch(name, which)
    patch("nose", _NOSE)
    patch("u_lip", _MOUTH)
    mouth = points[list(_MOUTH)].mean(0)
    blob("l_lip", mouth + np.array([0, 0.07 * half[1]]), half * [0.3, 0.06])
    blob("mouth", mouth, half * [0.2, 0.03])
    if not hat:
        for which in _EYES.values():
            center = points[list(which)].mean(0).astype(int).tolist()
            cv2.circle(out, center, int(0.3 * half[0]), CLASSES.index("eye_g"), 1)
    return out


def encoded(pixels: NDArray[Any], kind: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue()


def write_tar(path: Path, members: Mapping[str, bytes]) -> None:
    with tarfile.open(path, "w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_meshes(path: Path, people: list[Person], *, key: str = "xyz_quarter_px") -> None:
    axes = 2 if key.startswith("xy_") else 3
    points = np.rint(np.stack([p.mesh[:, :axes] for p in people]) * 4).astype(np.int16)
    arrays: dict[str, Any] = {key: points}
    np.savez(
        path,
        ids=np.array([p.name for p in people]),
        score=np.ones(len(people), np.float16),
        # The teacher counts yaw the other way round.
        yaw_pitch_roll_deg=np.array([[-p.yaw_deg, p.pitch_deg, 0] for p in people], np.float16),
        **arrays,
    )


def write_celeba(folder: Path) -> None:
    yaws = (0.0, 3.0, -4.0, 30.0, 6.0, -2.0)
    people = [person(f"{i:05d}", i, yaw_deg=y) for i, y in enumerate(yaws)]
    large = [person("00010", 10, 512), person("00011", 11, 512)]
    held = [person(f"{i:05d}", i, 512) for i in range(20, 26)]
    photos = {f"photo/{p.name}.webp": encoded(p.photo, "WEBP") for p in people}
    write_tar(folder / "celeba-256-photos.tar", photos)
    labels = {f"label/{p.name}.png": encoded(p.labels, "PNG") for p in people}
    write_tar(folder / "celeba-256-labels.tar", labels)
    for name, some in (("celeba-512", large), ("celeba-val", held)):
        both = {f"photo/{p.name}.webp": encoded(p.photo, "WEBP") for p in some}
        both |= {f"label/{p.name}.png": encoded(p.labels, "PNG") for p in some}
        write_tar(folder / f"{name}.tar", both)
    write_meshes(folder / "celeba-landmarks.npz", [*people, *large, *held])
    rows = [
        {
            "id": p.name,
            "split": "val" if p in held else "train",
            "size": p.photo.shape[0],
            "laplacian_variance": 500.0,
            "yaw_proxy": 0.0,
        }
        for p in (*people, *large, *held)
    ]
    write_csv(folder / "celeba.csv", rows)


def write_fs2k(folder: Path) -> None:
    """Write pairs of all three styles, train and test, and the classes of each photograph."""
    people, rows = [], []
    for i in range(18):
        source = "photo3" if i % 3 == 2 else "photo1"
        people.append(person(f"{source}_image{9000 + i}", 30 + i))
        split = "test" if i >= 12 else "train"
        style = ("croquis", "hatch", "pencil")[i % 3]
        rows.append({"id": people[-1].name, "split": split, "style": style})
    members = {f"photo/{p.name}.webp": encoded(p.photo, "WEBP") for p in people}
    members |= {f"sketch/{p.name}.webp": encoded(p.drawing, "WEBP") for p in people}
    write_tar(folder / "fs2k.tar", members)
    write_csv(folder / "fs2k.csv", rows)
    for kind in ("photo", "sketch"):
        write_meshes(folder / f"fs2k-{kind}-landmarks.npz", people, key="xy_quarter_px")
    parse = folder / "labels" / "fs2k-parse"
    parse.mkdir(parents=True)
    for p in people:
        (parse / f"{p.name}.png").write_bytes(encoded(p.labels, "PNG"))


def write_turnheads(folder: Path, split: str, heads: int) -> None:
    """Write heads of four views each, and the points that the labelling script would find."""
    yaws = (-30.0, -8.0, 5.0, 25.0)
    first = {"train": 60, "val": 80}[split]  # nobody is in both
    views = [
        person(f"{h}-{v}", first + h, yaw_deg=yaw)
        for h in range(heads)
        for v, yaw in enumerate(yaws)
    ]
    packed: dict[str, Any] = {}
    for kind, file, form in (
        ("photo", "photo", "WEBP"),
        ("label", "labels", "PNG"),
        ("depth", "depth_mm", "PNG"),
    ):
        parts = [encoded(getattr(v, file), form) for v in views]
        packed[f"{kind}_bytes"] = np.frombuffer(b"".join(parts), np.uint8)
        packed[f"{kind}_offset"] = np.cumsum([0, *map(len, parts)])
    np.savez(
        folder / f"turnheads-{split}.npz",
        head=np.arange(len(views), dtype=np.int32) // len(yaws),
        yaw_deg=np.array([v.yaw_deg for v in views], np.float32),
        pitch_deg=np.array([v.pitch_deg for v in views], np.float32),
        **packed,
    )
    labels = folder / "labels"
    labels.mkdir(exist_ok=True)
    np.savez(
        labels / f"turnheads-{split}.npz",
        xyz_px=np.stack([v.mesh for v in views]),
        score=np.ones(len(views), np.float32),
    )


def write_facefree(folder: Path) -> None:
    chance = np.random.default_rng(5)
    members = {}
    for i in range(6):
        small = chance.integers(0, 255, (6, 8, 3)).astype(np.uint8)
        members[f"photo/{i:03d}.webp"] = encoded(cv2.resize(small, (160, 120)), "WEBP")
    write_tar(folder / "facefree.tar", members)


def write_packs(folder: Path) -> None:
    """Write every pack that a recipe reads."""
    folder.mkdir(parents=True, exist_ok=True)
    write_celeba(folder)
    write_fs2k(folder)
    write_turnheads(folder, "train", 2)
    write_turnheads(folder, "val", 1)
    write_facefree(folder)
