"""A recipe and a folder of drawings in → the recipe that suits it; a finished run → a style that can be drawn in."""

from __future__ import annotations

import dataclasses
import json
import shutil
from typing import TYPE_CHECKING

from limner.errors import OutputError, RecipeError
from limner.files.atomic import write_bytes
from limner.styles.names import find, forget, names, own_folder
from limner.train import recipe as recipes

if TYPE_CHECKING:
    from pathlib import Path

    from limner.train.recipe import Recipe

__all__ = ["TASK", "keep", "recipe_for"]

#: The task that learns a style of one's own.
TASK = "style_own"
_RECIPE = "style-own"
#: What the folder of the packs holds and a folder of drawings does not.
_PACK = "fs2k.tar"


def recipe_for(recipe: Recipe, data: Path) -> Recipe:
    """Return the recipe to follow: where ``style`` meets a folder of drawings, ``style-own`` with the same changes.

    Raises
    ------
    RecipeError
        If Limner has a style of that name already.
    """
    if recipe.task == "style" and not (data / _PACK).exists():
        base, own = recipes.read("style"), recipes.read(_RECIPE)
        changed = {
            f.name: getattr(recipe, f.name)
            for f in dataclasses.fields(recipe)
            if f.name not in ("task", "table", "about")
            and getattr(recipe, f.name) != getattr(base, f.name)
        }
        recipe = own.changed(**changed)
    if recipe.task == TASK and _is_taken(recipe.name):
        raise RecipeError(
            f"There is a style {recipe.name!r} already that is not of your own making; give yours another name with "
            "--name."
        )
    return recipe


def _is_taken(name: str) -> bool:
    return name in names() and not (own_folder() / name).is_dir()


def keep(pack: Path, name: str, *, side_px: int, drawings: int) -> Path:
    """Write the pack's catalogue entry, and lay the pack where styles of one's own are found by name.

    Parameters
    ----------
    pack : Path
        Holds graph, ledger and card.
    name : str
        Of the style.
    side_px : int
        Side of the aligned crop at which it was taught.
    drawings : int
        How many taught it.

    Returns
    -------
    Path
        The catalogue entry, in the pack.

    Raises
    ------
    OutputError
        If the folder of one's own styles cannot be written.
    """
    entry = pack / f"{name}.toml"
    taught = f"{drawings} drawings of your own"
    lines = {
        "title": f"{name[:1].upper()}{name[1:]}: learnt from {taught}",
        "weight": f"styles-{name}",
        "index": 0,
        "taught_by": taught,
        "side_px": side_px,
        "lines": find("croquis").lines,
    }
    text = "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in lines.items())
    write_bytes(entry, text.encode())
    home = own_folder() / name
    try:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(pack, home)
    except OSError as error:
        raise OutputError(
            f"The style cannot be kept in {home}: {error.strerror or error}."
        ) from error
    forget()
    return entry
