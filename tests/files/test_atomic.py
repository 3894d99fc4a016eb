from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from limner.errors import OutputError
from limner.files import sweep, write_bytes

NAMES = ["x.png", "with space.png", "é 한글 🎨.png", "-x.png", "x" * 236 + ".png"]


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_made_and_replaced_whole(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_bytes(path, b"old")
    write_bytes(str(path), b"new" * 1000)
    assert path.read_bytes() == b"new" * 1000
    assert names(tmp_path) == [name]


def test_a_new_file_has_the_users_mode_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / "twin").touch()
    write_bytes(tmp_path / "x", b"a")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "twin").stat().st_mode
    (tmp_path / "x").chmod(0o604)
    write_bytes(tmp_path / "x", b"b")
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o604


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_dash_is_standard_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", out)
    write_bytes("-", b"\x89PNG")
    assert out.buffer.getvalue() == b"\x89PNG"
    assert not names(tmp_path)


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_bytes(os.devnull, b"abc")
    assert not Path(os.devnull).is_file()


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_bytes(tmp_path / "pipe", b"abc")
    assert os.read(reader, 10) == b"abc"
    os.close(reader)
    assert names(tmp_path) == ["pipe"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("folder.png", "it is a folder"),
        ("none/x.png", "its folder does not exist"),
        ("file/x.png", "a part of its path is a file"),
        ("x" * 300, "its name is too long"),
        ("a\0b", "null"),
    ],
)
def test_a_target_that_cannot_be_is_refused_in_words(
    tmp_path: Path, target: str, words: str
) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(OutputError, match=words):
        write_bytes(str(tmp_path / target), b"new")
    assert names(tmp_path) == ["file", "folder.png"]
    assert not names(tmp_path / "folder.png")


@pytest.mark.parametrize("step", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "you may not write there"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_wherever_writing_fails_the_old_file_stays_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, words: str
) -> None:
    (tmp_path / "x.png").write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        if step == "replace":
            patch.setattr(Path, "replace", fail)
        else:
            patch.setattr(os, step, fail)
        with pytest.raises(OutputError, match=words) as caught:
            write_bytes(tmp_path / "x.png", b"new")
    assert "x.png" in str(caught.value)
    assert (tmp_path / "x.png").read_bytes() == b"old"
    assert names(tmp_path) == ["x.png"]


def test_an_interruption_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.png").write_bytes(b"old")
    real: Any = os.write

    def stop(number: int, data: memoryview) -> int:
        real(number, data[:2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", stop)
        with pytest.raises(KeyboardInterrupt):
            write_bytes(tmp_path / "x.png", b"newer")
    assert (tmp_path / "x.png").read_bytes() == b"old"
    assert names(tmp_path) == ["x.png"]


def test_a_file_marked_read_only_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.png").write_bytes(b"old")
    (tmp_path / "x.png").chmod(0o444)
    # For root, whom no mark stops, the answer is given by hand.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="you may not write there"):
        write_bytes(tmp_path / "x.png", b"new")
    assert (tmp_path / "x.png").read_bytes() == b"old"


def test_13_a_real_limit_of_the_system_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"old")
    code = (
        "import resource, sys\n"
        "from limner.files.atomic import write_bytes\n"
        "from limner.errors import OutputError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try: write_bytes(sys.argv[1], bytes(5000))\n"
        "except OutputError as error: print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, "-B", "-c", code, str(tmp_path / "x.png")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "larger than is allowed" in result.stdout
    assert (tmp_path / "x.png").read_bytes() == b"old"
    assert names(tmp_path) == ["x.png"]


def test_what_a_killed_writer_left_is_swept_and_what_is_being_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".limner-0123456789abcdef.tmp").write_bytes(b"half a pict")
    (tmp_path / "mine.tmp").write_bytes(b"not Limner's")
    seen = []
    real = os.write

    def writing(number: int, data: memoryview) -> int:
        seen.append((sweep(tmp_path), len(names(tmp_path))))
        return real(number, data)

    monkeypatch.setattr(os, "write", writing)
    write_bytes(tmp_path / "x.png", b"new")
    assert seen == [(1, 2)]
    assert names(tmp_path) == ["mine.tmp", "x.png"]
    assert sweep(tmp_path / "nowhere") == 0
