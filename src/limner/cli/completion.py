"""``limner completion``: a shell's name in → the script that completes Limner's commands in it."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

__all__ = ["command"]


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the script that completes commands in a shell.

    For bash: add `eval "$(limner completion bash)"` to the file .bashrc in your home folder; for fish, save the output
    as completions/limner.fish in fish's own folder.
    """
    from limner.cli import group

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - the choice above names click's own shells
    click.echo(kind(group, {}, "limner", "_LIMNER_COMPLETE").source())
    return 0
