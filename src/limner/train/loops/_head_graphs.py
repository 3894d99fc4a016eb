"""A run of the shell in → the shell again; a shell in → what is needed to write its four graphs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from limner.errors import RecipeError
from limner.records import CLASSES
from limner.train.loops.start import from_graph, from_portable
from limner.train.loops.task import ExportSpec
from limner.train.nets.head_chart import PARTS, SIDE
from limner.train.nets.head_shell import (
    EncoderGraph,
    FieldGraph,
    HeadShell,
    RendererGraph,
    SamplerGraph,
)
from limner.weights import ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

__all__ = ["fill_shipped", "load_shell", "spec"]


def load_shell(path: Path) -> HeadShell:
    """Return a trained shell, frozen; its sizes are read off its weights.

    Parameters
    ----------
    path : Path
        ``shipped``, a run's folder, the ``best.safetensors`` in it, or a portable folder (``about.json``).

    Raises
    ------
    RecipeError
        If there is none.
    """
    from safetensors.torch import load

    if path == Path("shipped"):
        return _frozen(_shipped())
    portable = path if (path / "about.json").is_file() else path / "portable"
    weights = path / "best.safetensors" if path.is_dir() else path
    if weights.is_file():
        state: Mapping[str, Tensor] = load(weights.read_bytes())
    elif (portable / "about.json").is_file():
        state = from_portable(portable, nn.ModuleDict())
    else:
        raise RecipeError(
            f"{path} holds no trained shell: best.safetensors or portable/ is wanted. Train "
            "head-shell first, or name its run in the recipe's `shell`; `shipped` is the one that ships."
        )
    try:
        shell = _sized({name: value.shape for name, value in state.items()})
        shell.load_state_dict(state)
    except (KeyError, RuntimeError) as error:
        raise RecipeError(f"The weights in {path} are not those of a shell: {error}") from error
    return _frozen(shell)


def _sized(shapes: Mapping[str, Sequence[int]]) -> HeadShell:
    """Return a shell of the size that these shapes of its weights have."""
    return HeadShell(
        encoder_width=shapes["encoder.stem.weight"][0],
        field_width=shapes["field.start"][1] // len(PARTS),
        decoder_width=shapes["decoder.enter.weight"][0],
        channels=shapes["field.to_features.weight"][0] // len(PARTS),
    )


def _shipped() -> HeadShell:
    """Return a shell with the weights that ship."""
    import onnx

    shapes: dict[str, Sequence[int]] = {}
    for piece in _PURPOSES:
        model = onnx.load(str(ledger.row(f"heads-{piece}").path))
        shapes |= {i.name.removeprefix("shell."): i.dims for i in model.graph.initializer}
    shell = _sized(shapes)
    fill_shipped(shell)
    return shell


def _frozen(shell: HeadShell) -> HeadShell:
    return shell.eval().requires_grad_(requires_grad=False)


def fill_shipped(shell: HeadShell) -> None:
    """Fill a shell of the shipped size with the weights that ship.

    The shipped renderer's readiness to tell each class is adjusted (`_head_labels`); so the shell's is, too.
    """
    with torch.no_grad():
        for piece, (module, _, _) in _pieces(shell).items():
            from_graph(ledger.row(f"heads-{piece}").path, module)


_DATA = (("synthetic heads", "CC0-1.0"), ("CelebAMask-HQ", "LicenseRef-research-only"))


def spec(shell: HeadShell, piece: str, *, real: bool) -> ExportSpec:
    """Return what is needed to write one of the shell's four graphs."""
    module, inputs, outputs = _pieces(shell)[piece]
    return ExportSpec(
        name=f"heads-{piece}",
        module=module.eval(),
        inputs=inputs,
        outputs=outputs,
        ranges={"photo": (-1, 1), "shares": (0, 1), "pose_deg": (-40, 40), "seeds": (-2, 2)}
        | {"radius": (0.09, 0.1), "density": (-3, 3), "features": (-1, 1)},
        purpose=_PURPOSES[piece],
        limits="Near-frontal heads, yaw within ±60°; profiles, hands before the face and long loose hair fail.",
        data=_DATA if real else _DATA[:1],
        license="LicenseRef-research-only" if real else "CC0-1.0",
        commercial=not real,
        tolerance=0.02,
        jumps=piece == "renderer",  # rays tip over edges
    )


def _pieces(
    shell: HeadShell,
) -> dict[str, tuple[nn.Module, dict[str, Tensor], tuple[str, ...]]]:
    """Return each graph's module, example inputs and names of outputs."""
    sizes = shell.field.sizes
    base = torch.zeros(1, sizes["base"])
    parts = torch.zeros(1, len(PARTS), sizes["codes"])
    residual = torch.zeros(1, len(PARTS), sizes["residual"], SIDE, SIDE)
    template: Tensor = shell.field.template.detach().cpu()  # type: ignore[operator]
    features = torch.zeros(1, len(PARTS), shell.field.channels, SIDE, SIDE)
    pose = torch.zeros(1, 2)
    return {
        "encoder": (
            EncoderGraph(shell),
            {
                "photo": torch.zeros(1, 3, 256, 256),
                "shares": torch.full((1, len(CLASSES), 128, 128), 1 / len(CLASSES)),
                "pose_deg": pose,
            },
            ("base", "parts", "residual"),
        ),
        "field": (
            FieldGraph(shell),
            {"base": base, "parts": parts, "residual": residual},
            ("radius", "density", "features"),
        ),
        "renderer": (
            RendererGraph(shell),
            {
                "radius": template[None, :, 0].clone(),
                "density": template[None, :, 1].clone(),
                "features": features,
                "pose_deg": pose,
            },
            ("photo", "labels", "alpha", "depth", "masks", "rendered"),
        ),
        "sampler": (
            SamplerGraph(shell),
            {"seeds": torch.zeros(1, shell.sampler.seeds)},
            ("base", "parts"),
        ),
    }


_PURPOSES = {
    "encoder": "A head crop, its classes and its camera → codes of the head and what they miss.",
    "field": "Codes of a head → the canonical maps of its twelve parts.",
    "renderer": "Part maps and a camera → photograph, classes, alpha, depth and part masks of that view.",
    "sampler": "Normal numbers → codes of a random head.",
}
