"""Where the stroke classifier lies in → ψ, frozen and in eval mode."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load

from limner.errors import RecipeError
from limner.metrics.strokes import WEIGHT
from limner.train.loops.start import from_graph
from limner.train.nets.strokes import StrokeNet
from limner.weights import ledger

__all__ = ["open_strokes"]


def open_strokes(source: str) -> StrokeNet:
    """Return ψ.

    Parameters
    ----------
    source : str
        ``shipped``, the path of an ``.onnx``, the folder of a run of the recipe ``strokes``, or ``random`` (for tests).

    Raises
    ------
    RecipeError
        If there is nothing of the kind.
    """
    net = StrokeNet()
    path = Path(source)
    if source == "shipped":
        from_graph(ledger.row(WEIGHT).path, net)
    elif (path / "best.safetensors").is_file():
        net.load_state_dict(load((path / "best.safetensors").read_bytes()))
    elif path.suffix == ".onnx" and path.is_file():
        from_graph(path, net)
    elif source != "random":
        raise RecipeError(
            f"The stroke classifier {source!r} is not there; wanted 'shipped', a graph, or a run of `limner train "
            "strokes`."
        )
    net.requires_grad_(requires_grad=False)
    return net.eval()
