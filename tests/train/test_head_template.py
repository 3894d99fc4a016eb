"""The measured template: parts where their pixels were, at the radius that their depth says."""

from __future__ import annotations

import numpy as np
import pytest

from limner.geometry.camera import Camera
from limner.records import CLASSES
from limner.train.data.head_template import measured_template
from limner.train.data.heads import HeadViews
from limner.train.nets.head_chart import PARTS, SIDE


def can_views(radius: float = 0.085) -> HeadViews:
    """Return three views of an upright can of skin, whose upper part is hair."""
    poses = [(0.0, 0.0), (30.0, 0.0), (-30.0, 0.0)]
    depths, labels = [], []
    for yaw, pitch in poses:
        camera = Camera(yaw, pitch, 128)
        origin, d = camera.rays()
        ox, oz = origin[0], origin[2] + 0.01
        a, b = d[..., 0] ** 2 + d[..., 2] ** 2, 2 * (ox * d[..., 0] + oz * d[..., 2])
        root = b * b - 4 * a * (ox**2 + oz**2 - radius**2)
        depth = np.where(root > 0, (-b - np.sqrt(np.maximum(root, 0))) / (2 * a), 0)
        y = (origin + depth[..., None] * d)[..., 1]
        depth[(y > 0.12) | (y < -0.12)] = 0
        label = np.where(
            depth > 0, np.where(y > 0.03, CLASSES.index("hair"), CLASSES.index("skin")), 0
        )
        depths.append(np.rint(depth * 1000).astype(np.uint16))
        labels.append(label.astype(np.uint8).repeat(2, 0).repeat(2, 1))
    return HeadViews(
        np.zeros((3, 256, 256, 3), np.uint8),
        np.stack(labels),
        np.stack(depths),
        np.array(poses, np.float32),
        np.zeros(3, np.int32),
        None,
    )


def test_the_template_of_a_can_is_its_radius() -> None:
    template = measured_template(can_views(), every=1)
    skin = template[PARTS.index("skin")]
    seen = skin[1] > 0
    assert seen.float().mean() > 0.2
    assert skin[0][seen].mean().item() == pytest.approx(0.085, abs=0.002)


def test_a_part_is_present_where_it_was_seen_and_nowhere_else() -> None:
    template = measured_template(can_views(), every=1)
    skin, hair, hat = (template[PARTS.index(n), 1] for n in ("skin", "hair", "hat"))
    assert skin[SIDE * 3 // 4, SIDE // 2] > 0 > skin[2, SIDE // 2]
    assert hair[SIDE // 4, SIDE // 2] > 0 > hair[-2, SIDE // 2]
    assert hat.max() < -2


def test_the_template_is_symmetric_and_whole() -> None:
    template = measured_template(can_views(), every=2)
    assert (template - template.flip(-1)).abs().max() < 1e-4
    assert template.isfinite().all()
    assert template[:, 0].min() > 0.01
