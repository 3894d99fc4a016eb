"""A shell comes back from a run, whatever its sizes; each of its four graphs can be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from limner.errors import RecipeError
from limner.train import recipe as recipes
from limner.train.loops import _head_graphs as graphs
from limner.train.loops.head_shell import Settings
from limner.train.loops.start import save_portable
from limner.train.nets.head_shell import EncoderGraph, HeadShell
from limner.weights import Session


def kept(shell: HeadShell, folder: Path) -> Path:
    state = {k: v.contiguous() for k, v in shell.state_dict().items()}
    save_file(state, str(folder / "best.safetensors"))
    return folder


def test_a_shell_comes_back_from_its_runs_folder(small_shell: HeadShell, tmp_path: Path) -> None:
    again = graphs.load_shell(kept(small_shell, tmp_path))
    mine, theirs = small_shell.state_dict(), again.state_dict()
    assert all(torch.equal(mine[k], theirs[k]) for k in mine)
    assert not any(p.requires_grad for p in again.parameters())
    assert not again.training


def test_a_shell_comes_back_from_a_portable_folder(small_shell: HeadShell, tmp_path: Path) -> None:
    state = small_shell.state_dict()
    save_portable(tmp_path / "portable", {"ema": state, "shell": state}, {})
    for path in (tmp_path, tmp_path / "portable"):
        again = graphs.load_shell(path).state_dict()
        assert (again["decoder.enter.weight"] - state["decoder.enter.weight"]).abs().max() < 1e-3


def test_a_folder_without_a_shell_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no trained shell"):
        graphs.load_shell(tmp_path)


def test_other_weights_are_no_shell(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(1)}, str(tmp_path / "best.safetensors"))
    with pytest.raises(RecipeError, match="not those of a shell"):
        graphs.load_shell(tmp_path)


@pytest.mark.parametrize("piece", ["encoder", "field", "renderer", "sampler"])
def test_every_piece_gives_what_it_promises(piece: str, small_shell: HeadShell) -> None:
    spec = graphs.spec(small_shell, piece, real=True)
    with torch.no_grad():
        out = spec.module(*spec.inputs.values())
    assert len(out) == len(spec.outputs)
    assert not spec.module.training
    assert spec.name == f"heads-{piece}"
    assert not spec.commercial


def test_synthetic_heads_alone_make_a_commercial_shell(small_shell: HeadShell) -> None:
    spec = graphs.spec(small_shell, "sampler", real=False)
    assert spec.commercial
    assert [name for name, _ in spec.data] == ["synthetic heads"]


def shipped_sizes() -> dict[str, int]:
    settings = recipes.read("head-shell-cpu", []).settings(Settings)
    return {k: getattr(settings, k) for k in ("encoder_width", "field_width", "decoder_width")}


def test_the_shell_that_ships_can_be_taught_on() -> None:
    shell = HeadShell(**shipped_sizes()).eval()
    graphs.fill_shipped(shell)
    frozen = graphs.load_shell(Path("shipped"))
    mine, theirs = shell.state_dict(), frozen.state_dict()
    assert all(torch.equal(mine[k], theirs[k]) for k in mine)
    assert not any(p.requires_grad for p in frozen.parameters())
    session = Session()
    for piece in ("encoder", "field", "sampler"):
        spec = graphs.spec(shell, piece, real=True)
        torch.manual_seed(3)
        given = {k: v + 0.3 * torch.rand_like(v) for k, v in spec.inputs.items()}
        wanted = session.run(spec.name, {k: v.numpy() for k, v in given.items()})
        with torch.no_grad():
            for name, found in zip(spec.outputs, spec.module(*given.values()), strict=True):
                scale = float(found.abs().max())
                assert abs(found.numpy() - wanted[name]).mean() < 0.01 * scale, (piece, name)


def test_norms_are_named_in_the_order_of_use(small_shell: HeadShell) -> None:
    graph = EncoderGraph(small_shell)
    used: list[str] = []
    for name, part in graph.named_modules():
        if isinstance(part, torch.nn.GroupNorm):
            part.register_forward_hook(lambda *_, name=name: used.append(name))
    with torch.no_grad():
        graph(*graphs.spec(small_shell, "encoder", real=True).inputs.values())
    assert graph.norms == tuple(f"{n}.{kind}" for n in used for kind in ("weight", "bias"))


def test_a_shell_of_another_size_does_not_take_the_shipped_weights() -> None:
    sizes = shipped_sizes() | {"encoder_width": 32}
    with pytest.raises(RecipeError, match="is it a graph of this net"):
        graphs.fill_shipped(HeadShell(**sizes))
