"""Studios for the tests: one in a process of its own, one in this process with stand-ins."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.acceptance.program import command
from tests.acceptance.studios import TOKEN, Studio
from tests.api import fakes
from tests.studio import desk


@pytest.fixture(scope="session")
def studio() -> Iterator[Studio]:
    """Start a studio on a free port and close it as a user does."""
    process = subprocess.Popen(
        command("studio", "--no-browser", "--json", "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "LIMNER_STUDIO_TOKEN": TOKEN},
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    yield Studio(told["url"], process)
    process.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGINT)
    code = process.wait(60)
    process.stdout.close()
    assert code == 0


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Yield a client of a studio in this process that draws with stand-ins."""
    fakes.install(monkeypatch)
    with desk.open_client(desk.settings(tmp_path)) as client:
        yield client
