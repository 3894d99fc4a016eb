"""Judge heads as users meet them: a folder of packs in → one JSON object of scores.

    python benchmarks/heads.py --data PACKS [--people 36] [--keep DIR]

Synthetic heads that no network was taught on are encoded from their frontal view and seen from their other cameras,
whose photograph, classes and depth are known exactly. Validation photographs are seen from their own camera and from
30° to either side; the mesh found in the turned view is compared with the photograph's own mesh turned in space. A
photograph on a plane that turns is the baseline that must lose. `--keep` writes the turned photographs, for a network
of one's own that knows identities.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from limner.faces import find_faces
from limner.geometry.camera import Camera
from limner.heads import HeadRenderer
from limner.heads.encode import from_source
from limner.metrics import miou
from limner.metrics.heads import Tally, flat_view, neighbours
from limner.train.data.heads import HeadViews, build_real, build_synthetic, source_of


def synthetic(views: HeadViews, people: int) -> dict[str, dict[str, float]]:
    """Other views of synthetic heads from their frontal one: codes and maps alone, own pixels, a plane."""
    tallies = {"maps": Tally(), "own_pixels": Tally(), "plane": Tally()}
    for head in np.unique(views.head)[:people]:
        first, *others = np.flatnonzero(views.head == head).tolist()
        source = source_of(views, first)
        made = from_source(source)
        bare = HeadRenderer(made, own_pixels=False, refine=False)
        own = HeadRenderer(made)
        assert views.depth_mm is not None  # noqa: S101
        for i in others:
            yaw, pitch = (float(v) for v in views.pose_deg[i])
            truth = (views.photos[i], np.array(views.labels[i]), views.depth_mm[i])
            tallies["maps"].add(bare.view(yaw_deg=yaw, pitch_deg=pitch), *truth)
            tallies["own_pixels"].add(own.view(yaw_deg=yaw, pitch_deg=pitch), *truth)
            tallies["plane"].add(flat_view(source, yaw, pitch), *truth)
    return {name: tally.scores() for name, tally in tallies.items()}


def turned_mesh(views: HeadViews, i: int, to: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Return where a photograph's mesh is seen by another camera: turned in space, and turned as a plane."""
    assert views.points is not None  # noqa: S101
    yaw, pitch = (float(v) for v in views.pose_deg[i])
    here = Camera(yaw, pitch)
    points = views.points[i].astype(float)
    middle = float(here.project(np.array([0, 0, 0.08]))[1])
    solid, flat = (
        here.unproject(points[:, :2], middle + share * points[:, 2]) for share in (1.0, 0.0)
    )
    return to.project(solid)[0], to.project(flat)[0]


def photographs(views: HeadViews, people: int, keep: Path | None) -> dict[str, Any]:
    """Real people: back in their own view, and the mesh of their turned views."""
    again, bare = Tally(), Tally()
    off: dict[str, list[float]] = {"turned": [], "plane": []}
    lost = 0
    for i in np.linspace(0, len(views) - 1, min(people, len(views))).astype(int).tolist():
        source = source_of(views, i)
        made = from_source(source)
        turn, maps = HeadRenderer(made), HeadRenderer(made, own_pixels=False, refine=False)
        truth = (source.photo.pixels, source.semantic.labels, None)
        pose = source.yaw_deg, source.pitch_deg
        again.add(turn.view(yaw_deg=pose[0], pitch_deg=pose[1]), *truth)
        bare.add(maps.view(yaw_deg=pose[0], pitch_deg=pose[1]), *truth)
        for step in (-30.0, 30.0):
            to = Camera(float(np.clip(source.yaw_deg + step, -60, 60)), source.pitch_deg)
            view = turn.view(yaw_deg=to.yaw_deg, pitch_deg=to.pitch_deg)
            if keep is not None:
                Image.fromarray(view.photo.pixels).save(keep / f"{i:03d}{step:+.0f}.png")
            faces = find_faces(view.photo)
            if not faces:
                lost += 1
                continue
            found = max(faces, key=lambda f: float(f.score)).landmarks
            goal, squeezed = turned_mesh(views, i, to)
            height = float(np.ptp(goal[:468, 1]))
            for name, guess in (("turned", found), ("plane", squeezed)):
                gap = guess[:468] - goal[:468]
                gap = gap - gap.mean(0)  # where the head stands says the crop, not the turn
                off[name].append(100 * float(np.linalg.norm(gap, axis=1).mean()) / height)
        if keep is not None:
            Image.fromarray(source.photo.pixels).save(keep / f"{i:03d}.png")
    return {
        "own_view": again.scores(),
        "own_view_maps": bare.scores(),
        "landmarks_percent": {k: statistics.mean(v) for k, v in off.items() if v},
        "faces_lost": lost,
    }


def consistency(views: HeadViews, people: int) -> dict[str, float]:
    """Neighbouring views, 5° apart over ±30°: classes and photograph of one carried to the next by depth."""
    walks = []
    for i in np.linspace(0, len(views) - 1, min(people, len(views))).astype(int).tolist():
        turn = HeadRenderer(from_source(source_of(views, i)))
        walks.append(neighbours([turn.view(yaw_deg=float(yaw)) for yaw in range(-30, 31, 5)]))
    counts = np.sum([c for c, _ in walks], 0)
    return {"label_iou": miou(counts), "photo_levels": float(np.mean([g for _, g in walks]))}


def timings(views: HeadViews) -> dict[str, float]:
    """First and further views at 256², as multiples of a float32 matrix product of side 1024."""
    a = np.ones((1024, 1024), np.float32)
    unit = _median(lambda: a @ a)
    source = source_of(views, 0)
    head = from_source(source)
    turn = HeadRenderer(head)
    turn.view()
    angles = iter(np.linspace(-30, 30, 500))
    first = _median(lambda: HeadRenderer(from_source(source)).view(yaw_deg=10), 5)
    further = _median(lambda: turn.view(yaw_deg=float(next(angles))), 15)
    found = {"first_view": first, "further_view": further}
    return {f"{k}_products": v / unit for k, v in found.items()} | {
        f"{k}_ms": 1000 * v for k, v in found.items()
    }


def _median(work: Any, repeats: int = 9) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"))
    parser.add_argument("--people", type=int, default=36)
    parser.add_argument("--keep", type=Path)
    a = parser.parse_args()
    if a.keep is not None:
        a.keep.mkdir(parents=True, exist_ok=True)
    heads = build_synthetic(a.data, a.cache, "val")
    real = build_real(a.data, a.cache, "val")
    table = {
        "synthetic": synthetic(heads, a.people),
        "photographs": photographs(real, a.people, a.keep),
        "consistency": consistency(real, max(2, a.people // 6)),
        "timings": timings(real),
    }
    json.dump(table, sys.stdout, indent=1, default=float)
    print()


if __name__ == "__main__":
    main()
