"""Many clients at once, deaths, floods and nonsense."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import hypothesis
import pytest
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.acceptance.program import needs_networks
from tests.acceptance.studios import Studio, picture_file, unix
from tests.api import fakes
from tests.studio import desk


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
            for pid in studio.workers:
                os.kill(pid, signal.SIGKILL)
            answers = [a.result() for a in asked]
        assert [a.status_code for a in answers] == [200] * 4
        assert len({a.content for a in answers}) == 1
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
def test_32_a_thousand_requests_leave_the_memory_as_a_hundred_did(
    studio: Studio, record_property: Callable[[str, object], None]
) -> None:
    with studio.client() as client:
        _mixed(client, 100)
        before = studio.resident_mb()
        _mixed(client, 900)
        after = studio.resident_mb()
    record_property("MB after 100 requests", round(before))
    record_property("MB after 1000", round(after))
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
