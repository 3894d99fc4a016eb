"""Judge sketches → photographs as users meet them: a folder of packs in → one JSON object, and on request a sheet.

    python benchmarks/sketches.py --data PACKS [--people 120] [--keep FOLDER] [--against FOLDER] [--published]

Validation people only, through the library's own verbs. Faithful: their lines; rough: moved, dropped and doubled.
F1 compares the parse of a result with the human labels; FD is the judge's, of whole photographs at 256²; both halves of
the real photographs give the figure to compare with; `--against` scores the export of a plain pix2pix beside it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from PIL import Image

from limner import Canvas, Palette, Photo, Sketch, metrics
from limner.faces import parse_crop
from limner.geometry.align import crop_from_landmarks, warp
from limner.records import Face
from limner.sketches.likeness import likeness
from limner.sketches.scan import ink_of
from limner.train.data.drawings import split_rows
from limner.train.data.packs import Pack, mesh
from limner.train.data.sketch_batches import SketchSampler
from limner.train.data.sketch_faces import Faces, build_faces, chosen
from limner.train.loops._sketches import class_f1

#: Name → roughness of the sketch, confidence, share of scans: rasters with their photograph's own soft ink.
KINDS = {
    "faithful": (0.0, 1.0, 1.0),
    "rough": (0.8, 1.0, 0.0),
    "rough_projected": (0.8, 0.3, 0.0),
}


def _spread(count: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def _whole_face(photo: Photo) -> Face:
    """Return the face of an aligned crop: the crop itself."""
    scale = 512 / photo.size_px[0]
    matrix = np.array([[scale, 0, (scale - 1) / 2], [0, scale, (scale - 1) / 2]])
    box = np.array([0, 0, *photo.size_px], np.float32)
    return Face(box, 1.0, np.zeros((478, 2), np.float32), 0.0, 0.0, 0.0, matrix)


def judged(row: dict[str, Any], canvas: Canvas, made: Photo) -> dict[str, Any]:
    """Return the row with result (256 px, as the photographs are), its parse and its likeness."""
    parsed = parse_crop(made, _whole_face(made)).labels
    small = cv2.resize(parsed, (256, 256), interpolation=cv2.INTER_NEAREST)
    seen = cv2.resize(made.pixels, (256, 256), interpolation=cv2.INTER_AREA)
    return {**row, "made": seen, "parse": small, "kept": likeness(canvas.ink, made)}


def sketched(
    faces: Faces, people: np.ndarray, kind: tuple[float, float, float], size_px: int
) -> list[dict[str, Any]]:
    """Return each person's sketch, photograph, result, its parse, its likeness."""
    roughness, confidence, scan = kind
    none = np.zeros((0, 256, 256), np.uint8)
    sampler = SketchSampler(faces, 1, none, 0.0, scan, 0.0)
    rows = []
    for n in people.tolist():
        still = sampler.still(n, roughness, np.random.default_rng([n, round(100 * roughness)]))
        ink = cv2.resize(still["rough"], (512, 512), interpolation=cv2.INTER_LINEAR)
        canvas = Canvas(Sketch((), 512, np.asarray(ink, np.float32) / np.float32(255)))
        palette = Palette.from_code(still["palette"])
        made = canvas.photo(confidence=confidence, palette=palette, size_px=size_px)
        rows.append(judged(still, canvas, made))
    return rows


def drawn_by_people(packs: Path, labels: Path, count: int) -> list[dict[str, Any]]:
    """Return real drawings of FS2K's test people, 256² ink, and the classes of the people they show.

    The classes are a network's, of the photograph, which the drawing follows within a few pixels.
    """
    pack, points = Pack(packs / "fs2k.tar"), mesh(packs / "fs2k-sketch-landmarks.npz")
    rows = []
    for style in ("croquis", "hatch", "pencil"):
        own = [r["id"] for r in split_rows(packs, "test") if r["style"] == style]
        for name in [own[i] for i in _spread(len(own), count // 3)]:
            if name not in points:
                continue
            matrix = crop_from_landmarks(points[name][:, :2], 256)
            ink = warp(ink_of(pack.rgb("sketch", name)), matrix, (256, 256), border="zero")
            with Image.open(labels / "fs2k-parse" / f"{name}.png") as image:
                classes = np.asarray(image)
            known = cv2.warpAffine(
                classes, matrix, (256, 256), flags=cv2.INTER_NEAREST, borderValue=(255,)
            )
            rough = np.clip(np.rint(255 * ink), 0, 255).astype(np.uint8)
            rows.append(
                {"rough": rough, "labels": known, "photo": np.zeros((256, 256, 3), np.uint8)}
            )
    return rows


def painted(rows: list[dict[str, Any]], confidence: float, size_px: int) -> list[dict[str, Any]]:
    """Return the rows with result, its parse and its likeness; colours are Limner's own."""
    out = []
    for row in rows:
        ink = cv2.resize(row["rough"], (512, 512), interpolation=cv2.INTER_LINEAR)
        canvas = Canvas(Sketch((), 512, np.asarray(ink, np.float32) / np.float32(255)))
        made = canvas.photo(confidence=confidence, size_px=size_px)
        out.append(judged(row, canvas, made))
    return out


def scores(rows: list[dict[str, Any]], real: np.ndarray) -> dict[str, float]:
    """Return F1, FD and the share of ink kept."""
    guesses = np.stack([r["parse"] for r in rows])
    found = metrics.photo_features([r["made"] for r in rows])
    return {
        "f1": class_f1(guesses, np.stack([r["labels"] for r in rows])),
        "fd": metrics.fd(found, real),
        "ink_kept": float(np.mean([r["kept"] for r in rows])),
    }


def plain(rows: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Return the same people, painted from the same sketches by the plain pix2pix of an export's folder."""
    found = sorted(folder.rglob("sketches-pix2pix.onnx"))
    if not found:
        sys.exit(f"{folder} holds no sketches-pix2pix.onnx; export a run of sketch-pix2pix there.")
    net = onnxruntime.InferenceSession(str(found[0]))
    out = []
    for row in rows:
        ink = row["rough"][None, None].astype(np.float32) / np.float32(255)
        photo = np.clip(net.run(None, {"ink": ink})[0][0].transpose(1, 2, 0), -1, 1)
        made = Photo(np.asarray(np.rint((photo + 1) * 127.5), np.uint8))
        large = cv2.resize(ink[0, 0], (512, 512), interpolation=cv2.INTER_LINEAR)
        parsed = cv2.resize(
            parse_crop(made, _whole_face(made)).labels, (256, 256), interpolation=cv2.INTER_NEAREST
        )
        out.append({**row, "made": made.pixels, "parse": parsed, "kept": likeness(large, made)})
    return out


def nearest(rows: list[dict[str, Any]], train: Faces, most: int) -> dict[str, float]:
    """Return how near results come to training photographs, beside how near real strangers do."""
    known = metrics.photo_features([np.array(train.photos[n]) for n in _spread(len(train), most)])
    out = {}
    for name in ("made", "photo"):
        found = metrics.photo_features([r[name] for r in rows])
        gaps = np.linalg.norm(found[:, None] - known[None], axis=2).min(1)
        out[f"{name}_to_training"] = float(np.median(gaps))
    return out


def timings(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return medians in ms, and as multiples of a product of two 1,024² matrices."""
    canvas = Canvas(Sketch((), 512, rows[0]["rough"].repeat(2, 0).repeat(2, 1) / np.float32(255)))
    a = np.random.default_rng(0).standard_normal((1024, 1024), np.float32)
    places = iter(np.random.default_rng(1).uniform(120, 390, (200, 2, 2)))

    def after_stroke(work: Any) -> Any:
        canvas.stroke(next(places), 2.0)
        return work()

    works = {
        "matmul": lambda: a @ a,
        "shadow_after_stroke": lambda: after_stroke(canvas.shadow),
        "photo_256_after_stroke": lambda: after_stroke(lambda: canvas.photo(size_px=256)),
        "photo_512_after_stroke": lambda: after_stroke(lambda: canvas.photo(size_px=512)),
    }
    ms = {name: _median_ms(work) for name, work in works.items()}
    return {f"{n}_ms": v for n, v in ms.items()} | {
        f"{n}_matmuls": v / ms["matmul"] for n, v in ms.items() if n != "matmul"
    }


def _median_ms(work: Any, repeats: int = 15) -> float:
    times = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times[2:]))


def published(own_ms: float) -> dict[str, float]:
    """Return how long the published network sizes need for one picture in torch, and that in photographs of ours."""
    import torch

    from limner.train.loops.sketch_paper import PaperNet, Settings

    net = PaperNet(Settings(stage="synthesis")).eval()
    with torch.inference_mode():
        times = []
        for _ in range(2):
            start = time.perf_counter()
            net(torch.ones(1, 1, 512, 512))
            times.append(1000 * (time.perf_counter() - start))
    return {"torch_ms": min(times), "of_ours": min(times) / own_ms}


def sheet(rows: list[dict[str, Any]], count: int = 8) -> np.ndarray:
    """Return sketch, result and photograph of some people."""
    tiles = [
        np.concatenate([255 - r["rough"][..., None].repeat(3, 2), r["made"], r["photo"]], 1)
        for r in rows[:: max(1, len(rows) // count)][:count]
    ]
    return np.concatenate(tiles)


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"))
    parser.add_argument("--people", type=int, default=120)
    parser.add_argument(
        "--known", type=int, default=1000, help="training photographs compared with"
    )
    parser.add_argument("--keep", type=Path, help="folder for sheets")
    parser.add_argument(
        "--published", action="store_true", help="time the published sizes too (4 GB of memory)"
    )
    parser.add_argument("--against", type=Path, help="folder of an exported sketch-pix2pix")
    parser.add_argument(
        "--size", type=int, default=256, choices=(256, 512), help="pixels of the photographs judged"
    )
    parser.add_argument("--drawings", type=int, default=30, help="FS2K's test drawings judged")
    parser.add_argument("--only-drawings", action="store_true")
    parser.add_argument(
        "--labels", type=Path, help="folder of fs2k-parse; of the cache if not given"
    )
    a = parser.parse_args()
    val, train = (
        build_faces(chosen(a.data, k, 80.0), a.cache, f"sketch-{k}") for k in ("val", "train")
    )
    people = _spread(len(val), a.people)
    real = metrics.photo_features([np.array(val.photos[n]) for n in people])
    table: dict[str, Any] = {
        "people": len(people),
        "fd_between_halves_of_real": metrics.fd(real[::2], real[1::2]),
    }
    if a.drawings:
        by_people = drawn_by_people(a.data, a.labels or a.cache / "labels", a.drawings)
        for confidence in (1.0, 0.3):
            rows = painted(by_people, confidence, a.size)
            table[f"drawings_{confidence:g}"] = {"people": len(rows), **scores(rows, real)}
            if a.keep is not None:
                a.keep.mkdir(parents=True, exist_ok=True)
                path = a.keep / f"drawings-{confidence:g}.png"
                cv2.imwrite(str(path), sheet(rows, 12)[..., ::-1])
    for name, kind in KINDS.items() if not a.only_drawings else ():
        rows = sketched(val, people, kind, a.size)
        table[name] = scores(rows, real)
        if a.against is not None and kind[1] == 1:
            table[f"{name}_pix2pix"] = scores(plain(rows, a.against), real)
        if name == "faithful":
            table["nearest"] = nearest(rows, train, a.known)
            table["timings"] = timings(rows)
            if a.published:
                table["published"] = published(table["timings"]["photo_512_after_stroke_ms"])
        if a.keep is not None:
            a.keep.mkdir(parents=True, exist_ok=True)
            path = a.keep / f"{name}.png"
            cv2.imwrite(str(path), sheet(rows)[..., ::-1])
    json.dump(table, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
