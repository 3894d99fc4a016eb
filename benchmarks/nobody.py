"""Judge people who never lived, and photographs that were turned, by the judge's distance to photographs.

    python benchmarks/nobody.py --data PACKS [--people 100] [--styles croquis,hatch,pencil] [--keep DIR]

Random heads from the front, as the painter shows them and as their codes alone render, against validation photographs
of heads cut out in the same way; beside it the distance between two halves of those photographs. Random heads drawn,
from the front and from 25° to either side, against the artists' drawings that taught the styles; beside them
photographed heads, from their own side and from there. The judge looks at places of a sheet, so drawings are judged as
they come, and laid on a sheet of the artist's shape, the face where his faces are on average. Validation photographs
turned by 30°, with own pixels and refiner, projected alone, and as a plane, against photographs of people who were
photographed from there. Equal numbers on both sides of all figures.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

from limner import metrics
from limner.api import view_holder
from limner.faces import find_faces
from limner.heads import HeadRenderer
from limner.heads.encode import from_source
from limner.heads.ground import PAPER
from limner.heads.sample import sample_head
from limner.metrics.heads import flat_view
from limner.records import Photo
from limner.train.data.drawings import split_rows
from limner.train.data.head_portrait import alone
from limner.train.data.heads import OUTSIDE, HeadViews, build_real, source_of
from limner.train.data.packs import Pack

if TYPE_CHECKING:
    from limner.records import View

#: Seeds that the painter's training and validation never saw.
_SEEDS = 2_000_000
_SIDES = (-25.0, 25.0)
#: Photographs of an artist by which is told where he puts a face.
_FACES = 40
_TURN_DEG, _NEAR_DEG = 30.0, 10.0


def heads_of(views: HeadViews, chosen: np.ndarray) -> list[np.ndarray]:
    """Return photographed heads, cut out, before the ground of heads without a photograph."""
    found = []
    for i in chosen.tolist():
        classes = np.array(views.labels[i])
        classes[classes >= OUTSIDE] = 0
        found.append(alone(np.array(views.photos[i]), classes))
    return found


def distances(made: list[np.ndarray], real: np.ndarray, side: int) -> dict[str, float]:
    """Return FD and KD of pictures to features of photographs, at one size."""
    small = [cv2.resize(p, (side, side), interpolation=cv2.INTER_AREA) for p in made]
    return _apart(metrics.photo_features(small), real)


def _apart(found: np.ndarray, there: np.ndarray) -> dict[str, float]:
    return {"fd": metrics.fd(found, there), "kd": metrics.kd(found, there)}


def nobody(real: list[np.ndarray], people: int) -> tuple[dict[str, Any], list[HeadRenderer]]:
    """Return the figures of random heads from the front, and what turns them."""
    turns = [HeadRenderer(sample_head(_SEEDS + k)) for k in range(people)]
    shown = {
        "painted": [turn.view().photo.pixels for turn in turns],
        "codes": [
            HeadRenderer(t.head, own_pixels=False, refine=False).view().photo.pixels for t in turns
        ],
        "photographs": real[1::2][:people],
    }
    table: dict[str, Any] = {}
    for side in (128, 256):
        small = [cv2.resize(p, (side, side), interpolation=cv2.INTER_AREA) for p in real[::2]]
        there = metrics.photo_features(small[:people])
        table[str(side)] = {k: distances(v, there, side) for k, v in shown.items()}
    return table, turns


def drawn(turns: list[HeadRenderer], styles: list[str], packs: Path) -> dict[str, Any]:
    """Return the figures of heads' drawings, from their own side and from the sides, to the artists' own."""
    pack = Pack(packs / "fs2k.tar")
    seen = {
        side: [_seen(turn, k, side) for k, turn in enumerate(turns)] for side in ("own", "sides")
    }
    faces = {k: _face([view.photo.pixels for view in views[:_FACES]]) for k, views in seen.items()}
    table: dict[str, Any] = {}
    for style in styles:
        ids = [r["id"] for r in split_rows(packs, "train") if r["style"] == style]
        count = min(len(turns), len(ids))
        sheets = [cv2.cvtColor(pack.rgb("sketch", i), cv2.COLOR_RGB2GRAY) for i in ids[:count]]
        there = metrics.features([metrics.prepare(s) for s in sheets])
        his = _face([pack.rgb("photo", i) for i in ids[: min(count, _FACES)]])
        table[style] = {}
        for side, views in seen.items():
            pairs = zip(turns[:count], views, strict=False)
            made = [view_holder(turn, style).alone(view) for turn, view in pairs]
            ways = {
                side: made,
                f"{side}_laid": [_laid(m, faces[side], his, sheets[0].shape) for m in made],
            }
            for name, pictures in ways.items():
                found = metrics.features([metrics.prepare(p) for p in pictures])
                table[style][name] = _apart(found, there)
    return table


def _face(photos: list[np.ndarray]) -> np.ndarray:
    """Return where faces are on average: the mesh's middle, x and y, and its height, px of the first photograph."""
    found = []
    for photo in photos:
        faces = find_faces(Photo(photo))
        if faces:
            mesh = max(faces, key=lambda f: float(f.score)).landmarks[:468]
            share = photos[0].shape[0] / photo.shape[0]
            found.append(share * np.array([*mesh.mean(0), np.ptp(mesh[:, 1])]))
    return np.asarray(np.mean(found, 0))


def _laid(drawing: np.ndarray, here: np.ndarray, there: np.ndarray, shape: Any) -> np.ndarray:
    """Return a drawing on a white sheet of a shape, moved and scaled so that its face is where another is."""
    grown = there[2] / here[2]
    x, y = there[:2] - grown * here[:2]
    way = np.array([[grown, 0, x], [0, grown, y]], np.float32)
    how = cv2.INTER_AREA if grown < 1 else cv2.INTER_CUBIC
    sheet = cv2.warpAffine(drawing, way, tuple(shape[1::-1]), flags=how, borderValue=255)
    return np.asarray(sheet)


def _seen(turn: HeadRenderer, number: int, side: str) -> View:
    source = turn.head.source
    yaw, pitch = (0.0, 0.0) if source is None else (source.yaw_deg, source.pitch_deg)
    return turn.view(
        yaw_deg=_SIDES[number % len(_SIDES)] if side == "sides" else yaw, pitch_deg=pitch
    )


def cut_out(view: View) -> np.ndarray:
    """Return what a view shows of the head, before the ground of heads without a photograph."""
    assert view.photo.alpha is not None  # noqa: S101
    share = view.photo.alpha[..., None].astype(np.float32) / 255
    return np.rint(view.photo.pixels * share + PAPER * (1 - share)).astype(np.uint8)


def turned(held: HeadViews, taught: HeadViews, people: int) -> dict[str, Any]:
    """Return the figures of photographs turned by 30°, to photographs that were taken from there."""
    yaw = np.abs(taught.pose_deg[:, 0])
    there = np.flatnonzero(np.abs(yaw - _TURN_DEG) < _NEAR_DEG)
    count = min(people, len(held), len(there) // 2)
    there = there[np.linspace(0, len(there) - 1, 2 * count).astype(int)]
    real = heads_of(taught, there)
    features = metrics.photo_features(real[::2])
    made: dict[str, list[np.ndarray]] = {"refined": [], "projected": [], "plane": []}
    for k, i in enumerate(np.linspace(0, len(held) - 1, count).astype(int).tolist()):
        source = source_of(held, i)
        head = from_source(source)
        to = _TURN_DEG if k % 2 else -_TURN_DEG
        for name, turn in (
            ("refined", HeadRenderer(head, background="none")),
            ("projected", HeadRenderer(head, background="none", refine=False)),
        ):
            made[name].append(cut_out(turn.view(yaw_deg=to)))
        made["plane"].append(cut_out(flat_view(source, to, 0.0)))
    made["photographs"] = real[1::2]
    return {"a side": count} | {k: distances(v, features, 256) for k, v in made.items()}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"))
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--styles", default="croquis,hatch,pencil")
    parser.add_argument("--keep", type=Path, help="Write the random heads' photographs here.")
    given = parser.parse_args()
    held = build_real(given.data, given.cache, "val")
    chosen = np.linspace(0, len(held) - 1, min(2 * given.people, len(held))).astype(int)
    people = min(given.people, len(chosen) // 2)
    table, turns = nobody(heads_of(held, chosen), people)
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
        for turn in turns:
            view = turn.view().photo.pixels
            Image.fromarray(view).save(given.keep / f"{turn.head.seed}.png")
    styles = [name for name in given.styles.split(",") if name]
    photographed = [
        HeadRenderer(from_source(source_of(held, int(i))), background="none")
        for i in chosen[::2][:people]
    ]
    found = {
        "people": people,
        "nobody": table,
        "drawn": drawn(turns, styles, given.data),
        "drawn_photographs": drawn(photographed, styles, given.data),
        "turned": turned(held, build_real(given.data, given.cache, "train"), people),
    }
    json.dump(found, sys.stdout, indent=1, default=float)
    print()


if __name__ == "__main__":
    main()
