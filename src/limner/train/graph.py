"""A net and its `ExportSpec` in → the bytes of an ONNX graph, the same bytes each time.

The graph keeps each parameter under its own name, so that a training can begin from it. Large
weights are stored as f16 and cast when they are loaded: half the size, about 0.1 % of error; or, where
the spec says so, as eight bits with a scale for each of their first axis: a quarter, about 1 %. Norms
and biases stay f32, because they are few and touch everything.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from limner.errors import RecipeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import onnx
    from torch import Tensor

    from limner.train.loops.task import ExportSpec

__all__ = ["SCALE", "to_onnx", "widened"]

_OPSET = 18
#: Ends the name of the scales of a weight that is kept in eight bits.
SCALE = ":scale"
#: Weights of fewer numbers than this gain nothing by being short.
_SHORT_FROM = 256
#: Below this each number bears much, and sixteen bits are worth it.
_EIGHT_FROM = 32_768


def to_onnx(spec: ExportSpec, *, f16: bool = True) -> bytes:
    """Return the graph of a net.

    Parameters
    ----------
    spec : ExportSpec
        The net, in whatever mode; its examples say shapes and types.
    f16 : bool
        Store weights of two and more axes as f16, or in eight bits where the spec says so.

    Returns
    -------
    bytes
        A whole ONNX file: no outside data, no operators but ONNX's own, nothing about this machine.

    Raises
    ------
    RecipeError
        If torch cannot turn the net into a graph, or an axis that should be free came out fixed.
    """
    import onnx

    # Each part's own mode: a wrapper may count as training around a net that does not.
    modes = [(part, part.training) for part in spec.module.modules()]
    spec.module.eval()
    try:
        model = _exported(spec)
    finally:
        for part, mode in modes:
            part.training = mode
    _drop_zero_biases(model, {n for n, _ in spec.module.named_parameters()})
    if f16:
        _shorten(model, eight_bits=spec.eight_bits)
    _forget(model)
    _check_axes(model, spec)
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _exported(spec: ExportSpec) -> onnx.ModelProto:
    """Return the graph as torch makes it, constants folded but norms left as they are."""
    from onnxscript import ir, optimizer

    inputs = tuple(_widened(k, v, spec) for k, v in spec.inputs.items())
    shapes = tuple(dict(spec.dynamic.get(k, {})) or None for k in spec.inputs)
    try:
        with torch.no_grad(), _quiet():
            program = torch.onnx.export(
                spec.module,
                inputs,
                dynamo=True,
                input_names=list(spec.inputs),
                output_names=list(spec.outputs),
                dynamic_shapes=shapes if any(shapes) else None,
                opset_version=_OPSET,
                optimize=False,  # it would melt norms into convolutions, and their names with them
                verbose=False,
            )
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise RecipeError(f"{spec.name} cannot be turned into a graph: {reason[0]}") from error
    assert program is not None  # noqa: S101  (only the old exporter returns nothing)
    model = ir.from_proto(program.model_proto)
    with _quiet():
        optimizer.fold_constants(model)
        optimizer.remove_unused_nodes(model)
    made: onnx.ModelProto = ir.to_proto(model)
    return made


def _widened(name: str, example: Tensor, spec: ExportSpec) -> Tensor:
    """Return the example with free axes of length 1 doubled, which torch would take for fixed."""
    for axis in spec.dynamic.get(name, {}):
        if example.shape[axis] == 1:
            example = torch.cat([example, example], axis)
    return example


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep exporters' talk of what is not installed, and of their own future, to themselves."""
    loggers = [logging.getLogger(n) for n in ("torch.onnx", "onnxscript", "onnx_ir")]
    levels = [x.level for x in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _arrays(model: onnx.ModelProto) -> dict[str, Any]:
    from onnx import numpy_helper

    return {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}


def _drop_zero_biases(model: onnx.ModelProto, own: set[str]) -> None:
    """Take out the biases of zeros that the exporter gives to convolutions without one."""
    arrays = _arrays(model)
    for node in model.graph.node:
        if node.op_type != "Conv" or len(node.input) < 3 or node.input[2] in own:
            continue
        bias = arrays.get(node.input[2])
        if bias is not None and not bias.any():
            del node.input[2]
    used = {name for node in model.graph.node for name in node.input}
    kept = [i for i in model.graph.initializer if i.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)


def widened(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Return a graph's weights as they are computed with: those in eight bits multiplied by their scales.

    Examples
    --------
    >>> kept = {"w": np.array([[100, -50]], np.int8), "w:scale": np.array([0.01], np.float32)}
    >>> widened(kept)["w"].tolist()
    [[1.0, -0.5]]
    """
    return {
        name: array * arrays[name + SCALE].reshape(-1, *[1] * (array.ndim - 1))
        if name + SCALE in arrays
        else array
        for name, array in arrays.items()
    }


def _shorten(model: onnx.ModelProto, *, eight_bits: bool) -> None:
    """Store large weights short under their own names; a node gives them back as f32."""
    from onnx import TensorProto, helper, numpy_helper

    casts, scales = [], []
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        fits = array.dtype == np.float32 and array.ndim >= 2 and array.size >= _SHORT_FROM
        if not fits or np.abs(array).max() > np.finfo(np.float16).max:
            continue
        long = f"{tensor.name}:f32"
        if eight_bits and array.size >= _EIGHT_FROM:
            most = np.abs(array).max(tuple(range(1, array.ndim)))
            scale = np.where(most > 0, most / 127, 1).astype(np.float32)
            whole = np.rint(array / scale.reshape(-1, *[1] * (array.ndim - 1))).astype(np.int8)
            tensor.CopyFrom(numpy_helper.from_array(whole, tensor.name))
            scales.append(numpy_helper.from_array(scale, tensor.name + SCALE))
            inputs = [tensor.name, tensor.name + SCALE]
            casts.append(helper.make_node("DequantizeLinear", inputs, [long], axis=0))
        else:
            tensor.CopyFrom(numpy_helper.from_array(array.astype(np.float16), tensor.name))
            casts.append(helper.make_node("Cast", [tensor.name], [long], to=TensorProto.FLOAT))
        for node in model.graph.node:
            node.input[:] = [long if name == tensor.name else name for name in node.input]
    model.graph.initializer.extend(scales)
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _forget(model: onnx.ModelProto) -> None:
    """Remove what speaks of source files, of this machine or of the exporter's version."""
    model.producer_name = "limner"
    model.producer_version = ""
    model.doc_string = ""
    del model.metadata_props[:]
    graph = model.graph
    graph.name = "graph"
    graph.doc_string = ""
    del graph.metadata_props[:]
    del graph.value_info[:]
    for node in graph.node:
        node.doc_string = ""
        node.name = ""
        del node.metadata_props[:]
    for named in (*graph.input, *graph.output, *graph.initializer):
        named.doc_string = ""
        del named.metadata_props[:]


def _check_axes(model: onnx.ModelProto, spec: ExportSpec) -> None:
    """Name the free axes as the spec does, and refuse one that came out fixed."""
    for port in (*model.graph.input, *model.graph.output):
        wanted: Mapping[int, str] = spec.dynamic.get(port.name, {})
        for axis, dim in enumerate(port.type.tensor_type.shape.dim):
            if axis in wanted and not dim.HasField("dim_param"):
                raise RecipeError(
                    f"{spec.name}: axis {axis} of {port.name} should be free ({wanted[axis]}), but "
                    f"the net fixes it to {dim.dim_value}; take it out of `dynamic` or mend the net."
                )
            if axis in wanted:
                dim.dim_param = wanted[axis]
