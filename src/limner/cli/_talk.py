"""Talking to people: sentences in → stderr, so that stdout holds nothing but data."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass

__all__ = ["Talk", "bug_sentence", "printable", "table"]


@dataclass
class Talk:
    """How much is said.

    Parameters
    ----------
    quiet : bool
        Say nothing but errors.
    verbose : bool
        Say more, and show the traceback of an error.
    """

    quiet: bool = False
    verbose: bool = False

    def say(self, text: str) -> None:
        """Say what was done."""
        if not self.quiet:
            _to_stderr(text)

    def detail(self, text: str) -> None:
        """Say what only the curious want."""
        if self.verbose and not self.quiet:
            _to_stderr(text)

    def error(self, text: str, *, cause: BaseException | None = None) -> None:
        """Say what went wrong; with ``-v`` show where."""
        if self.verbose and cause is not None:
            traceback.print_exception(cause, file=sys.stderr)
        _to_stderr(f"limner: {text}")


def _to_stderr(text: str) -> None:
    # Not click.echo: it writes past whatever stands in for stderr while a progress bar is shown.
    print(printable(text), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    r"""Return `text` as any terminal takes it: file names may hold bytes that are no characters.

    Examples
    --------
    >>> printable("한\udcff")
    '한\\udcff'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def bug_sentence(error: BaseException) -> str:
    """Return the sentence for an error that nobody foresaw.

    Examples
    --------
    >>> bug_sentence(ZeroDivisionError("division by zero"))
    'A fault of Limner itself: ZeroDivisionError: division by zero. Please report it with what -v shows.'
    """
    if isinstance(error, MemoryError):
        return "The memory ran out; --max-side makes the work smaller."
    first_line = (str(error).splitlines() or ["no message"])[0].rstrip(".")
    return (
        f"A fault of Limner itself: {type(error).__name__}: {first_line}. "
        "Please report it with what -v shows."
    )


def table(rows: list[tuple[str, ...]]) -> str:
    """Return `rows` as text in aligned columns; the first row is the heading.

    Examples
    --------
    >>> print(table([("name", "licence"), ("faces-detect", "MIT")]))
    name          licence
    faces-detect  MIT
    """
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
