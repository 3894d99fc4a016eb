"""The moving average forgets at the rate that it is told, and copies what cannot be averaged."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from limner.train.loops.ema import Ema, decay

pytestmark = pytest.mark.train


def filled(value: float, count: int) -> nn.Module:
    net = nn.BatchNorm1d(3)
    with torch.no_grad():
        for tensor in net.state_dict().values():
            tensor.fill_(value if tensor.is_floating_point() else count)
    return net


def test_after_a_half_life_the_old_value_counts_half() -> None:
    ema = Ema(filled(1.0, 0), half_life=100, ramp=0)
    for step in range(10):
        ema.update(filled(0.0, step), pictures=10, seen=10**6)
    state = ema.state_dict()
    for name in ("weight", "bias", "running_mean", "running_var"):
        torch.testing.assert_close(state[name], torch.full((3,), 0.5))
    assert state["num_batches_tracked"] == 9


def test_early_weights_are_soon_forgotten() -> None:
    assert decay(10, 10, half_life=1e4, ramp=0.2) < decay(10, 1000, half_life=1e4, ramp=0.2)
    assert decay(10, 10**6, half_life=1e4, ramp=0.2) == decay(10, 1, half_life=1e4, ramp=0)


def test_no_half_life_means_no_average() -> None:
    ema = Ema(filled(1.0, 0), half_life=0, ramp=0.2)
    ema.update(filled(3.0, 1), pictures=1, seen=1)
    assert torch.equal(ema.state_dict()["weight"], torch.full((3,), 3.0))


def test_the_average_is_a_net_apart_that_takes_no_gradients() -> None:
    net = filled(1.0, 0)
    ema = Ema(net, half_life=10, ramp=0)
    assert net.training
    assert not ema.net.training
    assert not any(p.requires_grad for p in ema.net.parameters())
    ema.load_state_dict(filled(7.0, 0).state_dict())
    assert torch.equal(net.state_dict()["weight"], torch.ones(3))
