"""A studio for tests: workers are threads of this process, networks are stand-ins."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from starlette.testclient import TestClient

from limner.records import Photo
from limner.studio.app import Settings, make_app
from limner.studio.limits import Limits
from limner.studio.shop import FACTS_HEADER

PORT = 8765
URL = f"http://127.0.0.1:{PORT}"
TOKEN = "a-token-of-some-length"  # noqa: S105
HEADERS = {"X-Limner-Token": TOKEN}
PAGE = '<!doctype html><meta name="limner-token" content=""><title>Limner</title>'


def thread() -> Executor:
    """Return an executor of one thread, in place of a process."""
    return ThreadPoolExecutor(1)


def settings(folder: Path, **limits: Any) -> Settings:
    """Return the settings of a studio whose page lies in `folder`."""
    (folder / "js").mkdir(exist_ok=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "js" / "main.js").write_text("export {};")
    return Settings(
        PORT,
        TOKEN,
        limits=replace(Limits(), **limits),
        hands=2,
        folder=folder,
        executor=thread,
        warm=False,
    )


@contextmanager
def open_client(chosen: Settings, **headers: str) -> Iterator[TestClient]:
    """Yield a client of a running studio, with the token."""
    app = make_app(chosen)
    with TestClient(
        app, base_url=URL, headers={**HEADERS, **headers}, raise_server_exceptions=False
    ) as client:
        yield client


def file_of(photo: Photo, kind: str = "PNG") -> bytes:
    """Return a picture's file."""
    stream = io.BytesIO()
    Image.fromarray(photo.pixels).save(stream, kind)
    return stream.getvalue()


def pixels_of(data: bytes, mode: str | None = "RGB") -> NDArray[np.uint8]:
    """Return a file's pixels, in its own mode with None."""
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert(mode) if mode else picture)


def send(client: TestClient, photo: Photo) -> str:
    """Send a photograph and return its id."""
    answer = client.post("/v1/photos", content=file_of(photo))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["photo"])


def facts(answer: Any) -> dict[str, Any]:
    """Return what an answer's header tells of its file."""
    told: dict[str, Any] = json.loads(answer.headers[FACTS_HEADER])
    return told


def refusal(answer: Any) -> tuple[int, str]:
    """Return status and code of a refusal, having looked that it says what to do."""
    told = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["status"] == answer.status_code
    assert told["detail"].endswith((".", ")")), told["detail"]
    assert told["what_to_do"].endswith("."), told["what_to_do"]
    return answer.status_code, str(told["code"])


def line(x0: float, y0: float, x1: float, y1: float, width: float = 3.0) -> dict[str, Any]:
    """Return a stroke as a page sends it."""
    return {"points": [[x0, y0, 1.0], [x1, y1, 1.0]], "width": width}
