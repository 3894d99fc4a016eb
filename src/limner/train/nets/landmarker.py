"""The landmark network: an upright face crop in → 478 points, pose and whether there is a face."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from limner.train.nets.backbone import Bottleneck, Trunk

__all__ = ["POINTS", "Landmarker"]

POINTS = 478


class Landmarker(nn.Module):
    """Points, angles and presence from one crop.

    Parameters
    ----------
    mean_shape : Tensor of shape (478, 3), optional
        Where the points lie on average, 0 to 1 of the crop; the network learns the difference.

    Notes
    -----
    Input (N, 3, 192, 192), (pixel − 127) / 128. Outputs: points (N, 478, 3) in shares of the crop's
    side (z on x's scale), pose (N, 2) yaw and pitch in degrees, presence (N, 1) logit.
    """

    def __init__(self, mean_shape: Tensor | None = None) -> None:
        super().__init__()
        self.trunk = Trunk(stages=5)
        self.down = Bottleneck(112, 160, kernel=5, stride=2, expansion=4)
        self.squeeze = nn.Sequential(
            nn.Conv2d(160, 48, 1, bias=False), nn.BatchNorm2d(48), nn.ReLU()
        )
        self.shape = nn.Sequential(nn.Linear(48 * 36, 192), nn.ReLU(), nn.Linear(192, POINTS * 3))
        self.angles = nn.Sequential(nn.Linear(160, 64), nn.ReLU(), nn.Linear(64, 2))
        # whether a face is there depends on where things lie, so this head sees the map and not its mean
        self.presence = nn.Sequential(
            nn.Conv2d(160, 48, 1),
            nn.ReLU(),
            nn.Flatten(1),
            nn.Dropout(0.2),
            nn.Linear(48 * 36, 48),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(48, 1),
        )
        mean = torch.full((POINTS, 3), 0.5) if mean_shape is None else mean_shape
        self.register_buffer("mean_shape", mean.clone())
        nn.init.normal_(self.shape[2].weight, std=0.002)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return points, pose and presence."""
        maps = self.down(self.trunk(x)[-1])
        offsets = self.shape(self.squeeze(maps).flatten(1)).reshape(-1, POINTS, 3)
        angles = self.angles(maps.mean((2, 3)))
        return self.mean_shape + offsets, angles * 30, self.presence(maps)
