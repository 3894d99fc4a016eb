"""Where results go: inputs and ``-o`` in → one unclashing name for each result, and bytes kept there."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from limner import api
from limner.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limner.api import Place
    from limner.cli._inputs import Item

__all__ = ["Folders", "Outputs", "Saving"]

_SUFFIX_OF_KIND = {"jpeg": ".jpg"}


@dataclass(frozen=True)
class Saving:
    """Where and as what; the options of the same names."""

    output: str | None = None
    kind: str | None = None


class Outputs:
    """Names for the results of a run.

    Parameters
    ----------
    items : sequence of Item
        All pictures of the run.
    saving : Saving
        ``-o`` and ``--format``.
    kinds : sequence of str
        What the command's first result may be written as, the default first.
    products : int
        How many files each picture gives.
    stdout_taken : bool
        Whether ``--json`` needs stdout.

    Raises
    ------
    click.UsageError
        If several results would go to one file, or pictures and JSON both to stdout.
    OutputError
        If the folder cannot be made.
    """

    def __init__(
        self,
        items: Sequence[Item],
        saving: Saving,
        *,
        kinds: Sequence[str],
        products: int = 1,
        stdout_taken: bool = False,
    ) -> None:
        self._file: str | None = None
        self._folder: Place | None = None
        self._sources = {item.path.resolve() for item in items if item.path is not None}
        output = saving.output
        if output is None and any(item.path is None for item in items):
            output = "-"
        kind = saving.kind
        if output is not None and self._is_file(output):
            self._file = output
            if len(items) * products > 1:
                raise click.UsageError(
                    f"{len(items) * products} files cannot all be written to {output!r}; "
                    "give a folder: -o DIR."
                )
            if output == "-" and stdout_taken:
                raise click.UsageError("--json needs stdout; send the result to a folder: -o DIR.")
            kind = kind or api.KIND_OF_SUFFIX.get(Path(output).suffix.lower())
        elif output is not None:
            self._folder = api.make_folder(api.place(output))
        self.kind = kind or kinds[0]
        if self.kind not in kinds:
            raise click.UsageError(
                f"This command writes {', '.join(kinds)}, not {self.kind}; "
                "choose another name or --format."
            )
        self._items = list(items)
        self._stems, self._notes = _unclashing(items, self._folder)

    @staticmethod
    def _is_file(output: str) -> bool:
        path = api.place(output)
        is_folder = isinstance(path, Path) and path.is_dir()
        return output == "-" or (path.suffix.lower() in api.KIND_OF_SUFFIX and not is_folder)

    @property
    def folder(self) -> Place | None:
        """The folder of results, if one was named."""
        return self._folder

    def stem(self, item: Item) -> str:
        """Return what `item`'s results are called."""
        return self._stems[item]

    def admit(self, items: Sequence[Item]) -> None:
        """Give names to items that came later; the earlier ones keep theirs."""
        self._items += items
        self._sources |= {item.path.resolve() for item in items if item.path is not None}
        self._stems, self._notes = _unclashing(self._items, self._folder)

    def notes_for(self, item: Item) -> tuple[str, ...]:
        """Return what must be said of the name that `item`'s results get."""
        return (self._notes[item],) if item in self._notes and self._file is None else ()

    def save(self, item: Item, data: bytes, *, tail: str, kind: str | None = None) -> str:
        """Write `data` as `item`'s result called `tail` and return the name, ``-`` for stdout.

        Raises
        ------
        OutputError
            If it cannot be written, or would replace one of the run's own inputs.
        """
        target = self._target(item, tail, kind or self.kind)
        if target != "-" and api.place(target).resolve() in self._sources:
            raise OutputError(
                f"{target!r} is itself an input of this run and stays as it is; choose another -o."
            )
        api.write_bytes(target, data)
        return target

    def _target(self, item: Item, tail: str, kind: str) -> str:
        if self._file is not None:
            return self._file
        folder = self._folder or (Path() if item.path is None else item.path.parent)
        return str(folder / f"{self._stems[item]}-{tail}{_SUFFIX_OF_KIND.get(kind, '.' + kind)}")


class Folders:
    """Folders for the results of a run that writes several files for each picture.

    Parameters
    ----------
    items : sequence of Item
        All pictures of the run.
    output : str, optional
        ``-o``.
    tail : str
        What a picture's folder is called after the picture.
    lone : bool
        Whether there is one picture only, whose results then lie in `output` itself.

    Raises
    ------
    OutputError
        If `output` cannot be made.
    """

    def __init__(self, items: Sequence[Item], output: str | None, *, tail: str, lone: bool) -> None:
        self.folder: Place | None = None
        if output is not None:
            self.folder = api.make_folder(api.place(output))
        self._tail = tail
        self._lone = lone
        self._items: list[Item] = []
        self.admit(items)

    def stem(self, item: Item) -> str:
        """Return what `item`'s folder is called after."""
        return self._stems[item]

    def admit(self, items: Sequence[Item]) -> None:
        """Give names to items that came later; the earlier ones keep theirs."""
        self._items += items
        self._stems, self._notes = _unclashing(self._items, self.folder)

    def notes_for(self, item: Item) -> tuple[str, ...]:
        """Return what must be said of the name that `item`'s folder gets."""
        return (self._notes[item],) if item in self._notes else ()

    def made(self, item: Item) -> Place:
        """Return the folder for `item`'s results, made if need be.

        Raises
        ------
        OutputError
            If it cannot be made.
        """
        if self.folder is not None and self._lone:
            return self.folder
        around = self.folder or (Path() if item.path is None else item.path.parent)
        return api.make_folder(around / f"{self._stems[item]}-{self._tail}")


def _unclashing(
    items: Sequence[Item], folder: Place | None
) -> tuple[dict[Item, str], dict[Item, str]]:
    """Give each item a stem of its own within its folder, and a note where that is not its natural one."""
    stems: dict[Item, str] = {}
    notes: dict[Item, str] = {}
    natural = [_natural(item) for item in items]
    homes = [folder or (Path() if item.path is None else item.path.parent) for item in items]
    taken: set[tuple[Place, str]] = set()
    wanted = {(home, _key(stem)) for home, stem in zip(homes, natural, strict=True)}
    for item, home, stem in zip(items, homes, natural, strict=True):
        name, number = stem, 1
        while (home, _key(name)) in taken or (number > 1 and (home, _key(name)) in wanted):
            number += 1
            name = f"{stem}-{number}"
        taken.add((home, _key(name)))
        stems[item] = name
        if number > 1:
            notes[item] = (
                f"Another input is called {stem!r} too, so this one's results are called {name!r}."
            )
    return stems, notes


def _natural(item: Item) -> str:
    if item.path is not None:
        return item.path.stem
    return "stdin" if item.label == "-" else item.label


def _key(stem: str) -> str:
    # Some file systems hold Me.png and me.png, or two spellings of é, to be one name.
    return unicodedata.normalize("NFC", stem).casefold()
