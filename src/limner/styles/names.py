"""Which styles there are: a name, a blend or a style file in → `Style` and weights of the styles in its network."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Literal

from limner.errors import BadShape, RecipeError, UnknownName
from limner.records import Style
from limner.weights import session
from limner.weights.ledger import row

__all__ = ["blend", "find", "forget", "names", "own_folder"]

_GROUP = "limner.styles"
#: The tools, each with its own way of making strokes at full size.
_MANNERS = ("ink", "pencil", "graphite", "charcoal", "pen", "oil")


def _from_table(name: str, table: dict[str, Any], *, ledger: str = "") -> Style:
    try:
        return Style(
            name=name,
            title=str(table["title"]),
            weight=str(table.get("weight", "")),
            index=int(table.get("index", 0)),
            taught_by=str(table.get("taught_by", "")),
            side_px=int(table.get("side_px", 256)),
            ledger=ledger,
            manner=_manner(str(table.get("manner", "ink"))),
            through=str(table.get("through", "")),
            lines=_engine(str(table.get("lines", "flow"))),
            by_rule=bool(table.get("by_rule", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RecipeError(f"The style {name!r} misses or misnames {error}.") from error


def _manner(name: str) -> str:
    if name not in _MANNERS:
        raise ValueError(f"manner = {name!r}; there are {', '.join(_MANNERS)}")
    return name


def _engine(name: str) -> Literal["flow", "learned"]:
    if name == "flow":
        return "flow"
    if name == "learned":
        return "learned"
    raise ValueError(f"lines = {name!r}; there are flow and learned")


def _read(path: Path) -> Style:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(f"The style file {path} cannot be read: {error}.") from error
    ledger = path.parent / "ledger.toml"
    return _from_table(path.stem, table, ledger=str(ledger) if ledger.exists() else "")


def own_folder() -> Path:
    """Return where styles that were taught on this machine lie: ``<name>/<name>.toml``, each beside its graph."""
    home = os.environ.get("LIMNER_HOME")
    if home:
        return Path(home) / "styles"
    import platformdirs

    return Path(platformdirs.user_data_dir("limner")) / "styles"


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Style]:
    folder = resources.files("limner.styles") / "catalogue"
    found = {}
    for entry in folder.iterdir():
        if entry.name.endswith(".toml"):
            name = entry.name.removesuffix(".toml")
            found[name] = _from_table(name, tomllib.loads(entry.read_text(encoding="utf-8")))
    for point in metadata.entry_points(group=_GROUP):
        found.setdefault(point.name, _read(Path(str(point.load()))))
    for path in sorted(own_folder().glob("*/*.toml")):
        if path.stem == path.parent.name:  # beside it lies a ledger.toml, which is no style
            found.setdefault(path.stem, _read(path))
    return dict(sorted(found.items()))


def forget() -> None:
    """Look for styles anew when one is asked for next: a new one was taught."""
    _catalogue.cache_clear()


def names() -> tuple[str, ...]:
    """Return the names of all styles, sorted."""
    return tuple(_catalogue())


def find(name: str) -> Style:
    """Return one style.

    Parameters
    ----------
    name : str
        A name, the path of a style's ``.toml``, or a blend ``"croquis:0.6,hatch:0.4"`` (the heaviest style
        of the blend is returned, under the blend's name).

    Raises
    ------
    UnknownName
        If there is no such style; near matches are named.
    RecipeError
        If a style file cannot be read.
    """
    if name.endswith(".toml"):
        return _read(Path(name))
    if name in _catalogue():
        return _permitted(_catalogue()[name])
    if ":" in name or "," in name:
        shares = blend(name)
        first = find(max(shares, key=lambda n: shares[n]))
        return Style(
            name,
            f"Blend of {' and '.join(shares)}",
            first.weight,
            first.index,
            first.taught_by,
            first.side_px,
            first.ledger,
            first.manner,
            first.through,
            first.lines,
        )
    raise UnknownName.among("style", name, names())


def _permitted(style: Style) -> Style:
    """Return a style without its network, where that may not be used and the style can do without."""
    if not (style.by_rule and style.weight and not style.ledger and session().commercial_only):
        return style
    if row(style.weight).commercial:
        return style
    return replace(style, weight="", through="", lines="flow", taught_by="nobody: drawn by rule")


def blend(name: str) -> dict[str, float]:
    """Return the shares of the styles that `name` asks for; they sum to 1.

    Parameters
    ----------
    name : str
        ``"hatch"`` or ``"croquis:0.6,hatch:0.4"``.

    Raises
    ------
    UnknownName
        If a style of the blend does not exist.
    BadShape
        If a share is no positive number, or the styles come from different networks.

    Examples
    --------
    >>> blend("croquis:3,hatch:1")
    {'croquis': 0.75, 'hatch': 0.25}
    """
    if (":" not in name and "," not in name) or name.endswith(".toml"):
        return {name: 1.0}
    shares: dict[str, float] = {}
    for piece in name.split(","):
        part, _, share = piece.strip().partition(":")
        if part not in _catalogue():
            raise UnknownName.among("style", part, names())
        try:
            amount = float(share or 1)
        except ValueError:
            amount = -1.0
        if not 0 < amount < 1e6:
            raise BadShape(
                f"The blend {name!r} gives {part} the share {share!r}; want a positive number."
            )
        shares[part] = shares.get(part, 0.0) + amount
    if len({find(n).weight for n in shares}) > 1:
        raise BadShape(
            f"The styles of the blend {name!r} come from different networks; blend within one."
        )
    total = sum(shares.values())
    return {n: v / total for n, v in shares.items()}
