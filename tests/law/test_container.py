"""The OCI file keeps its promises; no builder is needed to read it (the file itself is built where there is one)."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from limner import cli


@pytest.fixture(scope="module")
def steps(root: Path) -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile, comments left out and lines joined."""
    text = (root / "Containerfile").read_text("utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [(w, rest.strip()) for w, _, rest in (x.partition(" ") for x in text.splitlines()) if w]


def last_stage(steps: list[tuple[str, str]]) -> list[tuple[str, str]]:
    starts = [k for k, (word, _) in enumerate(steps) if word == "FROM"]
    return steps[starts[-1] :]


def test_only_known_instructions_stand_there(steps: list[tuple[str, str]]) -> None:
    known = {"FROM", "WORKDIR", "COPY", "RUN", "LABEL", "ENV", "USER", "VOLUME", "HEALTHCHECK"}
    assert {word for word, _ in steps} <= known | {"ENTRYPOINT", "CMD"}
    assert steps[0][0] == "FROM"


def test_nobody_privileged_runs_it(steps: list[tuple[str, str]]) -> None:
    stage = last_stage(steps)
    words = [word for word, _ in stage]
    (user,) = (rest for word, rest in stage if word == "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    # nothing is installed, and nothing run, by anybody else after that
    assert "RUN" not in words[words.index("USER") :]
    made = next(rest for word, rest in stage if word == "RUN" and "useradd" in rest)
    assert f"--uid {user.split(':')[0]}" in made


def test_a_read_only_root_is_enough(steps: list[tuple[str, str]]) -> None:
    settings = dict(
        pair.split("=", 1)
        for word, rest in last_stage(steps)
        if word == "ENV"
        for pair in shlex.split(rest)
    )
    assert settings["PYTHONDONTWRITEBYTECODE"] == "1"
    # the one folder that is written, and a volume, which stays writable
    home = settings["LIMNER_HOME"]
    stage = last_stage(steps)
    assert [home] == [
        folder for word, rest in stage if word == "VOLUME" for folder in json.loads(rest)
    ]
    made = next(rest for word, rest in stage if word == "RUN" and "useradd" in rest)
    assert f"--owner 10001 --group 10001 {home}" in made


def test_its_commands_are_the_programs_own(steps: list[tuple[str, str]]) -> None:
    stage = dict(last_stage(steps))
    assert json.loads(stage["ENTRYPOINT"]) == ["limner"]
    check = json.loads(stage["HEALTHCHECK"].partition("CMD ")[2])
    assert check[0] == "limner"
    assert check[1] in cli.COMMANDS


def test_what_it_copies_is_there_and_let_in(root: Path, steps: list[tuple[str, str]]) -> None:
    let_in = (root / ".containerignore").read_text("utf-8").splitlines()
    for word, rest in steps:
        if word != "COPY" or rest.startswith("--from"):
            continue
        for name in rest.split()[:-1]:
            assert (root / name).exists(), name
            assert f"!{name.split('/')[0]}" in let_in, name


def test_bases_have_a_full_name_and_a_version(steps: list[tuple[str, str]]) -> None:
    for word, rest in steps:
        if word == "FROM":
            name = rest.split()[0]
            assert name.count("/") >= 2, name
            assert re.search(r":\d", name), name
