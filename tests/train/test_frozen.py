"""Networks that only look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from limner.errors import RecipeError
from limner.train.nets import frozen
from limner.train.nets.frozen import CHANNELS, Lite1, Vgg, open_frozen


@pytest.mark.parametrize(("name", "strides"), [("random", (4, 8, 16)), ("vgg", (1, 2, 4))])
def test_maps_have_their_strides_and_channels(
    name: str, strides: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        frozen, "_arrays", lambda *_: [v.numpy() for v in Vgg().state_dict().values()][:-1]
    )
    monkeypatch.setattr(frozen, "_fill", lambda *_: None)
    maps = open_frozen(name)(torch.zeros(1, 3, 64, 64))
    assert [m.shape[-1] for m in maps] == [64 // s for s in strides]
    assert tuple(m.shape[1] for m in maps) == CHANNELS["lite1" if name == "random" else name]


def test_nothing_is_ever_trained() -> None:
    net = open_frozen("random")
    net.train()
    assert not net.training
    assert not any(p.requires_grad for p in net.parameters())
    before = {k: v.clone() for k, v in net.state_dict().items()}
    net(torch.randn(2, 3, 64, 64))
    for name, value in net.state_dict().items():
        torch.testing.assert_close(value, before[name])


def test_gradients_flow_through_to_the_picture() -> None:
    picture = torch.randn(1, 3, 64, 64, requires_grad=True)
    open_frozen("random")(picture)[-1].sum().backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0


def test_weights_travel_in_a_small_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    source = Lite1()
    own = {k: v for k, v in source.state_dict().items() if "num_batches" not in k}
    monkeypatch.setattr(frozen, "_lite1_arrays", lambda: [v.numpy() for v in own.values()])
    path = frozen.save("lite1", tmp_path)
    assert path.stat().st_size < 3e6
    monkeypatch.setattr(frozen, "_lite1_arrays", lambda: pytest.fail("the package was asked"))
    again = open_frozen("lite1", tmp_path)
    x = torch.randn(1, 3, 64, 64)
    for a, b in zip(source.eval()(x), again(x), strict=True):
        torch.testing.assert_close(a, b, rtol=0.02, atol=0.02)


def test_a_file_of_another_net_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "lite1.npz", a000=np.zeros((3, 3)))
    with pytest.raises(RecipeError, match="do not fit"):
        open_frozen("lite1", tmp_path)
    with pytest.raises(RecipeError, match="no frozen net"):
        open_frozen("lite0")


def test_the_judge_is_never_the_teacher() -> None:
    source = Path(frozen.__file__).read_text("utf-8")
    assert "efficientnet_lite0" not in source
