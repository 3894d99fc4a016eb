"""The command line: words in → a verb of ``limner.api`` runs → files, talk on stderr, and one exit code.

One file is one command of the same name; a file that begins with an underscore is no command. Nothing here imports a
command before it is called for, so that ``limner --version`` and ``limner --help`` answer at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from limner import errors
from limner.cli._signals import Interrupted, interruptible
from limner.cli._talk import Talk, bug_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "EXIT_CODES", "exit_code", "main"]

#: Every command and its line in ``limner --help``, in the order in which people need them.
COMMANDS: dict[str, str] = {
    "draw": "Draw the people in photographs in an artist's manner.",
    "lines": "Draw pictures as clean lines, without a network's hand.",
    "plot": "Trace pictures into pen strokes in millimetres for a plotter.",
    "compose": "Turn drawings of faces into photographs of people who never lived.",
    "orbit": "Walk around a head: photograph, map of parts and depth from every side.",
    "head": "Make a head that can be turned and changed, and keep it as a file.",
    "mix": "Give the head A some parts of the head B.",
    "edit": "Change a head by painting on its map of classes: longer hair, fuller lips, no glasses.",
    "faces": "List the faces in pictures: box, score and angles.",
    "parse": "Write a map of hair, skin, eyes and the other parts.",
    "styles": "List the styles to draw in.",
    "weights": "List the networks: licence, teachers, scores.",
    "licenses": "List the licences of everything that runs.",
    "studio": "Open the studio: draw, sketch and turn heads in a browser on this machine.",
    "train": "Teach a network from drawings or photographs.",
    "score": "Judge drawings: how near they are to an artist's, and which of two people prefer.",
    "doctor": "Check this installation and say what to mend.",
    "info": "Tell versions, folders and limits.",
    "completion": "Print the script that completes commands in a shell.",
}

#: What each error is to the shell, the first match counts; 2 (usage) is click's own, 130 and 143 are signals.
EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (errors.NoFace, 5),
    (errors.RecipeError, 6),
    (errors.TrainingStopped, 6),
    (errors.OutputError, 4),
    (errors.UnknownName, 2),
    (errors.InputError, 3),
    # The one extra that a picture can need is a decoder, so its absence is a matter of the input.
    (errors.MissingExtra, 3),
    (errors.LimnerError, 1),
)


def exit_code(error: BaseException) -> int:
    """Return the exit code that `error` ends the program with.

    Examples
    --------
    >>> from limner.errors import NoFace, UnreadablePhoto, WeightsError
    >>> [exit_code(kind("x")) for kind in (NoFace, UnreadablePhoto, WeightsError, KeyError)]
    [5, 3, 1, 1]
    """
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), 1)


class LazyGroup(click.Group):
    """A group that knows its commands' names and lines, and imports a command only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"limner.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - our own modules, not a user's
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name those that are spelled alike."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(str(errors.UnknownName.among("command", args[0], COMMANDS)))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from limner import __version__

        click.echo(f"limner {__version__}")
        ctx.exit()


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 some files failed, 2 usage, 3 input, 4 output, 5 no face, 6 training, "
    "130 interrupted.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Say the version and exit.",
)
def group() -> None:
    """Limner: a photograph goes in, an artist's drawing comes out; offline, on an ordinary CPU."""


def main(args: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    args : sequence of str, optional
        The words after the program's name; None takes the process's own.

    Returns
    -------
    int
        The exit code.
    """
    talk = Talk()
    try:
        with interruptible():
            result = group.main(
                None if args is None else list(args), "limner", standalone_mode=False, obj=talk
            )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Interrupted as error:
        talk.error("Interrupted. What was finished is whole; nothing is half written.")
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last net: a sentence instead of a traceback
        known = _known(error)
        talk.error(str(known) if known else bug_sentence(error), cause=error)
        return exit_code(known or error)
    return result if isinstance(result, int) else 0


def _known(error: Exception) -> errors.LimnerError | None:
    """Return `error` as one of Limner's own, None if nobody foresaw it."""
    if isinstance(error, errors.LimnerError):
        return error
    # Files come with a name and a sentence; an error without is the stream that data goes to.
    if isinstance(error, OSError) and error.filename is None and error.errno is not None:
        return errors.OutputError(f"Standard output could not be written: {error.strerror}.")
    return None
