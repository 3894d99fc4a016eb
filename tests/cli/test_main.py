"""The program as a whole: its words, its exit codes, its last net."""

from __future__ import annotations

import errno
import subprocess
import sys

import click
import pytest

from limner import cli, errors


def test_the_module_runs_as_the_program() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "limner.cli", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith("limner ")


def test_every_error_has_an_exit_code_of_the_table() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__]
    codes = {kind: cli.exit_code(kind("x")) for kind in kinds}
    assert set(codes.values()) <= {1, 2, 3, 4, 5, 6}
    assert codes[errors.NoFace] == 5
    assert (
        codes[errors.UnreadablePhoto] == codes[errors.BadShape] == codes[errors.MissingExtra] == 3
    )
    assert codes[errors.OutputError] == 4
    assert codes[errors.RecipeError] == codes[errors.TrainingStopped] == 6
    assert codes[errors.UnknownName] == 2
    assert codes[errors.CorruptWeights] == 1


def test_every_command_has_the_line_of_its_own_page() -> None:
    context = click.Context(cli.group)
    for name, line in cli.COMMANDS.items():
        command = cli.group.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert (command.help or "").splitlines()[0] == line


def test_no_words_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "Commands:" in "".join(capsys.readouterr())


def test_a_stream_that_takes_nothing_more_is_an_output_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("click.echo", full)
    assert cli.main(["info"]) == 4
    assert "Standard output could not be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error", [RuntimeError("odd"), errors.OutputError("full"), errors.NoFace("nobody")]
)
def test_no_error_becomes_a_traceback(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("limner.api.information", fail)
    code = cli.main(["info"])
    heard = capsys.readouterr().err
    assert code == cli.exit_code(error)
    assert "Traceback" not in heard
    assert str(error) in heard
