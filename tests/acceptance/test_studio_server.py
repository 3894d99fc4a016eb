"""The studio's server, as a page of its own, a script, and somebody else's page meet it."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import hypothesis
import pytest
from hypothesis import strategies as st
from PIL import Image
from starlette.testclient import TestClient
from tests.acceptance.program import command, landscape, needs_networks
from tests.api import fakes
from tests.studio import desk

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


@pytest.fixture(scope="module")
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


def picture_file(side: int = 96) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(landscape(side, side * 2 // 3)).save(stream, "PNG")
    return stream.getvalue()


# --- what comes in


def test_15_a_200_mb_upload_is_refused_in_words(studio: Studio) -> None:
    with studio.client() as client:

        def pieces() -> Iterator[bytes]:
            for _ in range(200):
                yield bytes(1_000_000)

        for headers in ({"Content-Length": "200000000"}, {}):
            answer = client.post("/v1/photos", content=pieces(), headers=headers)
            assert desk.refusal(answer) == (413, "too_large")
        assert client.get("/healthz").json()["ok"]


def test_15_a_form_of_a_thousand_fields_is_refused(studio: Studio) -> None:
    with studio.client() as client:
        fields = {f"field{k}": "x" for k in range(1000)}
        assert desk.refusal(client.post("/v1/photos", data=fields)) == (415, "wrong_type")
        answer = client.post("/v1/photos", files={"file": picture_file()})
        assert desk.refusal(answer) == (415, "wrong_type")


def test_15_a_length_that_lies_is_no_harm(studio: Studio) -> None:
    head = (
        f"POST /v1/photos HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\n"
        f"X-Limner-Token: {TOKEN}\r\nContent-Length: "
    )
    assert studio.raw(f"{head}{10**30}\r\n\r\n".encode()).split()[1] in (b"400", b"413")
    assert b" 400 " in studio.raw(f"{head}-5\r\n\r\n".encode())[:20]
    with studio.client() as client:
        assert client.get("/healthz").json()["ok"]


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("a.txt", "a")
    return stream.getvalue()


def _bomb() -> bytes:
    """Return a PNG whose header claims 60,000 × 60,000."""
    data = bytearray(picture_file())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    return bytes(data)


def _polyglot() -> bytes:
    """Return a zip that begins as a GIF does."""
    return b"GIF89a" + _zip()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_zip(), id="zip named .png"),
        pytest.param(_bomb(), id="bomb"),
        pytest.param(_polyglot(), id="polyglot"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", id="svg"),
        pytest.param(b"%PDF-1.7", id="pdf"),
        pytest.param(picture_file()[:200], id="cut"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_16_what_is_no_picture_is_refused_and_not_kept(client: TestClient, data: bytes) -> None:
    answer = client.post("/v1/photos", content=data, headers={"Content-Type": "image/png"})
    assert desk.refusal(answer) == (422, "unreadable_photo")
    assert answer.headers["x-content-type-options"] == "nosniff"
    app = client.app
    shop = app.app.state.shop  # type: ignore[attr-defined]
    assert len(shop.photos) == 0


def test_16_an_svg_is_refused_by_its_type_alone(client: TestClient) -> None:
    answer = client.post("/v1/photos", content=b"<svg/>", headers={"Content-Type": "image/svg+xml"})
    assert desk.refusal(answer) == (415, "wrong_type")


def test_a_hundred_thousand_strokes_are_refused_and_the_open_work_is_untouched(
    studio: Studio,
) -> None:
    stroke = {"points": [[1, 2], [3, 4]]}
    with studio.client() as client:
        for count in (5_001, 100_000):
            wish = {"version": 9, "add": [stroke] * count}
            answer = client.post("/v1/sketches/open/shadow", json=wish)
            assert desk.refusal(answer) == (413, "too_large")
        # version 1 is no older than anything that is known: the refused ones left no trace
        answer = client.post("/v1/sketches/open/shadow", json={"version": 1, "add": [stroke]})
        assert answer.status_code in (200, 503)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_points_that_are_no_numbers_are_refused(client: TestClient, number: str) -> None:
    body = f'{{"version": 1, "add": [{{"points": [[1, 2], [3, {number}]]}}]}}'
    headers = {"Content-Type": "application/json"}
    answer = client.post("/v1/sketches/c/shadow", content=body, headers=headers)
    assert desk.refusal(answer) == (422, "bad_value")


# --- many at once


@needs_networks
def test_24_thirty_two_clients_at_once_get_what_each_would_get_alone(studio: Studio) -> None:
    with studio.client() as client:
        photo = client.post("/v1/photos", content=picture_file()).json()["photo"]
        path = f"/v1/photos/{photo}/drawing"

        def drawn(seed: int) -> bytes:
            answer = client.post(path, json={"whole_picture": True, "seed": seed})
            assert answer.status_code == 200, answer.text
            return answer.content

        alone = [drawn(seed) for seed in range(4)]
        with ThreadPoolExecutor(32) as hands:
            together = list(hands.map(drawn, [k % 4 for k in range(32)]))
        assert [alone.index(data) for data in together] == [k % 4 for k in range(32)]


def test_24_a_full_queue_says_when_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.install(monkeypatch)
    gate = threading.Event()

    def slow(*_: Any) -> tuple[bytes, dict[str, Any]]:
        assert gate.wait(60)
        return b"x", {}

    monkeypatch.setattr("limner.studio.jobs.draw.picture", slow)
    with desk.open_client(desk.settings(tmp_path, queue=1)) as client:
        photo = desk.send(client, fakes.picture((40, 30, 60)))

        def ask(_: int) -> Any:
            return client.get(f"/v1/photos/{photo}/picture")

        with ThreadPoolExecutor(8) as hands:
            asked = [hands.submit(ask, k) for k in range(8)]
            while sum(a.done() for a in asked) < 5:
                time.sleep(0.01)
            gate.set()
            answers = [a.result() for a in asked]
    refused = [a for a in answers if a.status_code == 503]
    assert len(refused) == 5
    assert all(desk.refusal(a) == (503, "busy") for a in refused)
    assert all(a.headers["retry-after"].isdigit() for a in refused)


def test_25_of_200_updates_the_newest_is_answered_and_idle_is_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.install(monkeypatch)
    gate, done = threading.Event(), []

    def shadow(_key: str, strokes: Any, _wish: Any) -> tuple[bytes, dict[str, Any]]:
        assert gate.wait(60)
        done.append(len(strokes))
        return b"x", {}

    monkeypatch.setattr("limner.studio.jobs.sketch.shadow", shadow)
    with desk.open_client(desk.settings(tmp_path)) as client:
        asked = []
        with ThreadPoolExecutor(200) as hands:
            for version in range(1, 201):
                stroke = desk.line(1, 1, 2, version)
                wish = {"version": version, "add": [stroke] * version}
                asked.append(hands.submit(client.post, "/v1/sketches/c/shadow", json=wish))
                while client.get("/healthz").json()["running"] == 0:
                    time.sleep(0.01)
            while sum(a.done() for a in asked) < 198:
                time.sleep(0.01)
            assert client.get("/healthz").json()["waiting"] == 1
            gate.set()
            codes = [a.result().status_code for a in asked]
        assert done[-1] == max(done)
        assert (codes.count(200), codes.count(409)) == (2, 198)
        told = client.get("/healthz").json()
        assert (told["running"], told["waiting"]) == (0, 0)


def test_26_limits_are_shown_before_anything_is_sent(client: TestClient) -> None:
    told = client.get("/v1/limits").json()
    assert told["body_mb"] == 30
    assert told["megapixels"] == 60


# --- who comes in


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


# --- deaths, floods, nonsense


@unix
@needs_networks
def test_33_a_killed_worker_is_replaced_and_no_work_is_lost(studio: Studio) -> None:
    with studio.client() as client:
        photo = client.post("/v1/photos", content=picture_file(240)).json()["photo"]
        before = client.get("/healthz").json()["restarts"]
        wish = {"whole_picture": True, "style": "pencil"}
        with ThreadPoolExecutor(4) as hands:
            path = f"/v1/photos/{photo}/drawing"
            asked = [hands.submit(client.post, path, json=wish) for _ in range(4)]
            while client.get("/healthz").json()["running"] == 0:
                time.sleep(0.005)
            os.kill(studio.workers[0], signal.SIGKILL)
            answers = [a.result() for a in asked]
        assert [a.status_code for a in answers] == [200] * 4
        assert len({a.content for a in answers}) == 1
        # one that died while it rested is noticed when it is next needed
        for _ in range(4):
            client.post(path, json=wish)
        assert client.get("/healthz").json()["restarts"] > before


@unix
@needs_networks
def test_nothing_of_the_users_is_written_to_disk(studio: Studio) -> None:
    with studio.client() as client:
        photo = client.post("/v1/photos", content=picture_file()).json()["photo"]
        client.post(f"/v1/photos/{photo}/drawing", json={"whole_picture": True})
        for pid in (studio.process.pid, *studio.workers):
            links = Path(f"/proc/{pid}/fd").iterdir()
            files = [str(link.readlink()) for link in links if link.is_symlink()]
            told = [f for f in files if f.startswith("/") and not f.startswith(("/dev", "/proc"))]
            assert not [f for f in told if Path(f).suffix in (".png", ".jpg", ".tmp")]


def _rss_mb(pids: list[int]) -> float:
    total = 0
    for pid in pids:
        for row in Path(f"/proc/{pid}/status").read_text().splitlines():
            if row.startswith("VmRSS"):
                total += int(row.split()[1])
    return total / 1000


def _mixed(client: httpx2.Client, count: int) -> None:
    for k in range(count):
        photo = client.post("/v1/photos", content=picture_file(64 + k % 90)).json()["photo"]
        wish = {"whole_picture": True, "kind": ("png", "jpeg", "svg")[k % 3], "seed": k}
        answer = client.post(f"/v1/photos/{photo}/drawing", json=wish)
        assert answer.status_code == 200, answer.text
        client.post("/v1/photos", content=b"no picture")


@unix
@needs_networks
@pytest.mark.soak
def test_32_a_thousand_requests_leave_the_memory_as_a_hundred_did(studio: Studio) -> None:
    with studio.client() as client:
        _mixed(client, 100)
        before = _rss_mb([studio.process.pid, *studio.workers])
        _mixed(client, 900)
        after = _rss_mb([studio.process.pid, *studio.workers])
    assert after <= 1.1 * before


paths = st.sampled_from(
    [
        "/v1/photos",
        "/v1/photos/x/drawing",
        "/v1/photos/x/plot",
        "/v1/photos/x/strokes",
        "/v1/sketches/x/shadow",
        "/v1/sketches/x/photo",
        "/v1/strokes/take",
        "/v1/morph",
        "/v1/heads",
        "/v1/heads/file",
        "/v1/heads/x/view",
        "/v1/heads/x/edit",
        "/v1/heads/x/film",
    ]
)
nonsense = st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["version", "add", "points", "style", "t", "a", "strokes", "seed", "part"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
).map(lambda value: json.dumps(value).encode())


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Yield a client of a studio that is asked for nothing that would need a network."""
    with desk.open_client(desk.settings(tmp_path_factory.mktemp("page"))) as client:
        yield client


@hypothesis.given(path=paths, body=nonsense)
def test_58_nonsense_is_refused_in_words_and_never_a_fault(
    still: TestClient, path: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"} if path != "/v1/photos" else {}
    answer = still.post(path, content=body, headers=headers)
    if answer.status_code not in (200, 201):
        status, code = desk.refusal(answer)
        assert status < 500 or code == "missing_weights"
