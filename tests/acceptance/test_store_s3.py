"""A folder in an object store that speaks S3; a run of it killed and gone on with (tests 42 and 50)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.program import command, needs_networks, run
from tests.acceptance.test_batch_resume import folder_of

moto = pytest.importorskip("moto.server", reason="limner[soak] is not installed")
s3fs = pytest.importorskip("s3fs", reason="limner[soak] is not installed")

pytestmark = [needs_networks, pytest.mark.soak, pytest.mark.timeout(1800)]
COUNT = 12


@dataclass(frozen=True)
class Store:
    """A bucket, and what a program must know to reach it."""

    files: Any
    address: str
    words: dict[str, str]

    def names(self, folder: str) -> set[str]:
        self.files.invalidate_cache()
        found = self.files.glob(f"{self.address}/{folder}/*.png")
        return {str(name).rpartition("/")[2] for name in found}

    def bytes(self, name: str) -> bytes:
        return bytes(self.files.cat_file(f"{self.address}/{name}"))


@pytest.fixture
def store() -> Iterator[Store]:
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    words = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "nobody's",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    files = s3fs.S3FileSystem(
        key=words["AWS_ACCESS_KEY_ID"],
        secret=words["AWS_SECRET_ACCESS_KEY"],
        endpoint_url=words["AWS_ENDPOINT_URL"],
        skip_instance_cache=True,
        use_listings_cache=False,
    )
    # what moto keeps outlives its server: a bucket a test
    files.mkdir(f"photographs-{port}")
    yield Store(files, f"s3://photographs-{port}", words)
    server.stop()


def test_50_a_bucket_is_drawn_as_a_folder_is_and_a_kill_costs_nothing_that_was_whole(
    store: Store, tmp_path: Path
) -> None:
    folder = folder_of(COUNT, tmp_path)
    assert run("lines", folder, "-o", tmp_path / "out").returncode == 1
    expected = {p.name: p.read_bytes() for p in (tmp_path / "out").glob("*.png")}
    assert len(expected) == COUNT
    for path in folder.iterdir():
        store.files.pipe_file(f"{store.address}/in/{path.name}", path.read_bytes())
    words = ["lines", f"{store.address}/in", "-o", f"{store.address}/out", "--resume"]

    environment = {**os.environ, **store.words}
    with subprocess.Popen(
        command(*words), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        while process.poll() is None and len(store.names("out")) < COUNT // 3:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        _, heard = process.communicate()
    there = store.names("out")
    assert COUNT // 3 <= len(there) < COUNT, heard
    # an upload that was cut is no object: what is there is whole
    assert {name: store.bytes(f"out/{name}") for name in there} == {n: expected[n] for n in there}

    told = run(*words, "--report", f"{store.address}/r.json", env=store.words)
    assert told.returncode == 1, told.stderr
    report = json.loads(store.bytes("r.json"))
    assert report["done"] + report["skipped"] == COUNT
    assert report["skipped"] > 0
    assert [row["file"].rpartition("/")[2] for row in report["failed"]] == ["broken.jpg"]
    assert {name: store.bytes(f"out/{name}") for name in store.names("out")} == expected

    again = run(*words, "--report", f"{store.address}/r.json", env=store.words)
    assert again.returncode == 1
    assert json.loads(store.bytes("r.json"))["skipped"] == COUNT


def test_50_a_bucket_that_is_not_there_is_said_in_a_sentence(store: Store, tmp_path: Path) -> None:
    told = run("lines", "s3://nobody-has-this/in/me.jpg", "-o", tmp_path, env=store.words)
    assert told.returncode == 3
    assert b"nobody-has-this" in told.stderr
    assert b"Traceback" not in told.stderr
