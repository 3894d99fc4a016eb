"""Another site's page, another host and another path do not come in."""

from __future__ import annotations

import subprocess

import pytest
from starlette.testclient import TestClient
from tests.acceptance.program import command
from tests.acceptance.studios import TOKEN, Studio, picture_file
from tests.api import fakes
from tests.studio import desk


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/js/..%2f..%2findex.html",
        "//etc/passwd",
        "/C:%5Cwindows%5Cwin.ini",
        "/js/main.js%00.html",
        "/v1/photos/..%2f..%2fetc%2fpasswd",
        "/v1/photos/%00/faces",
        "/v1/heads/..%2fx/file",
        "/v1/heads/C:%5Cx/file",
    ],
)
def test_27_no_path_leads_out_of_the_page(studio: Studio, path: str) -> None:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\n"
        f"X-Limner-Token: {TOKEN}\r\nConnection: close\r\n\r\n"
    )
    answer = studio.raw(request.encode())
    assert int(answer.split()[1]) in (400, 404, 422)
    assert b"root:" not in answer


def test_27_styles_parts_and_ids_are_names_and_no_paths(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    for name in ("../x.toml", "/etc/passwd", "C:\\x.toml", "a\x00.toml", "x.toml"):
        answer = client.post(f"/v1/photos/{photo}/drawing", json={"style": name})
        assert desk.refusal(answer)[0] == 422
        answer = client.post("/v1/heads", json={"photo": name})
        assert desk.refusal(answer)[0] in (404, 422)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://127.0.0.1:{port}.evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"X-Limner-Token": "wrong"},
        {"X-Limner-Token": ""},
    ],
)
def test_28_another_sites_page_is_refused(studio: Studio, headers: dict[str, str]) -> None:
    given = {name: value.format(port=studio.port) for name, value in headers.items()}
    with studio.client() as client:
        answer = client.post("/v1/photos", content=picture_file(), headers=given)
        assert desk.refusal(answer)[0] == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "evil.test:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1.evil.test:{port}",
        "localhost.evil.test:{port}",
        "LOCALHOST.:{port}",
        "0.0.0.0:{port}",
        "[::1]:{port}",
        "127.1:{port}",
        "127.0.0.1:{port}@evil.test",
    ],
)
@pytest.mark.parametrize("path", ["/", "/v1/state", "/healthz", "/openapi.json", "/docs"])
def test_29_another_host_is_refused_everywhere(studio: Studio, host: str, path: str) -> None:
    with studio.client(Host=host.format(port=studio.port)) as client:
        assert client.get(path).status_code == 403


def test_29_a_socket_is_refused_whoever_asks(studio: Studio) -> None:
    request = (
        "GET /v1/state HTTP/1.1\r\nHost: evil.test\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    )
    assert studio.raw(request.encode()).split()[1] == b"403"


def test_30_no_other_origin_is_ever_allowed(studio: Studio) -> None:
    for host in (f"127.0.0.1:{studio.port}", "evil.test"):
        for origin in ("http://evil.test", f"http://127.0.0.1:{studio.port}"):
            with studio.client(Host=host, Origin=origin) as client:
                for answer in (client.options("/v1/photos"), client.get("/v1/limits")):
                    told = [n for n in answer.headers if n.startswith("access-control")]
                    assert not told


def test_31_nothing_that_is_served_names_another_host(studio: Studio) -> None:
    with studio.client() as client:
        for path in ("/", "/docs", "/docs.css", "/openapi.json"):
            answer = client.get(path)
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert "://" not in answer.text.replace(studio.url, "").replace(
                "http://www.w3.org/2000/svg", ""
            )


def test_a_second_studio_on_the_same_port_is_a_sentence(studio: Studio) -> None:
    words = command("studio", "--no-browser", "--port", str(studio.port))
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 3
    assert f"Port {studio.port} is taken" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
