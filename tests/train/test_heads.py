"""Head crops of packs, and the losses on what is rendered of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from limner.errors import RecipeError
from limner.geometry.camera import DISTANCE_M, Camera
from limner.heads import encode
from limner.records import CLASSES
from limner.train.data import heads
from limner.train.losses import heads as losses
from limner.train.nets.head_chart import PARTS, SIDE, camera_points, picture_grid
from limner.train.nets.head_decoders import Decoded
from limner.train.nets.head_field import part_template
from limner.train.nets.head_render import Maps, PartRenderer

SKIN = PARTS.index("skin")


def test_the_template_is_a_face_in_metres() -> None:
    points, weight = encode.template()
    assert points.shape == (478, 3)
    assert 0 < weight.min() <= weight.max() == 1
    right, left = points[33], points[263]  # outer corners of the eyes
    assert left[0] > 0 > right[0]
    assert 0.07 < left[0] - right[0] < 0.11
    assert points[[1, 4], 2].min() > points[[33, 61, 152, 263], 2].max() + 0.02  # the nose
    assert points[152, 1] < points[10, 1]  # chin and brow


def test_the_mirrored_mesh_swaps_the_eyes_and_keeps_the_nose() -> None:
    swap = heads.mirrored_mesh()
    assert swap[33] == 263
    assert swap[1] == 1
    assert (swap[swap] == np.arange(478)).mean() > 0.99


def test_photographs_become_head_crops_of_the_convention(
    head_packs: Path, head_cache: Path
) -> None:
    views = heads.build_real(head_packs, head_cache, "train")
    yaws = [0.0, 3.0, -4.0, 30.0, 6.0, -2.0]
    assert views.pose_deg[:, 0].tolist() == pytest.approx(yaws, abs=2)
    assert views.points is not None
    for i in range(len(views)):
        camera = Camera(float(views.pose_deg[i, 0]), float(views.pose_deg[i, 1]))
        seen, depth = camera.project(encode.template()[0])
        assert np.abs(views.points[i, :, :2] - seen).mean() < 2
        assert np.abs(views.points[i, :, 2] - (depth - depth.mean())).mean() < 0.004


def test_what_a_photograph_does_not_reach_is_marked(head_packs: Path, head_cache: Path) -> None:
    views = heads.build_real(head_packs, head_cache, "train")
    turned = views.labels[3]  # seen from 30°, so cut elsewhere
    assert (turned & ~np.uint8(heads.OUTSIDE)).max() < len(CLASSES)
    assert len(views.photos) == len(views) == 6


def test_synthetic_heads_keep_depth_and_cameras(head_packs: Path, head_cache: Path) -> None:
    views = heads.build_synthetic(head_packs, head_cache, "train")
    assert views.depth_mm is not None
    assert len(views) == 8
    assert set(views.head.tolist()) == {0, 1}
    assert set(np.unique(views.depth_mm)) == {0, 1020}


def test_crops_that_travelled_in_one_file_are_the_same(
    head_packs: Path, head_cache: Path, tmp_path: Path
) -> None:
    views = heads.build_real(head_packs, head_cache, "train")
    heads.pack_real(views, tmp_path / "heads-real-train.npz", count=4, quality=95)
    again = heads.build_real(tmp_path, tmp_path / "cache", "train")
    assert np.array_equal(again.labels, views.labels[:4])
    assert np.array_equal(again.pose_deg, views.pose_deg[:4])
    off = again.photos.astype(int) - views.photos[:4].astype(int)
    assert np.abs(off).mean() < 4


def test_a_missing_pack_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="turnheads-train"):
        heads.build_synthetic(tmp_path, tmp_path, "train")


def can(radius: float = 0.08) -> Maps:
    density = torch.full((1, len(PARTS), SIDE, SIDE), -30.0)
    density[:, SKIN] = 8.0
    features = torch.zeros(1, len(PARTS), 3, SIDE, SIDE)
    return Maps(torch.full_like(density, radius), density, features)


def truth_of(maps: Maps, side: int = 32) -> losses.Truth:
    """Return the truth that a can is, as its own rendering tells it."""
    where = picture_grid(side)[None]
    with torch.no_grad():
        seen = PartRenderer().eval()(maps, torch.zeros(1, 2), picture_grid(2 * side)[None])
    size = (1, 2 * side, 2 * side)
    skin = seen.masks[:, SKIN].view(size) > 0.5
    depth = torch.where(skin, seen.depth.view(size), torch.zeros(size))[:, None]
    labels = skin.long().repeat_interleave(2, 1).repeat_interleave(2, 2)
    photo = torch.zeros(1, 3, 4 * side, 4 * side)
    return losses.Truth(
        photo, labels, torch.ones(1, 1, 4 * side, 4 * side), depth, torch.zeros(1, 2), where
    )


def rendered(maps: Maps, truth: losses.Truth) -> tuple[object, Decoded]:
    seen = PartRenderer().eval()(maps, truth.pose, truth.where)
    size = (1, 1, 4 * truth.side, 4 * truth.side)
    depth = torch.nn.functional.interpolate(
        seen.depth.view(1, 1, truth.side, truth.side), scale_factor=4.0
    )
    logits = torch.zeros(1, 19, *size[2:])
    return seen, Decoded(torch.zeros(1, 3, *size[2:]), logits, torch.zeros(size), depth)


def test_the_true_maps_have_the_least_loss() -> None:
    goal = truth_of(can(0.08))
    found = {}
    for radius in (0.07, 0.08, 0.09):
        maps = can(radius)
        seen, decoded = rendered(maps, goal)
        coarse, _ = losses.depth_loss(seen, decoded, goal)  # type: ignore[arg-type]
        mask = losses.mask_loss(seen, goal)  # type: ignore[arg-type]
        found[radius] = [float(coarse), float(mask), float(losses.surface_loss(maps, goal))]
    for other in (0.07, 0.09):
        assert all(a < b for a, b in zip(found[0.08], found[other], strict=True)), found
    assert found[0.08][0] < 0.4  # cm
    assert found[0.09][0] == pytest.approx(1, abs=0.4)


def test_the_surface_loss_reaches_a_part_that_no_ray_meets() -> None:
    goal, maps = truth_of(can(0.08)), can(0.08)
    density = torch.full_like(maps.density, -6.0).requires_grad_()
    losses.surface_loss(Maps(maps.radius, density, maps.features), goal).backward()  # type: ignore[no-untyped-call]
    assert density.grad is not None
    assert density.grad[:, SKIN].sum() < 0  # it asks for more skin
    assert density.grad[:, PARTS.index("hat")].abs().sum() == 0


def test_what_lies_beyond_the_photograph_costs_nothing() -> None:
    goal = truth_of(can(0.08))
    seen = Decoded(
        torch.ones(1, 3, 128, 128),
        torch.zeros(1, 19, 128, 128),
        torch.zeros(1, 1, 128, 128),
        torch.ones(1, 1, 128, 128),
    )
    unknown = losses.Truth(
        goal.photo, goal.labels, torch.zeros_like(goal.known), goal.depth, goal.pose, goal.where
    )
    look, gradient, _ = losses.look_loss(seen, unknown)
    label, alpha = losses.label_loss(seen, unknown)
    assert [float(x) for x in (look, gradient, label, alpha)] == [0, 0, 0, 0]
    assert losses.look_loss(seen, goal)[0] > 0.1


def test_the_mesh_of_the_average_face_fits_a_field_of_its_own_shape() -> None:
    points, _ = encode.template()
    pose = torch.tensor([[10.0, 5.0]])
    depth = camera_points(torch.from_numpy(points)[None], pose)[..., 2]
    px, _ = Camera(10.0, 5.0).project(points)
    mesh = torch.from_numpy(np.c_[px, (depth[0] - depth.mean()).numpy()].astype(np.float32))[None]
    labels = torch.full((1, 256, 256), CLASSES.index("skin"))
    template = part_template()[None]
    maps = Maps(
        template[:, :, 0].clone().requires_grad_(), template[:, :, 1], torch.zeros(1, 12, 1, 64, 64)
    )
    near = losses.mesh_loss(maps, mesh, labels, pose, depth.mean(1))
    far = losses.mesh_loss(
        Maps(maps.radius + 0.02, maps.density, maps.features), mesh, labels, pose, depth.mean(1)
    )
    assert near < 2  # cm: the plain template is a can
    assert far > near
    near.backward()  # type: ignore[no-untyped-call]
    grad = maps.radius.grad
    assert grad is not None
    assert grad[0, SKIN].abs().sum() > 0
    assert grad[0, PARTS.index("hair")].abs().sum() == 0


def test_points_on_hair_are_not_used() -> None:
    labels = torch.full((1, 256, 256), CLASSES.index("hair"))
    template = part_template()[None]
    maps = Maps(template[:, :, 0], template[:, :, 1], torch.zeros(1, 12, 1, 64, 64))
    mesh = torch.rand(1, 478, 3) * 200
    assert losses.mesh_loss(maps, mesh, labels, torch.zeros(1, 2), torch.tensor([DISTANCE_M])) == 0


def test_a_bent_map_is_rougher_than_a_flat_one() -> None:
    flat = can()
    bent = Maps(flat.radius + 0.01 * torch.rand_like(flat.radius), flat.density, flat.features)
    assert losses.smoothness(flat) == 0
    assert losses.smoothness(bent) > 0.1
