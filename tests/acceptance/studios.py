"""A studio in a process of its own, as a user opens it."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from tests.acceptance.program import landscape

TOKEN = "acceptance-test-token"  # noqa: S105
unix = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc and sends signals")


@dataclass(frozen=True)
class Studio:
    """A studio in a process of its own."""

    url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    def client(self, **headers: str) -> httpx2.Client:
        given = {"X-Limner-Token": TOKEN, **headers}
        return httpx2.Client(base_url=self.url, headers=given, timeout=170)

    def raw(self, text: bytes) -> bytes:
        """Send bytes as they are and return all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as line:
            line.sendall(text)
            got = b""
            while piece := line.recv(65536):
                got += piece
                if b"\r\n\r\n" in got and b"}" in got:
                    break
        return got

    def resident_mb(self, *, workers: bool = True) -> float:
        """Return the memory of the server, and of all its workers unless told otherwise."""
        total = 0
        for pid in (self.process.pid, *(self.workers if workers else ())):
            for row in Path(f"/proc/{pid}/status").read_text().splitlines():
                if row.startswith("VmRSS"):
                    total += int(row.split()[1])
        return total / 1000

    @property
    def workers(self) -> list[int]:
        """The processes that work for it."""
        found = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rpartition(")")[2].split()
                words = (status.parent / "cmdline").read_bytes()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid and b"spawn_main" in words:
                found.append(int(status.parent.name))
        return found


def picture_file(side: int = 96) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(landscape(side, side * 2 // 3)).save(stream, "PNG")
    return stream.getvalue()
