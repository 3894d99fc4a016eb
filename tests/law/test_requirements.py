"""Extras may be installed in any order: what they ask for never contradicts what another asked for before."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

#: Distributions that bring the same module: the one that is installed last would overwrite the other's files.
RIVALS = (
    {"opencv-python", "opencv-python-headless", "opencv-contrib-python"},
    {"onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino"},
    {"pillow", "pillow-simd"},
    {"pi-heif", "pillow-heif"},
    {"openvino", "openvino-nightly"},
)


@pytest.fixture(scope="module")
def groups(root: Path) -> dict[str, list[Requirement]]:
    """Return what the core and each extra ask for, by the group's name."""
    told = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {"core": told["dependencies"], **told["optional-dependencies"]}
    return {name: [Requirement(word) for word in words] for name, words in asked.items()}


@pytest.fixture(scope="module")
def pins(root: Path) -> dict[str, Version]:
    """Return the versions that are tested together."""
    rows = (root / "constraints.txt").read_text("utf-8").splitlines()
    found = [Requirement(row) for row in rows if row.strip() and not row.startswith("#")]
    return {
        canonicalize_name(one.name): Version(next(iter(one.specifier)).version) for one in found
    }


def outside(one: Requirement) -> bool:
    return canonicalize_name(one.name) != "limner"


def test_51_one_tested_version_serves_all_who_ask_for_a_package(
    groups: dict[str, list[Requirement]], pins: dict[str, Version]
) -> None:
    asked = [(group, one) for group, words in groups.items() for one in words if outside(one)]
    tested = [
        (group, one, pins[name])
        for group, one in asked
        if (name := canonicalize_name(one.name)) in pins
    ]
    assert {group for group, *_ in tested} >= {"core", "studio", "train", "openvino", "heic"}
    assert [
        f"{group}: {one} leaves out {pin}"
        for group, one, pin in tested
        if not one.specifier.contains(pin, prereleases=True)
    ] == []


def test_51_no_extra_forbids_what_a_later_one_may_bring(
    groups: dict[str, list[Requirement]],
) -> None:
    closed = [
        f"{group}: {one}"
        for group, words in groups.items()
        for one in words
        if any(part.operator not in (">=", ">", "!=") for part in one.specifier)
    ]
    assert closed == []


def test_51_no_two_extras_bring_the_same_module(groups: dict[str, list[Requirement]]) -> None:
    names = {canonicalize_name(one.name) for words in groups.values() for one in words}
    assert [sorted(rivals & names) for rivals in RIVALS if len(rivals & names) > 1] == []


def test_51_an_extra_of_extras_names_extras_that_there_are(
    groups: dict[str, list[Requirement]],
) -> None:
    within = {one for words in groups.values() for one in words if not outside(one)}
    named = set(itertools.chain.from_iterable(one.extras for one in within))
    assert named
    assert named <= set(groups) - {"core"}
