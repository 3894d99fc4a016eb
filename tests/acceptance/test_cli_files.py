"""Whatever a file is called and wherever it lies, results are whole or absent (tests 12, 13, 14)."""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.acceptance.program import command, needs_networks, save, small

from limner import cli

NAMES = [
    "with spaces.jpg",
    "été à Łódź.jpg",
    "한글 초상.jpg",
    "🎨🖊.jpg",
    "-leading.jpg",
    "new\nline.jpg",
    "quote'\"$(x).jpg",
    "no suffix",
    "a.b.c.jpg",
    "[brackets]*.jpg",
    "n" * 236 + ".jpg",
]


@needs_networks
@pytest.mark.parametrize("name", NAMES, ids=lambda n: n[:12].encode("ascii", "replace").decode())
def test_12_any_name_is_read_and_written(name: str, samples: Path, tmp_path: Path) -> None:
    folder = tmp_path / "x.png"
    folder.mkdir()
    picture = small(samples / "curls-001.jpg")
    source = save(picture, tmp_path / "plain.jpg").rename(tmp_path / name)
    assert cli.main(["draw", "-q", "-o", str(folder), "--", str(source)]) == 0
    written = folder / f"{source.stem}-croquis.png"
    with Image.open(written) as image:
        assert image.size == (picture.shape[1], picture.shape[0])
    assert [p.name for p in folder.iterdir()] == [written.name]


@needs_networks
def test_12_a_name_that_begins_with_a_dash_works_from_its_own_folder(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(small(samples / "curls-001.jpg"), tmp_path / "-me.png")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["draw", "-q", "--", "-me.png"]) == 0
    assert cli.main(["lines", "-q", "./-me.png"]) == 0
    assert {p.name for p in tmp_path.iterdir()} == {"-me.png", "-me-croquis.png", "-me-lines.png"}


@pytest.fixture
def portrait(samples: Path, tmp_path: Path) -> Path:
    return save(small(samples / "curls-001.jpg"), tmp_path / "me.png")


@contextmanager
def no_room() -> Iterator[None]:
    """Forbid this process to write any byte into a file, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@needs_networks
@pytest.mark.parametrize(
    ("verb", "end"),
    [
        ("draw", "croquis.png"),
        ("lines", "lines.png"),
        ("plot", "lines.svg"),
        ("parse", "labels.png"),
    ],
)
def test_13_no_room_for_a_byte_keeps_the_old_file(
    verb: str, end: str, portrait: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    old = out / f"me-{end}"
    old.write_bytes(b"old")
    with no_room():
        code = cli.main([verb, str(portrait), "-o", str(out)])
    said = capsys.readouterr().err
    assert code == 4, said
    assert "could not be written" in said
    assert old.read_bytes() == b"old"
    assert [p.name for p in out.iterdir()] == [old.name]


def mounted(options: str, folder: Path, *words: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the program where `folder` is a small file system of its own, and list that folder after it."""
    script = (
        'mount -t tmpfs -o size=64k tmpfs "$0" && printf old > "$0/me-croquis.png" && '
        f'mount -o remount,{options} "$0" && shift 0 && "$@"; echo $? ; ls -A "$0"; cat "$0/me-croquis.png"'
    )
    return subprocess.run(
        [
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            str(folder),
            *command(*words),
        ],
        capture_output=True,
        check=False,
    )


def can_mount() -> bool:
    """Say whether this system lets a process mount in a namespace of its own."""
    if shutil.which("unshare") is None:
        return False
    probe = ["unshare", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@needs_networks
@pytest.mark.skipif(not can_mount(), reason="this system gives no mount namespaces")
@pytest.mark.parametrize("options", ["ro", "rw,size=4k"])
def test_13_a_read_only_or_full_disk_keeps_the_old_file(
    options: str, portrait: Path, tmp_path: Path
) -> None:
    out = tmp_path / "disk"
    out.mkdir()
    answer = mounted(options, out, "draw", portrait, "-o", out)
    code, *left = answer.stdout.decode().split("\n")
    assert code == "4", answer.stderr
    assert left == ["me-croquis.png", "old"]
    assert b"read-only" in answer.stderr or b"full" in answer.stderr


def interrupted_batch(folder: Path, number: int, moment: float) -> tuple[int, float]:
    """Start a batch, send `number` after `moment` seconds; return the exit code and how long the end took."""
    with subprocess.Popen(
        command("draw", folder, "-o", folder / "out", "--lines", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        start = time.monotonic()
        process.send_signal(number)
        code = process.wait(timeout=60)
        return code, time.monotonic() - start


def check_moments(samples: Path, tmp_path: Path, moments: list[float]) -> None:
    """Interrupt a batch at each moment and look at all that it left."""
    picture = small(samples / "curls-001.jpg")
    for i in range(40):
        save(picture, tmp_path / f"{i:02d}.png")
    for i, moment in enumerate(moments):
        number, expected = ((signal.SIGINT, 130), (signal.SIGTERM, 143))[i % 2]
        code, seconds = interrupted_batch(tmp_path, number, moment)
        assert code == expected
        assert seconds < 5
        written = list((tmp_path / "out").iterdir())
        assert written
        for path in written:
            assert path.suffix == ".png", "nothing half written lies about"
            with Image.open(path) as image:
                image.load()
                assert image.size == (picture.shape[1], picture.shape[0])
        shutil.rmtree(tmp_path / "out")


@needs_networks
@pytest.mark.slow
def test_14_a_signal_leaves_only_whole_files(samples: Path, tmp_path: Path) -> None:
    check_moments(samples, tmp_path, [0.05, 0.3])


@needs_networks
@pytest.mark.soak
def test_14_a_signal_at_any_of_twenty_moments_leaves_only_whole_files(
    samples: Path, tmp_path: Path
) -> None:
    chance = random.Random(14)  # noqa: S311 - moments, not secrets
    check_moments(samples, tmp_path, [chance.uniform(0, 2) for _ in range(20)])


def test_the_portrait_that_is_drawn_here_is_a_picture(samples: Path) -> None:
    assert np.ptp(small(samples / "curls-001.jpg")) > 100
