"""The capsule chart: inverse maps, signs, windows; torch's camera is the product's camera."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from limner.geometry.camera import Camera
from limner.heads.encode import template
from limner.train.nets import head_chart as chart


def face() -> torch.Tensor:
    return torch.from_numpy(template()[0])


def test_the_chart_and_its_inverse_agree_on_a_face() -> None:
    there = chart.to_chart(face())
    assert chart.from_chart(there) == pytest.approx(face().numpy(), abs=1e-5)


def test_u_grows_to_the_sitters_left_and_v_upwards() -> None:
    points = torch.tensor([[0.05, 0.0, 0.06], [0.0, 0.05, 0.08], [0.0, -0.05, 0.08]])
    u, v, _ = chart.to_chart(points).unbind(-1)
    assert u[0] > 0.1
    assert v[1] > 0.03 > v[2]


def test_the_chart_has_no_step_where_the_rounding_begins() -> None:
    y = torch.linspace(0.0, 0.06, 61)
    line = torch.stack([torch.full_like(y, 0.03), y, torch.full_like(y, 0.08)], -1)
    steps = chart.to_chart(line).diff(dim=0).abs().amax(0)
    assert steps.max() < 0.0015


@pytest.mark.parametrize("pose", [(0.0, 0.0), (33.0, -12.0), (-60.0, 20.0)])
def test_torch_sees_a_face_where_the_camera_sees_it(pose: tuple[float, float]) -> None:
    where, depth = chart.project(face()[None], torch.tensor([pose]))
    px, depth_m = Camera(*pose).project(face().numpy())
    assert ((where[0].numpy() + 1) * 128 - 0.5) == pytest.approx(px, abs=1e-3)
    assert depth[0].numpy() == pytest.approx(depth_m, abs=1e-6)


def test_torch_rays_are_the_cameras_rays() -> None:
    grid = chart.picture_grid(16)[None]
    origin, direction = chart.rays(torch.tensor([[25.0, 10.0]]), grid)
    theirs = Camera(25.0, 10.0, 16).rays()
    assert origin[0, 0].numpy() == pytest.approx(theirs[0], abs=1e-6)
    assert direction[0].numpy() == pytest.approx(theirs[1].reshape(-1, 3), abs=1e-6)


def test_every_texel_lies_where_its_window_says() -> None:
    centres = chart.texel_centres()
    flat = torch.cat([centres, torch.zeros_like(centres[..., :1])], -1)
    grid = chart.to_windows(flat[None])[0]
    expected = chart.picture_grid(chart.SIDE).view(chart.SIDE, chart.SIDE, 2)
    assert (grid - expected).abs().max() < 1e-4


def test_the_whole_chart_is_looked_up_where_it_was_laid_out() -> None:
    grid = chart.chart_grid(8)
    flat = torch.cat([grid, torch.zeros_like(grid[..., :1])], -1)
    place = chart.chart_place(flat)
    assert (place - chart.picture_grid(8).view(8, 8, 2)).abs().max() < 1e-5


def test_every_part_of_an_average_face_lies_inside_its_window() -> None:
    points = chart.to_chart(face())[None, None]
    inside = (chart.to_windows(points)[0].abs().amax(-1) < 1).numpy()
    for name, which in {"nose": [1], "eyes": [33, 133, 263, 362], "mouth": [61, 291, 13]}.items():
        assert inside[chart.PARTS.index(name), which].all(), name
    assert inside[chart.PARTS.index("skin"), [152, 10, 234, 454]].all()
    assert np.mean(inside[chart.PARTS.index("eyes")]) < 0.5
