"""What the sketch trainings share: cached faces, earlier nets, and sheets to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from limner.errors import RecipeError
from limner.records import CLASS_COLORS
from limner.sketches.parts import NAMES, gate_map
from limner.train.data.sketch_batches import SketchSampler
from limner.train.data.sketch_drawings import drawings
from limner.train.data.sketch_faces import Faces, build_faces, chosen
from limner.train.loops.start import from_portable, start

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

__all__ = [
    "GROUPS",
    "class_f1",
    "fill",
    "fixed_batch",
    "gates_of",
    "grey_tile",
    "labels_tile",
    "open_faces",
    "open_sampler",
    "photo_tile",
]

#: Classes by which a result is judged.
GROUPS: dict[str, tuple[int, ...]] = {
    "brows": (6, 7),
    "eyes": (4, 5),
    "nose": (2,),
    "lips": (11, 12),
    "hair": (13,),
    "skin": (1,),
}


def open_faces(
    data: Path, cache: str, split: str, least_sharpness: float, *, size: int = 256, workers: int = 0
) -> Faces:
    """Return the cached faces of a split, made first if need be."""
    found = chosen(data, split, least_sharpness, size=size if split == "train" else 256)
    return build_faces(found, Path(cache), f"sketch-{split}", size=size, workers=workers)


def open_sampler(
    data: Path,
    faces: Faces,
    batch: int,
    shares: tuple[float, float, float],
    *,
    cache: str,
    sketch_px: int = 256,
) -> SketchSampler:
    """Return the sampler of training; `shares` of real drawings, scans and exchanged palettes."""
    real, scan, swap = shares
    inks = (
        drawings(data, "train", labels=_labels(data, cache), cache=Path(cache))
        if real > 0
        else None
    )
    if inks is None:
        inks = np.zeros((0, 256, 256), np.uint8)
    return SketchSampler(faces, batch, inks, real, scan, swap, sketch_px)


def _labels(data: Path, cache: str) -> Path:
    """Return where the labelling script left mesh points: beside the packs, or among the caches."""
    return data / "labels" if (data / "labels").is_dir() else Path(cache) / "labels"


def fixed_batch(
    faces: Faces, count: int, roughness: float, scan_share: float
) -> dict[str, NDArray[Any]]:
    """Return held-out people sketched once and for all: photo, labels, clean, rough, palette.

    The people are spread over the split; the pictures are neither turned nor mirrored.
    """
    none = np.zeros((0, 256, 256), np.uint8)
    sampler = SketchSampler(faces, 1, none, 0.0, scan_share, 0.0)
    rows = []
    for k, n in enumerate(np.linspace(0, len(faces) - 1, min(count, len(faces))).astype(int)):
        rng = np.random.default_rng([n, k, round(100 * roughness)])
        rows.append(sampler.still(int(n), roughness, rng))
    return {k: np.stack([r[k] for r in rows]) for k in rows[0]}


def fill(net: nn.Module, source: str, graph: str, *, prefix: str = "") -> None:
    """Give a net the weights of an earlier training.

    Parameters
    ----------
    net : nn.Module
        Changed in place.
    source : str
        A run's folder or its ``portable``, a ``best.safetensors``, an exported ``.onnx``, ``shipped``, or "" to leave
        the net as it is (two-step tests).
    graph : str
        The graph's name in the ledger.
    prefix : str
        What the earlier net's names begin with.

    Raises
    ------
    RecipeError
        If nothing is there, or it does not fit.
    """
    if not source:
        return
    path = Path(source)
    if source == "shipped" or path.suffix == ".onnx":
        start(source, torch.nn.ModuleDict({"net": net}), ships="net", graph=graph)
        return
    state = {k.removeprefix(prefix): v for k, v in _state_of(path).items() if k.startswith(prefix)}
    own = net.state_dict()
    missing = [k for k in own if k not in state or state[k].shape != own[k].shape]
    if missing:
        raise RecipeError(
            f"{source} does not fit: {len(missing)} arrays, the first {missing[0]!r}."
        )
    net.load_state_dict({k: state[k].float() for k in own})


def _state_of(path: Path) -> dict[str, Tensor]:
    """Return the average's tensors of a run."""
    from safetensors.torch import load_file

    if (path / "about.json").exists():
        return dict(from_portable(path, torch.nn.ModuleDict()))
    if path.is_dir():
        from limner.train.loops import checkpoint

        if (path / "best.safetensors").exists():
            return load_file(path / "best.safetensors")
        found = checkpoint.newest(path / "checkpoints")
        if found is None:
            raise RecipeError(f"{path} holds no trained weights.")
        ema: dict[str, Tensor] = found["ema"]
        return ema
    if not path.exists():
        raise RecipeError(
            f"{path} is not there; wanted a run's folder, a .safetensors or an .onnx."
        )
    return load_file(path)


def gates_of(size_px: int) -> Tensor:
    """Return how each component's confidence spreads over the sketch, (5, size, size): gates are linear in it."""
    each = [gate_map({m: float(m == n) for m in NAMES}, size_px) for n in NAMES]
    return torch.from_numpy(np.stack(each))


def class_f1(guess: NDArray[np.integer], truth: NDArray[np.uint8]) -> float:
    """Return the mean F1 over `GROUPS` of two stacks of class maps."""
    scores = []
    for group in GROUPS.values():
        a, b = np.isin(guess, group), np.isin(truth, group)
        total = int(a.sum()) + int(b.sum())
        if b.any():
            scores.append(2 * int((a & b).sum()) / max(total, 1))
    return float(np.mean(scores)) if scores else 0.0


def photo_tile(photo: Tensor, side: int = 192) -> NDArray[np.uint8]:
    """Return (3, H, W) in −1 to 1 as a tile."""
    pixels = (photo.float().clamp(-1, 1) + 1) * 127.5
    return _sized(pixels.round().byte().permute(1, 2, 0).cpu().numpy(), side)


def grey_tile(ink: NDArray[np.uint8], side: int = 192) -> NDArray[np.uint8]:
    """Return ink (H, W), 0 paper to 255, as a tile of black on white."""
    return _sized(np.repeat(255 - ink[..., None], 3, 2), side)


def labels_tile(labels: NDArray[np.integer], side: int = 192) -> NDArray[np.uint8]:
    """Return class ids (H, W) as a coloured tile."""
    colors = np.array(CLASS_COLORS, np.uint8)
    return _sized(colors[np.minimum(labels, 18)], side)


def _sized(tile: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    import cv2

    how = cv2.INTER_AREA if tile.shape[0] > side else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(tile, (side, side), interpolation=how), np.uint8)
