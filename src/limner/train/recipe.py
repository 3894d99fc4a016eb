"""A recipe file and changes to it in → a checked, frozen `Recipe`, and back to TOML.

::

    name = "parse"            # how the run and its folder are called
    task = "parse"            # limner.train.loops.parse
    steps = 20000
    batch = 12

    [parse]                   # the task's own table, checked by its `Settings`
    size_px = 256
"""

from __future__ import annotations

import dataclasses
import json
import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from limner.errors import RecipeError, UnknownName

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["Recipe", "as_toml", "names", "read", "resolve"]

_S = TypeVar("_S")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a training, apart from the data itself.

    Parameters
    ----------
    name, task : str
        How the run is called; which file of ``limner.train.loops`` is driven.
    about : str
        One line for people.
    seed : int
        Decides first weights, batches and noise.
    steps : int
        Steps of the whole training.
    batch : int
        Pictures in one draw of the sampler.
    shards : int
        Draws in a step; several processes share them, one process takes them in turn, with the
        same result.
    lr : float
        Full learning rate, for the task's `optimizers`.
    schedule : {"constant", "cosine", "linear"}
        How the rate falls to `lr_floor` × full between the end of the warm-up and `steps`.
    warmup_steps : int
        Steps over which the rate rises from 0.
    lr_floor : float
        Share of the full rate that is left at the end.
    precision : {"auto", "bf16", "f32", "f64"}
        "auto" takes bf16 where the machine computes in it quickly, else f32.
    ema_half_life_pictures : float
        Half-life of the moving average of the weights; 0 turns averaging off.
    ema_ramp : float
        Early on the half-life is at most this share of the pictures seen.
    grad_clip : float
        Largest norm of each optimiser's gradient; 0 leaves it alone.
    nan : {"stop", "skip"}
        What a loss or gradient that is no number does: end the training, or lose that turn.
    workers : int
        Processes that make batches; 0 makes them in the loop itself.
    checkpoint_every_s : float
        Seconds between checkpoints.
    validate_every, sample_every, log_every : int
        Steps between validations, contact sheets and rows of the log; 0 = never.
    best_metric : str
        The validation number by which the best weights are kept; "" keeps none.
    best_goal : {"max", "min"}
        Which way that number is better.
    table : mapping
        The task's own settings, as read.
    """

    name: str
    task: str
    steps: int
    about: str = ""
    seed: int = 0
    batch: int = 8
    shards: int = 1
    lr: float = 1e-3
    schedule: Literal["constant", "cosine", "linear"] = "constant"
    warmup_steps: int = 0
    lr_floor: float = 0.0
    precision: Literal["auto", "bf16", "f32", "f64"] = "auto"
    ema_half_life_pictures: float = 10_000
    ema_ramp: float = 0.2
    grad_clip: float = 0.0
    nan: Literal["stop", "skip"] = "stop"
    workers: int = 1
    checkpoint_every_s: float = 300
    validate_every: int = 1000
    sample_every: int = 1000
    log_every: int = 50
    best_metric: str = ""
    best_goal: Literal["max", "min"] = "max"
    table: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        _least(self, 1, "steps", "batch", "shards")
        _least(self, 0, "seed", "lr", "warmup_steps", "lr_floor", "grad_clip", "workers")
        _least(self, 0, "ema_half_life_pictures", "ema_ramp", "checkpoint_every_s")
        _least(self, 0, "validate_every", "sample_every", "log_every")
        if not self.name or not all(c.isalnum() or c in "-_" for c in self.name):
            raise RecipeError(f"The recipe's name is {self.name!r}; use letters, digits, - and _.")

    def settings(self, kind: type[_S]) -> _S:
        """Return the task's table as its own dataclass.

        Parameters
        ----------
        kind : type
            A frozen dataclass whose fields all have defaults or stand in the table.

        Raises
        ------
        RecipeError
            If the table has an unknown key, lacks one, or a value has the wrong type.
        """
        return _checked(kind, self.table, f"[{self.task}]")

    def changed(self, **values: Any) -> Recipe:
        """Return a copy with other values."""
        return dataclasses.replace(self, **values)


def names() -> tuple[str, ...]:
    """Return the names of the recipes that come with Limner, sorted."""
    folder = resources.files("limner.train") / "recipes"
    if not folder.is_dir():
        return ()
    return tuple(sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".toml")))


def read(source: str | PathLike[str], changes: Sequence[str] = ()) -> Recipe:
    """Return the recipe of that name or file, with changes.

    Parameters
    ----------
    source : str or path
        A name from `names`, or the path of a ``.toml``.
    changes : sequence of str
        ``key=value``; the value is read as TOML, else taken as text. ``parse.size_px=128`` reaches
        the task's table.

    Raises
    ------
    RecipeError
        If there is no such recipe, the file is no TOML, or a key or value is wrong.
    """
    values = _parse(_text(source), str(source))
    for change in changes:
        _apply(values, change)
    return _from_values(values)


def resolve(recipe: Recipe) -> Recipe:
    """Return the recipe with every default of its task's table filled in, all keys checked.

    Imports the task (and with it torch).
    """
    from limner.train.loops.task import module_of

    kind = getattr(module_of(recipe.task), "Settings", None)
    if kind is None:
        if recipe.table:
            raise RecipeError(f"The task {recipe.task!r} takes no table; remove [{recipe.task}].")
        return recipe
    return recipe.changed(table=dataclasses.asdict(recipe.settings(kind)))


def as_toml(recipe: Recipe) -> str:
    """Return the recipe as TOML, which `read` turns back into an equal one."""
    lines = [
        f"{f.name} = {_literal(getattr(recipe, f.name))}"
        for f in dataclasses.fields(recipe)
        if f.name != "table"
    ]
    if recipe.table:
        lines += ["", f"[{recipe.task}]"]
        lines += [f"{k} = {_literal(v)}" for k, v in recipe.table.items()]
    return "\n".join(lines) + "\n"


def _text(source: str | PathLike[str]) -> str:
    path = Path(source)
    if path.suffix != ".toml":
        if str(source) not in names():
            raise RecipeError(str(UnknownName.among("recipe", str(source), names())))
        return (resources.files("limner.train") / "recipes" / f"{source}.toml").read_text("utf-8")
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"The recipe {path} cannot be read: {error}.") from error


def _parse(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"The recipe {source} is not TOML: {error}.") from error


def _apply(values: dict[str, Any], change: str) -> None:
    key, equals, raw = change.partition("=")
    if not equals or not key.strip():
        raise RecipeError(f"The change {change!r} is not key=value, for example lr=0.001.")
    try:
        value = tomllib.loads(f"v = {raw}")["v"]
    except tomllib.TOMLDecodeError:
        value = raw.strip()
    *tables, last = key.strip().split(".")
    target = values
    for table in tables:
        target = target.setdefault(table, {})
        if not isinstance(target, dict):
            raise RecipeError(f"The change {change!r} goes into {table!r}, which is no table.")
    target[last] = value


def _from_values(values: dict[str, Any]) -> Recipe:
    task = values.get("task")
    plain = {k: v for k, v in values.items() if k != task}
    if "table" in plain:
        raise RecipeError(f"There is no key 'table'; the task's own table is [{task}].")
    table = values.get(task, {}) if isinstance(task, str) else {}
    if not isinstance(table, dict):
        raise RecipeError(f"{task!r} is {table!r}, wanted a table [{task}].")
    return _checked(Recipe, {**plain, "table": table}, "the recipe")


def _checked(kind: type[_S], values: Mapping[str, Any], where: str) -> _S:
    """Return `kind(**values)` with every key and type checked."""
    if not dataclasses.is_dataclass(kind):
        raise TypeError(f"{kind} is no dataclass.")
    fields = {f.name: f for f in dataclasses.fields(kind)}
    for key in values:
        if key not in fields:
            known = sorted(set(fields) - {"table"})
            raise RecipeError(f"In {where}: {UnknownName.among('key', key, known)}")
    needed = (n for n, f in fields.items() if f.default is f.default_factory is dataclasses.MISSING)
    missing = [n for n in needed if n not in values]
    if missing:
        raise RecipeError(f"In {where} these keys are missing: {', '.join(missing)}.")
    hints = typing.get_type_hints(kind)
    return kind(**{k: _fitted(v, hints[k], f"{k} in {where}") for k, v in values.items()})


def _fitted(value: Any, hint: Any, what: str) -> Any:
    """Return `value` as `hint` wants it: ints become floats, lists tuples; all else must match."""
    origin = typing.get_origin(hint)
    fits: bool
    if origin is Literal:
        fits = value in typing.get_args(hint)
    elif origin in (types.UnionType, typing.Union):
        return _first_fit(value, hint, what)
    elif origin is tuple:
        return _fitted_tuple(value, hint, what)
    elif hint is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        value = float(value) if fits else value
    elif hint is int:
        fits = isinstance(value, int) and not isinstance(value, bool)
    elif hint is Any:
        fits = True
    else:
        fits = isinstance(value, dict if origin is Mapping or origin is dict else (origin or hint))
    if not fits:
        raise RecipeError(f"{what} is {value!r}, wanted {_said(hint)}.")
    return value


def _first_fit(value: Any, hint: Any, what: str) -> Any:
    for option in typing.get_args(hint):
        try:
            return _fitted(value, option, what)
        except RecipeError:
            continue
    raise RecipeError(f"{what} is {value!r}, wanted {_said(hint)}.")


def _fitted_tuple(value: Any, hint: Any, what: str) -> tuple[Any, ...]:
    inner = typing.get_args(hint)
    if not isinstance(value, list | tuple):
        raise RecipeError(f"{what} is {value!r}, wanted a list.")
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_fitted(v, inner[0], what) for v in value)
    if len(inner) != len(value):
        raise RecipeError(f"{what} holds {len(value)} values, wanted {len(inner)}.")
    return tuple(_fitted(v, i, what) for v, i in zip(value, inner, strict=True))


def _said(hint: Any) -> str:
    if typing.get_origin(hint) is Literal:
        return "one of " + ", ".join(repr(a) for a in typing.get_args(hint))
    plain = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
    return plain.get(hint, str(hint))


def _least(recipe: Recipe, low: float, *keys: str) -> None:
    for key in keys:
        if not getattr(recipe, key) >= low:
            raise RecipeError(f"{key} is {getattr(recipe, key)}, wanted at least {low}.")


def _literal(value: Any) -> str:
    """Return a TOML literal of a value that came from TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_literal(v) for v in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {_literal(v)}" for k, v in value.items()) + "}"
    raise RecipeError(f"{value!r} of type {type(value).__name__} cannot be written into a recipe.")
