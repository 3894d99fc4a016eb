"""The HTTP API is asked what its document allows and forbids; the document tells of every answer (test 58)."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.acceptance.program import needs_networks
from tests.acceptance.studios import TOKEN, Studio, picture_file

SECONDS = int(os.environ.get("LIMNER_FUZZ_SECONDS", "600"))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
)
pytestmark = [
    needs_networks,
    pytest.mark.soak,
    pytest.mark.timeout(SECONDS + 300),
    pytest.mark.skipif(
        importlib.util.find_spec("schemathesis") is None, reason="limner[soak] is not installed"
    ),
]


def kept(studio: Studio) -> str:
    """Return settings that name a photograph, a canvas and a head that the studio has."""
    with studio.client() as client:
        photo = client.post("/v1/photos", content=picture_file()).json()["photo"]
        head = client.post("/v1/heads", json={"seed": 7}).json()["head"]
    ids = {"photo": photo, "canvas": "mine", "head": head}
    return "[parameters]\n" + "".join(f'"path.{k}" = "{v}"\n' for k, v in ids.items())


def test_58_every_answer_of_the_http_api_is_one_that_its_document_tells_of(
    studio: Studio, tmp_path: Path
) -> None:
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(kept(studio), encoding="utf-8")
    words = [
        "--config-file",
        str(settings),
        "run",
        f"{studio.url.rstrip('/')}/openapi.json",
        "--header",
        f"X-Limner-Token: {TOKEN}",
        "--checks",
        ",".join(CHECKS),
        # what is forgotten cannot be asked about again
        "--exclude-method",
        "DELETE",
        "--phases",
        "examples,coverage,fuzzing,stateful",
        "--max-time",
        str(SECONDS),
        "--request-timeout",
        "60",
        "--seed",
        "58",
    ]
    program = "from schemathesis.cli import schemathesis; schemathesis()"
    run = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert "Tested:" in run.stdout
