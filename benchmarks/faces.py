"""Judge the face networks as users meet them: a folder of packs in → one JSON object of scores.

    python benchmarks/faces.py --data PACKS --labels LABELS [--people 300] [--commercial-only]

Every picture goes through the library's own verbs; validation people and held-out face-free pictures only. The labels
are those of `limner train label`. The protocol stands in docs/reference/protocols.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from limner.faces import find_faces, parse_crop
from limner.faces.detect import detect_boxes
from limner.records import CLASSES, Face, Photo
from limner.train.data.composites import SceneSampler, facefree
from limner.train.data.packs import Pack
from limner.train.data.sitters import Sitters, build_sitters
from limner.train.losses.detection import overlaps
from limner.weights import configure


def _matched(found: list[np.ndarray], true: np.ndarray) -> int:
    left, hits = list(range(len(true))), 0
    for box in found:
        if left:
            iou = overlaps(box, true[left])
            if iou.max() >= 0.5:
                left.pop(int(iou.argmax()))
                hits += 1
    return hits


def _spread(ids: np.ndarray, count: int) -> np.ndarray:
    return np.asarray(ids[np.linspace(0, len(ids) - 1, min(len(ids), count)).astype(int)])


def single(people: Sitters, kind: int, count: int) -> dict[str, float]:
    """Recall, false finds, landmark and yaw error on pictures of one person each."""
    hits = extra = 0
    error, yaw = [], []
    ids = _spread(np.flatnonzero(people.kind == kind), count)
    for i in ids:
        w, h = people.sizes[i]
        points = people.points[i, :, :2]
        box = np.r_[points[:468].min(0), points[:468].max(0)]
        faces = find_faces(Photo(np.array(people.pictures[i, :h, :w])))
        hit = _matched([f.box for f in faces], box[None])
        hits, extra = hits + hit, extra + len(faces) - hit
        if hit:
            best = max(faces, key=lambda f: float(overlaps(f.box, box[None])[0]))
            between = max(1.0, float(np.linalg.norm(points[468] - points[473])))
            error.append(np.linalg.norm(best.landmarks - points, axis=1).mean() / between)
            if abs(people.pose_deg[i, 0]) <= 60:
                yaw.append(abs(best.yaw_deg - people.pose_deg[i, 0]))
    return {
        "pictures": len(ids),
        "recall": hits / len(ids),
        "extra": extra / len(ids),
        "nme_percent": 100 * float(np.mean(error)),
        "yaw_error_deg": float(np.nanmean(yaw)),
    }


def empty(folder: Path) -> dict[str, float]:
    """Share of face-free views with a find: each held-out picture whole, and its two halves."""
    views = []
    for picture in facefree(folder, "test"):
        middle = picture.shape[1] // 2
        views += [picture, picture[:, :middle], picture[:, middle:]]
    wrong = sum(
        bool(find_faces(Photo(np.ascontiguousarray(v)))) for v in views if min(v.shape[:2]) > 15
    )
    return {"views": len(views), "false_finds": wrong / len(views)}


def collages(people: Sitters, folder: Path, count: int) -> dict[str, float]:
    """Recall of faces at least 32 px high, several a scene of 640 px, any roll."""
    sampler = SceneSampler(people, facefree(folder, "test"), batch=1, size_px=640)
    hits = total = extra = 0
    for k in range(count):
        scene = sampler.crowd(np.random.default_rng((17, k)))
        true = np.array([b for b in scene.boxes if max(b[2:] - b[:2]) >= 32]).reshape(-1, 4)
        found = [f.box for f in find_faces(Photo(scene.picture))]
        everyone = np.array(scene.boxes).reshape(-1, 4)
        hits, total = hits + _matched(found, true), total + len(true)
        extra += len(found) - _matched(found, everyone)
    return {"faces": total, "recall": hits / max(total, 1), "extra_per_scene": extra / count}


def turned(people: Sitters, count: int) -> dict[str, float]:
    """Recall of one face turned in its plane by 15° steps."""
    import cv2

    steps = {}
    ids = _spread(np.flatnonzero(people.kind == 0), count)
    for angle in range(0, 360, 15):
        hits = 0
        for i in ids:
            w, h = (int(v) for v in people.sizes[i])
            m = cv2.getRotationMatrix2D((w / 2, h / 2), -angle, 0.8)
            picture = cv2.warpAffine(np.array(people.pictures[i, :h, :w]), m, (w, h))
            points = people.points[i, :468, :2] @ m[:, :2].T + m[:, 2]
            box = np.r_[points.min(0), points.max(0)]
            found = find_faces(Photo(np.asarray(picture, np.uint8)))
            gap = [abs((f.roll_deg - angle + 180) % 360 - 180) for f in found]
            ok = [f.box for f, g in zip(found, gap, strict=True) if g <= 30]
            hits += _matched(ok, box[None])
        steps[str(angle)] = hits / len(ids)
    values = list(steps.values())
    return {"mean": float(np.mean(values)), "least": float(np.min(values)), **steps}


def small(people: Sitters, count: int) -> dict[str, float]:
    """Recall of faces 24, 32 and 48 px high in a picture of 3840 × 2160."""
    import cv2

    scores = {}
    ids = _spread(np.flatnonzero(people.kind == 0), count)
    for height in (24, 32, 48):
        hits = 0
        rng = np.random.default_rng(height)
        for first in range(0, len(ids), 20):
            picture = np.full((2160, 3840, 3), 200, np.uint8)
            boxes = []
            for slot, i in enumerate(ids[first : first + 20]):
                w, h = (int(v) for v in people.sizes[i])
                points = people.points[i, :468, :2]
                k = height / float((points.max(0) - points.min(0))[1])
                tile = cv2.resize(
                    np.array(people.pictures[i, :h, :w]),
                    None,
                    fx=k,
                    fy=k,
                    interpolation=cv2.INTER_AREA,
                )
                x, y = (
                    (slot % 5) * 760 + int(rng.integers(0, 500)),
                    (slot // 5) * 530 + int(rng.integers(0, 300)),
                )
                picture[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
                boxes.append(np.r_[points.min(0), points.max(0)] * k + [x, y, x, y])
            hits += _matched([f.box for f in detect_boxes(picture)], np.array(boxes))
        scores[str(height)] = hits / len(ids)
    return scores


def parsing(folder: Path, count: int, shrunk_px: int = 0) -> dict[str, float]:
    """F1 and IoU over the validation people's whole pictures, which are aligned crops; on request shrunk before."""
    import cv2

    n = len(CLASSES)
    both, mine, true_n = np.zeros(n), np.zeros(n), np.zeros(n)
    pack = Pack(folder / "celeba-val.tar")
    for name in pack.ids("photo")[:count]:
        photo, true = pack.rgb("photo", name), pack.labels(name)
        size = true.shape[::-1]
        if shrunk_px:
            photo = np.asarray(
                cv2.resize(photo, (shrunk_px, shrunk_px), interpolation=cv2.INTER_AREA)
            )
        h, w = photo.shape[:2]
        whole = Face(
            np.array([0, 0, w, h], np.float32),
            1.0,
            np.zeros((478, 2), np.float32),
            0.0,
            0.0,
            0.0,
            np.array([[512 / w, 0, 256 / w - 0.5], [0, 512 / h, 256 / h - 0.5]], np.float64),
        )
        labels = parse_crop(Photo(photo), whole).labels
        found = np.asarray(cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST))
        both += np.bincount(true[true == found], minlength=n)
        mine += np.bincount(found.ravel(), minlength=n)
        true_n += np.bincount(true.ravel(), minlength=n)
    f1, iou = 2 * both / np.maximum(mine + true_n, 1), both / np.maximum(mine + true_n - both, 1)
    parts = np.flatnonzero(true_n[1:]) + 1
    scores = {"f1": float(f1[parts].mean()), "miou": float(iou[true_n > 0].mean())}
    return scores | {CLASSES[k]: float(f1[k]) for k in parts}


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"))
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--commercial-only", action="store_true")
    a = parser.parse_args()
    configure(commercial_only=a.commercial_only)
    people = build_sitters(a.data, a.labels, a.cache, "val")
    table = {
        "photographs": single(people, 0, a.people),
        "drawings": single(people, 1, a.people),
        "heads": single(people, 2, a.people),
        "empty": empty(a.data),
        "collages": collages(people, a.data, a.people),
        "turned": turned(people, min(40, a.people)),
        "small": small(people, min(80, a.people)),
        "parse": parsing(a.data, 300),
        "parse_small": {str(px): parsing(a.data, 100, px)["f1"] for px in (256, 40, 24)},
    }
    json.dump(table, sys.stdout, indent=1, default=float)
    print()


if __name__ == "__main__":
    main()
