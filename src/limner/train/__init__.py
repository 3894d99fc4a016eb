"""Teaching the networks: data and a recipe in → a graph that ``limner.weights`` opens.

The only room that imports torch, and it does so only when something is asked of it: importing this
module costs nothing. What the command line (``limner train``) needs:

- ``recipe_names() -> tuple[str, ...]``
- ``read_recipe(source, changes=()) -> Recipe``: by name or path, with ``key=value`` changes
- ``dry_run(recipe) -> str``: the whole recipe as TOML, the task's own keys checked
- ``train(recipe, *, data, out=None, machine=None, options=None, report=None) -> Result``
- ``export_run(run, *, data=None, out=None) -> Path``: graph, ledger row and card of a run
- ``label_folder(photos, *, teachers, out, report=None) -> LabelResult``: a user's photographs
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from limner.train.commands import (
        dry_run,
        export_run,
        label_folder,
        read_recipe,
        recipe_names,
        train,
    )
    from limner.train.loops.job import Machine, Options, Progress, Result
    from limner.train.recipe import Recipe

__all__ = [
    "Machine",
    "Options",
    "Progress",
    "Recipe",
    "Result",
    "dry_run",
    "export_run",
    "label_folder",
    "read_recipe",
    "recipe_names",
    "train",
]

__getattr__, __dir__, _ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "commands": [
            "dry_run",
            "export_run",
            "label_folder",
            "read_recipe",
            "recipe_names",
            "train",
        ],
        "loops.job": ["Machine", "Options", "Progress", "Result"],
        "recipe": ["Recipe"],
    },
)
