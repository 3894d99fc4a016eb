"""Checkpoints: the newest sound one is found, two are kept, nothing but values is unpickled."""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from limner.errors import OutputError, TrainingStopped
from limner.train.loops import checkpoint

pytestmark = pytest.mark.train


def save(folder: Path, *steps: int) -> None:
    for step in steps:
        checkpoint.save(folder, step, {"step": step, "w": torch.full((3,), float(step))})


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    state = {"step": 1, "deep": {"a": [1.5, float("inf")], "w": torch.randn(2, 3)}, "none": None}
    checkpoint.save(tmp_path / "new", 1, state)
    found = checkpoint.newest(tmp_path / "new")
    assert found is not None
    assert torch.equal(found["deep"]["w"], state["deep"]["w"])  # type: ignore[index]
    assert found["deep"]["a"] == [1.5, float("inf")]


def test_the_last_two_are_kept(tmp_path: Path) -> None:
    save(tmp_path, 8, 9, 10, 11)
    assert [int(p.name[5:14]) for p in checkpoint.found(tmp_path)] == [11, 10]


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_newest_gives_way_to_the_one_before(damage: str, tmp_path: Path) -> None:
    save(tmp_path, 1, 2)
    path = checkpoint.found(tmp_path)[0]
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 1
    path.write_bytes(
        {"cut": bytes(data[: len(data) // 2]), "flip": bytes(data), "empty": b""}[damage]
    )
    found = checkpoint.newest(tmp_path)
    assert found is not None
    assert found["step"] == 1


def test_nothing_sound_left_is_said_and_not_begun_anew(tmp_path: Path) -> None:
    assert checkpoint.newest(tmp_path / "none") is None
    save(tmp_path, 1)
    checkpoint.found(tmp_path)[0].write_bytes(b"x")
    with pytest.raises(TrainingStopped, match=r"All 1 checkpoints .* damaged"):
        checkpoint.newest(tmp_path)


def test_code_in_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    class Payload:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "marker",)

    stream = io.BytesIO()
    torch.save({"step": 1, "x": Payload()}, stream)
    data = stream.getvalue()
    digest = hashlib.sha256(data).hexdigest()[:16]
    (tmp_path / f"step-000000001-{digest}.pt").write_bytes(data)
    with pytest.raises(pickle.UnpicklingError):
        checkpoint.newest(tmp_path)
    assert not (tmp_path / "marker").exists()


def test_a_failed_write_leaves_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, 1, 2)

    def full(path: Path, data: bytes) -> None:
        raise OutputError("The disk is full.")

    monkeypatch.setattr(checkpoint, "write_bytes", full)
    with pytest.raises(OutputError):
        save(tmp_path, 3)
    assert len(checkpoint.found(tmp_path)) == 2
