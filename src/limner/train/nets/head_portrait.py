"""A head's soft rendering and its classes in → a photograph of somebody who never lived.

The painter is that of the sketches: a class map in a palette's colours, modulated block by block, with grain where no
map says what hair and pores do. Here a rendering takes the place of ink, so the two nets share most of their weights'
names, and one is a good beginning for the other.

References
----------
Park et al., "SPADE", CVPR 2019. In place of 3D-SSGAN's decoder (arXiv 2401.03764), which paints each view by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from limner.records import CLASSES, Palette
from limner.train.nets.sketch_synthesis import Painter

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["HeadPortrait"]

#: Classes whose mean colours are the palette's: skin, hair, lips, clothes, ground.
_GROUPS = ((1, 2), (13,), (11, 12), (18,), (0,))
#: Pixels of 128² below which a class has no colour of its own.
_LEAST = 10.0


class HeadPortrait(Painter):
    """Paints what a rendering leaves soft.

    Notes
    -----
    Input (N, C, 256, 256): the rendering on its ground, −1 to 1; shares of the 19 classes; normal noise. Output: the
    photograph, −1 to 1. 4.4 M parameters.
    """

    #: No graph of the sketches' painter holds these.
    spare = ("look.",)

    def __init__(
        self, widths: tuple[int, int, int, int] = (48, 96, 160, 224), last: int = 24
    ) -> None:
        super().__init__(widths, last)
        self.look = nn.Sequential(
            nn.Conv2d(3 + len(CLASSES), widths[0], 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(widths[0], widths[0], 3, padding=1),
        )
        usual = torch.from_numpy(Palette().as_code()[:15]).view(1, 5, 3)
        self.register_buffer("usual", usual, persistent=False)

    def forward(self, coarse: Tensor, classes: Tensor, grain: Tensor) -> Tensor:
        """Return the photograph (N, 3, 256, 256)."""
        small = functional.avg_pool2d(classes, 2)
        palette = self.palette(functional.avg_pool2d(coarse, 2), small)
        maps = self.deepened(self.look(torch.cat([coarse, classes], 1)))
        no_ink = torch.zeros_like(grain).expand(-1, 2, -1, -1)
        photo, _, _ = self.painted(maps, (small, no_ink), palette, grain)
        return photo

    def palette(self, coarse: Tensor, classes: Tensor) -> Tensor:
        """Return the palette's code (N, 17): mean colours of the rendering's skin, hair, lips, clothes and ground."""
        masks = torch.stack([classes[:, list(g)].sum(1) for g in _GROUPS], 1)
        size = masks.sum((2, 3))[..., None]
        usual: Tensor = self.usual  # type: ignore[assignment]
        sums = torch.einsum("nghw,nchw->ngc", masks, coarse)
        mean = (sums + usual * _LEAST) / (size + _LEAST)
        # how light falls is in the rendering itself: the code's last two numbers stay 0
        return functional.pad(mean.flatten(1), (0, 2))
