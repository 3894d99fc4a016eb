"""Stage I without packs: a run that is missing is said, one that is there opens again, shares sum to one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from limner.errors import RecipeError
from limner.train import recipe as recipes
from limner.train.loops.head_radiance import RadianceGraph, Settings, _net, load_head, shares_of

SMALL = ["size_px=32", "side=16", "code=8", "width=8", "layers=3"]


def test_a_missing_field_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="head-radiance first"):
        load_head(tmp_path)


def test_a_trained_field_opens_with_the_sizes_of_its_recipe(tmp_path: Path) -> None:
    recipe = recipes.read("head-radiance", [f"head_radiance.{change}" for change in SMALL])
    (tmp_path / "recipe.toml").write_text(recipes.as_toml(recipe))
    head = _net(recipe.settings(Settings))
    save_file(head.state_dict(), tmp_path / "best.safetensors")
    again = load_head(tmp_path)
    z, pose = torch.randn(1, 8), torch.tensor([[10.0, 0.0]])
    with torch.no_grad():
        assert torch.equal(head(z, pose)["photo"], again(z, pose)["photo"])
        assert RadianceGraph(head)(z, pose)[1].sum(1).allclose(torch.ones(1, 32, 32))


def test_shares_sum_to_one() -> None:
    shares = shares_of(torch.randint(0, 19, (2, 64, 64)), 32)
    assert shares.shape == (2, 19, 32, 32)
    assert shares.sum(1).allclose(torch.ones(2, 32, 32))
