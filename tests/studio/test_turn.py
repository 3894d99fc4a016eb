"""Heads are made, kept, changed and looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.heads.conftest import FakeSession, egg_head, graphs, source
from tests.studio import desk

from limner import heads

__all__ = ["egg_head", "graphs"]


@pytest.fixture
def turning(client: TestClient, graphs: FakeSession, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Return a client of a studio whose heads are eggs."""

    def encode_photo(_photo: Any, _face: Any) -> Any:
        return heads.from_source(source())

    monkeypatch.setattr(heads, "encode_photo", encode_photo)
    return client


def make(client: TestClient, **wish: Any) -> dict[str, Any]:
    answer = client.post("/v1/heads", json=wish)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_seed_is_a_head_and_the_same_seed_the_same(turning: TestClient) -> None:
    told = make(turning, seed=7)
    assert (told["from"], told["seed"], told["edited"]) == ("seed", 7, [])
    assert told["head"] == make(turning, seed=7)["head"] != make(turning, seed=8)["head"]
    assert turning.get(f"/v1/heads/{told['head']}").json() == told


def test_a_photograph_is_a_head(turning: TestClient) -> None:
    from tests.api import fakes

    photo = desk.send(turning, fakes.picture((40, 30, 60)))
    assert make(turning, photo=photo)["from"] == "photo"
    answer = turning.post("/v1/heads", json={"photo": photo, "face": 1})
    assert desk.refusal(answer) == (422, "no_face")
    assert desk.refusal(turning.post("/v1/heads", json={"photo": "x"})) == (404, "gone")


@pytest.mark.parametrize("show", ["photo", "labels", "depth"])
def test_a_head_is_seen_from_where_the_camera_stands(turning: TestClient, show: str) -> None:
    head = make(turning, seed=7)["head"]
    pictures = []
    for yaw in (0, 30):
        wish = {"yaw_deg": yaw, "show": show}
        answer = turning.post(f"/v1/heads/{head}/view?kind=png", json=wish)
        assert answer.status_code == 200, answer.text
        assert desk.facts(answer)["yaw_deg"] == yaw
        pictures.append(desk.pixels_of(answer.content))
    assert pictures[0].shape[:2] == (256, 256)
    assert not np.array_equal(pictures[0], pictures[1])


def test_angles_beyond_what_heads_know_are_clamped(turning: TestClient) -> None:
    head = make(turning, seed=7)["head"]
    answer = turning.post(f"/v1/heads/{head}/view", json={"yaw_deg": 120, "pitch_deg": -80})
    told = desk.facts(answer)
    assert (told["yaw_deg"], told["pitch_deg"]) == (60, -30)


def test_a_view_is_drawn(turning: TestClient) -> None:
    head = make(turning, seed=7)["head"]
    answer = turning.post(f"/v1/heads/{head}/view", json={"show": "drawing", "size": 512})
    assert answer.status_code == 200, answer.text


def test_a_head_turns_in_a_film_and_leaves_as_a_mesh(turning: TestClient) -> None:
    head = make(turning, seed=7)["head"]
    film = turning.post(f"/v1/heads/{head}/film", json={"frames": 3, "yaw_deg": 20})
    assert film.status_code == 200, film.text
    assert film.content[8:12] == b"WEBP"
    mesh = turning.get(f"/v1/heads/{head}/mesh")
    assert mesh.content[:4] == b"glTF"
    assert mesh.headers["content-type"] == "model/gltf-binary"


def test_a_part_is_changed_and_the_old_head_stays(turning: TestClient) -> None:
    first, other = (make(turning, seed=s)["head"] for s in (7, 8))
    for wish in ({"part": "hair", "seed": 3}, {"part": "hair", "head": other}):
        answer = turning.post(f"/v1/heads/{first}/edit", json=wish)
        assert answer.status_code == 201, answer.text
        assert answer.json()["head"] not in (first, other)
    assert turning.get(f"/v1/heads/{first}").status_code == 200


@pytest.mark.parametrize(
    "wish",
    [{"part": "hair"}, {"part": "hair", "seed": 1, "head": "x"}, {"part": "tail", "seed": 1}],
)
def test_changes_that_are_none_are_refused(turning: TestClient, wish: dict[str, Any]) -> None:
    head = make(turning, seed=7)["head"]
    assert desk.refusal(turning.post(f"/v1/heads/{head}/edit", json=wish))[0] in (404, 422)


def test_a_head_is_kept_as_a_file_that_opens_again(turning: TestClient) -> None:
    head = make(turning, seed=7)
    data = turning.get(f"/v1/heads/{head['head']}/file").content
    assert turning.delete(f"/v1/heads/{head['head']}").status_code == 204
    assert desk.refusal(turning.get(f"/v1/heads/{head['head']}")) == (404, "gone")
    assert turning.post("/v1/heads/file", content=data).json() == head
    broken = turning.post("/v1/heads/file", content=data[:-9])
    assert desk.refusal(broken) == (422, "bad_value")


def test_without_its_networks_the_room_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limner.weights.ledger.rows", lambda: ())
    answer = client.post("/v1/heads", json={"seed": 1})
    assert desk.refusal(answer) == (503, "missing_weights")
