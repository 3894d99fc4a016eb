"""AdaIN's parts: statistics exchanged exactly, and a decoder back to the picture's size."""

from __future__ import annotations

import pytest
import torch

from limner.train.nets.style_rivals import AdaInDecoder, adain, moments


def test_maps_take_the_other_maps_statistics_and_keep_their_own_pattern() -> None:
    torch.manual_seed(0)
    content, style = torch.rand(2, 3, 8, 8) * 5, torch.randn(2, 3, 6, 6) * 2 + 1
    made = adain(content, *moments(style))
    for a, b in zip(moments(made), moments(style), strict=True):
        torch.testing.assert_close(a, b, atol=1e-3, rtol=1e-3)
    flat = torch.stack([content[1, 2].flatten(), made[1, 2].flatten()])
    assert float(torch.corrcoef(flat)[0, 1]) == pytest.approx(1, abs=1e-4)


def test_an_even_map_gives_the_other_mean_and_nothing_else() -> None:
    made = adain(torch.full((1, 1, 4, 4), 7.0), *moments(torch.rand(1, 1, 5, 5)))
    assert torch.isfinite(made).all()
    assert float(made.std()) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("channels", "halvings"), [(256, 2), (112, 4)])
def test_the_decoder_undoes_the_halvings(channels: int, halvings: int) -> None:
    with torch.no_grad():
        made = AdaInDecoder(channels, halvings)(torch.randn(2, channels, 4, 6))
    assert made.shape == (2, 1, 4 * 2**halvings, 6 * 2**halvings)
    assert float(made.abs().max()) <= 1
