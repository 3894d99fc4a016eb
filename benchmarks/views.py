"""Judge drawn views where truth is known: synthetic heads of a pack in → one JSON object of figures.

    python benchmarks/views.py --data PACKS [--people 3] [--styles croquis,hatch]

A head is made from one frontal view; two other views at most 15° apart, whose depth is known exactly, are drawn: by
themselves, and with held ink. The ink of one is warped to the other by the true depth; the error is the mean
difference of ink as a share of the ink that is there. Lips painted broader in the first view are compared, 20° away,
with the paint turned by the head's depth.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from limner.api._orbit import view_holder
from limner.geometry.camera import Camera
from limner.geometry.carry import carry
from limner.heads import HeadRenderer, paint_map
from limner.heads.encode import from_source
from limner.records import SemanticMap
from limner.train.data.heads import build_synthetic, source_of


def ink_sums(drawn: tuple[Any, Any], depths: tuple[Any, Any], cameras: Any) -> tuple[float, float]:
    """Return the difference of two drawings' ink by true depth, and the ink there."""
    inks = [1 - d.astype(np.float32) / 255 for d in drawn]
    moved, seen = carry(inks[0][..., None], depths, cameras)
    sure = seen > 0.9
    gap = np.abs(moved[..., 0] - inks[1])[sure].sum()
    return float(gap), float((moved[..., 0] + inks[1])[sure].sum() / 2)


def edit_iou(turn: HeadRenderer) -> float:
    """Return the IoU of lips painted broader, seen from 20°, with the paint turned by depth."""
    view = turn.view()
    lips = np.isin(view.semantic.labels, (11, 12)).astype(np.uint8)
    broad = cv2.dilate(lips, np.ones((9, 9), np.uint8)) > 0
    labels = np.where(broad & (view.depth_m > 0), 12, view.semantic.labels).astype(np.uint8)
    edited = HeadRenderer(paint_map(turn, SemanticMap(labels), yaw_deg=0, pitch_deg=0))
    goal = edited.view(yaw_deg=20)
    moved, seen = carry(
        (labels == 12).astype(np.float32)[..., None],
        (view.depth_m, turn.view(yaw_deg=20).depth_m),
        (Camera(0, 0), Camera(20, 0)),
    )
    true, found = (moved[..., 0] > 0.5) & (seen > 0), goal.semantic.labels == 12
    return float((true & found).sum() / max((true | found).sum(), 1))


def main() -> int:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"))
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--styles", default="croquis,hatch")
    given = parser.parse_args()
    views = build_synthetic(given.data, given.cache, "val")
    assert views.depth_mm is not None  # noqa: S101
    names = given.styles.split(",")
    sums = {(s, how): np.zeros(2) for s in names for how in ("alone", "held")}
    edits, pairs = [], 0
    for head in np.unique(views.head)[: given.people]:
        first, *others = np.flatnonzero(views.head == head).tolist()
        turn = HeadRenderer(from_source(source_of(views, first)))
        edits.append(edit_iou(turn))
        near = [
            (a, b) for a in others for b in others
            if a < b and np.hypot(*(views.pose_deg[a] - views.pose_deg[b])) <= 15
        ][:2]  # fmt: skip
        for pair in near:
            pairs += 1
            poses = [(float(views.pose_deg[i][0]), float(views.pose_deg[i][1])) for i in pair]
            cameras = tuple(Camera(yaw, pitch) for yaw, pitch in poses)
            depths = tuple(
                cv2.resize(
                    views.depth_mm[i].astype(np.float32) / 1000,
                    (256, 256),
                    interpolation=cv2.INTER_NEAREST,
                )
                for i in pair
            )
            seen = [turn.view(yaw_deg=p[0], pitch_deg=p[1]) for p in poses]
            for style in names:
                holder = view_holder(turn, style)
                for how, draw in (("alone", holder.alone), ("held", holder.drawn)):
                    drawn = (draw(seen[0]), draw(seen[1]))
                    sums[style, how] += ink_sums(drawn, depths, cameras)
    found: dict[str, Any] = {"people": given.people, "pairs": pairs, "edit_iou": np.mean(edits)}
    for style in names:
        errors = {how: sums[style, how][0] / sums[style, how][1] for how in ("alone", "held")}
        found[style] = {**errors, "ratio": errors["held"] / errors["alone"]}
    json.dump(found, sys.stdout, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
