"""Every command explains itself."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from limner import cli


def test_every_file_of_the_command_line_is_a_command(root: Path) -> None:
    files = (root / "src" / "limner" / "cli").glob("*.py")
    assert {p.stem for p in files if not p.stem.startswith("_")} == set(cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_command_explains_itself_and_all_its_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([name, "--help"]) == 0
    page = capsys.readouterr().out
    assert f"Usage: limner {name}" in page
    command = cli.group.get_command(click.Context(cli.group), name)
    assert command is not None
    mute = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert not mute, f"options of {name} without a line of help: {mute}"


def test_the_first_page_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    page = capsys.readouterr().out
    assert all(f"  {name} " in page for name in cli.COMMANDS)


def test_help_for_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drwa"]) == 2
    assert "draw" in capsys.readouterr().err
