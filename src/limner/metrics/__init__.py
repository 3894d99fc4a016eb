"""How good drawings, maps and points are: pictures, features, labels or points in → a figure with a stated range.

Only numbers are computed here. The judge's network is opened by ``limner.weights``.
"""

from limner.metrics.drawing import patches, prepare
from limner.metrics.fd import fd
from limner.metrics.features import early_features, features, photo_features
from limner.metrics.identity import rank_1
from limner.metrics.ink import ink_agreement
from limner.metrics.interval import wilson
from limner.metrics.kd import kd
from limner.metrics.miou import confusion, f1, iou, mean_f1, miou
from limner.metrics.nme import nme
from limner.metrics.scoot import scoot
from limner.metrics.sifid import sifid
from limner.metrics.strokes import stroke_accuracy, stroke_types
from limner.metrics.swd import swd

__all__ = [
    "confusion",
    "early_features",
    "f1",
    "fd",
    "features",
    "ink_agreement",
    "iou",
    "kd",
    "mean_f1",
    "miou",
    "nme",
    "patches",
    "photo_features",
    "prepare",
    "rank_1",
    "scoot",
    "sifid",
    "stroke_accuracy",
    "stroke_types",
    "swd",
    "wilson",
]
