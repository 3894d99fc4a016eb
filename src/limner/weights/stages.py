"""A graph that looks things up by where they are, and convolves what it found, in → two graphs, one after the other.

Where a surface lies must be known to a millimetre, and bf16 keeps two digits: geometry is computed in f32. What a
convolution makes of it may be bf16, at half the time. An engine computes a graph in one precision, so the graph is cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray

__all__ = ["Chain", "apart"]

_CONVOLUTIONS = {"Convolution", "GroupConvolution"}
#: An operator that looks up what lies at computed coordinates: there is geometry before it.
_LOOKS_UP = "GridSample"


def apart(openvino: Any, model: Any) -> list[Any]:
    """Cut a model of OpenVINO into geometry and what convolutions make of it.

    Parameters
    ----------
    openvino : module
        The package.
    model : openvino.Model
        As it was read. It is taken apart: use what is returned.

    Returns
    -------
    list of openvino.Model
        One, the model itself, if it looks nothing up before it convolves; else two. The second's inputs are outputs of
        the first, by name; what the first computes of the model's own outputs it has under their names.
    """
    ordered = model.get_ordered_ops()
    # most graphs look nothing up, and opening one is what a command waits for
    if all(op.get_type_name() != _LOOKS_UP for op in ordered):
        return [model]
    fed = _reached(ordered, {"Parameter"})
    convolved = _reached(ordered, _CONVOLUTIONS)
    early = [op for op in ordered if _name(op) in fed - convolved]
    if not convolved or not any(op.get_type_name() == _LOOKS_UP for op in early):
        return [model]
    cut = [port for op in early for port in op.outputs() if _feeds(port, convolved)]
    results = model.get_results()
    first = [r for r in results if _name(r) not in convolved]
    handed, parameters = [], []
    for k, port in enumerate(cut):
        name = f"handed_{k}"
        port.get_tensor().add_names({name})
        parameter = openvino.opset1.parameter(port.get_partial_shape(), port.get_element_type())
        parameter.output(0).get_tensor().set_names({name})
        for goal in port.get_target_inputs():
            if _name(goal.get_node()) in convolved:
                goal.replace_source_output(parameter.output(0))
        handed.append(openvino.opset1.result(port))
        parameters.append(parameter)
    last = [r for r in results if _name(r) in convolved]
    return [
        openvino.Model([*first, *handed], model.get_parameters(), "geometry"),
        openvino.Model(last, parameters, "convolutions"),
    ]


class Chain:
    """Requests of compiled models, run one after the other; an input is looked for in all of them.

    Parameters
    ----------
    compiled : sequence of openvino.CompiledModel
        Each later one takes outputs of the first by name.
    outputs : collection of str
        Names of what is given back; the rest is handed on only.
    """

    def __init__(self, compiled: Iterable[Any], outputs: Collection[str]) -> None:
        self._outputs = frozenset(outputs)
        self._requests = [one.create_infer_request() for one in compiled]
        first, *others = self._requests
        for request in others:
            for port in request.model_inputs:
                # the same memory: nothing is copied from one to the other
                request.set_tensor(port, first.get_tensor(port.get_any_name()))

    def get_tensor(self, name: str) -> Any:
        """Return the memory of an input."""
        return self._requests[0].get_tensor(name)

    def infer(self) -> dict[str, NDArray[Any]]:
        """Return copies of the outputs by name."""
        found: dict[str, NDArray[Any]] = {}
        for request in self._requests:
            for port, value in request.infer(share_outputs=True).items():
                for name in port.get_names() & self._outputs:
                    found[name] = np.array(value)
        return found


def _reached(ordered: list[Any], kinds: set[str]) -> set[str]:
    """Return the names of the operators of some kinds, and of all that depends on them."""
    found: set[str] = set()
    for op in ordered:
        before = (port.get_source_output().get_node() for port in op.inputs())
        if op.get_type_name() in kinds or any(_name(b) in found for b in before):
            found.add(_name(op))
    return found


def _feeds(port: Any, names: set[str]) -> bool:
    return any(_name(goal.get_node()) in names for goal in port.get_target_inputs())


def _name(op: Any) -> str:
    """Return an operator's name, which is its own in a model; Python makes a new object at each look."""
    return str(op.get_friendly_name())
