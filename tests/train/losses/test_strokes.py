"""The stroke loss: nothing between equal drawings, gradients into what is made alone, a classifier that stays."""

from __future__ import annotations

import pytest
import torch

from limner.train.losses.strokes import patches, stroke_distance
from limner.train.nets.strokes import StrokeNet

pytestmark = pytest.mark.train


@pytest.fixture
def net() -> StrokeNet:
    torch.manual_seed(0)
    made = StrokeNet()
    made(torch.rand(64, 1, 16, 16))
    return made.eval().requires_grad_(requires_grad=False)


def test_patches_come_drawing_by_drawing_and_row_by_row() -> None:
    drawing = torch.arange(2 * 40 * 50, dtype=torch.float32).reshape(2, 1, 40, 50)
    cut = patches(drawing)
    assert cut.shape == (2 * 2 * 3, 1, 16, 16)
    assert torch.equal(cut[4, 0], drawing[0, 0, 16:32, 16:32])
    assert torch.equal(cut[6, 0], drawing[1, 0, :16, :16])


@pytest.mark.parametrize("kind", ["norms", "squares"])
def test_equal_drawings_are_not_apart_and_others_are(net: StrokeNet, kind: str) -> None:
    a, b = torch.rand(2, 1, 32, 32), torch.rand(2, 1, 32, 32)
    same = stroke_distance(net, a, a, kind=kind)  # type: ignore[arg-type]
    assert 0 <= same < 0.01
    assert stroke_distance(net, a, b, kind=kind) > 4 * same + 1e-4  # type: ignore[arg-type]


def test_norms_add_up_over_patches_and_squares_do_not_grow_with_the_drawing(net: StrokeNet) -> None:
    a, b = torch.rand(1, 1, 16, 16), torch.rand(1, 1, 16, 16)
    four = [x.repeat(1, 1, 2, 2) for x in (a, b)]
    norms, squares = (
        [float(stroke_distance(net, *pair, kind=kind)) for pair in ((a, b), four)]
        for kind in ("norms", "squares")
    )
    assert norms[1] == pytest.approx(4 * norms[0], rel=1e-4)
    assert squares[1] == pytest.approx(squares[0], rel=1e-4)


def test_gradients_reach_what_is_made_alone(net: StrokeNet) -> None:
    made = torch.rand(2, 1, 32, 32, requires_grad=True)
    real = torch.rand(2, 1, 32, 32, requires_grad=True)
    stroke_distance(net, made, real).backward()  # type: ignore[no-untyped-call]
    assert made.grad is not None
    assert made.grad.abs().sum() > 0
    assert real.grad is None
    assert all(p.grad is None for p in net.parameters())


def test_an_equal_drawing_has_a_finite_slope(net: StrokeNet) -> None:
    made = torch.rand(1, 1, 16, 16)
    same = made.clone().requires_grad_()
    stroke_distance(net, same, made).backward()  # type: ignore[no-untyped-call]
    assert same.grad is not None
    assert torch.isfinite(same.grad).all()


def test_drawings_of_no_weight_do_not_count(net: StrokeNet) -> None:
    a, b = torch.rand(2, 1, 32, 32), torch.rand(2, 1, 32, 32)
    alone = stroke_distance(net, a[:1], b[:1])
    weighted = stroke_distance(net, a, b, weight=torch.tensor([1.0, 0.0]))
    torch.testing.assert_close(weighted, alone)
    assert stroke_distance(net, a, b, weight=torch.zeros(2)) == 0


def test_a_classifier_in_training_mode_is_refused(net: StrokeNet) -> None:
    with pytest.raises(ValueError, match="training mode"):
        stroke_distance(net.train(), torch.rand(1, 1, 16, 16), torch.rand(1, 1, 16, 16))
