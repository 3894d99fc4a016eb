"""`limner completion`: a shell learns the commands, options and styles."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete
from tests.cli.conftest import Run

from limner import cli


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(run: Run, shell: str) -> None:
    answer = run("completion", shell)
    assert answer.code == 0
    assert "_LIMNER_COMPLETE" in answer.out
    assert run("completion", "tcsh").code == 2


@pytest.mark.usefixtures("desk")
def test_commands_options_and_styles_are_completed() -> None:
    complete = ShellComplete(cli.group, {}, "limner", "_LIMNER_COMPLETE")

    def offered(words: list[str], start: str) -> set[str]:
        return {item.value for item in complete.get_completions(words, start)}

    assert offered([], "li") == {"lines", "licenses"}
    assert "--whole-picture" in offered(["draw"], "--wh")
    assert offered(["draw", "--style"], "h") == {"hatch"}
