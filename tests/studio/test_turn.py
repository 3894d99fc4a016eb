"""Heads are made, kept, changed and looked at."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient
from tests.heads.conftest import FakeSession, egg_head, graphs, source
from tests.studio import desk

from limner import heads
from limner.records import CLASS_COLORS, CLASSES

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


class Boiling:
    """Draws hatching that knows nothing of the head: it shifts from view to view; counts how often."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self, pixels: Any, *_: Any, **__: Any) -> Any:
        self.drawn += 1
        rows, columns = np.mgrid[: len(pixels), : len(pixels)]
        return np.where(np.sin((columns + rows + 2 * self.drawn) * 0.5) > 0.3, 40, 255).astype("u1")


@pytest.fixture
def boiling(monkeypatch: pytest.MonkeyPatch) -> Boiling:
    """Return a hand that draws every view anew, put in place of all styles'."""
    from limner import styles

    hand = Boiling()
    monkeypatch.setattr(styles, "render_crop", hand)
    return hand


def seen(client: TestClient, head: str, **wish: Any) -> np.ndarray:
    answer = client.post(f"/v1/heads/{head}/view?kind=png", json={"show": "drawing", **wish})
    assert answer.status_code == 200, answer.text
    return desk.pixels_of(answer.content, "L").astype(int)


def test_ink_holds_while_a_head_is_dragged(turning: TestClient, boiling: Boiling) -> None:
    head = make(turning, seed=7)["head"]
    # so near that the surface itself hardly moves: what differs is the hand
    one, other = (seen(turning, head, yaw_deg=yaw)[80:190, 80:170] for yaw in (2, 2.2))
    alone = [boiling(np.zeros((256, 256)))[80:190, 80:170].astype(int) for _ in range(2)]
    assert abs(one - other).mean() < 0.6 * abs(alone[0] - alone[1]).mean()


def test_a_frame_costs_one_drawing_and_labels_over_it_none(
    turning: TestClient, boiling: Boiling, graphs: FakeSession
) -> None:
    head = make(turning, seed=7)["head"]
    for yaw in (2, 5):  # which makes the key views on either side
        seen(turning, head, yaw_deg=yaw)
    drawn = boiling.drawn
    for yaw in (3, 4, 5):
        seen(turning, head, yaw_deg=yaw)
    assert boiling.drawn == drawn + 3
    asked = dict(graphs.calls)
    seen(turning, head, yaw_deg=5, show="labels")
    assert (boiling.drawn, dict(graphs.calls)) == (drawn + 3, asked)


def test_another_manner_is_other_ink_and_little_of_it_is_kept(
    turning: TestClient, boiling: Boiling, monkeypatch: pytest.MonkeyPatch
) -> None:
    from limner.studio.jobs import turn as jobs
    from limner.studio.jobs.memory import Memory

    monkeypatch.setattr(jobs, "_inks", Memory(1.0))
    head = make(turning, seed=7)["head"]
    manners: list[dict[str, Any]] = [
        {},
        {"style": "hatch"},
        {"strength": 0.5},
        {"parts": {"hair": "hatch"}},
        {"size": 512},
        *({"strength": 1 + k / 100} for k in range(1, 7)),
    ]
    for wish in manners:
        drawn = boiling.drawn
        seen(turning, head, **wish)
        assert boiling.drawn == drawn + 1, wish  # the key view, which is this one
    assert len(jobs._inks._kept) <= 5


def png_of(labels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(labels.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def test_what_is_painted_on_the_map_follows_in_every_view(turning: TestClient) -> None:
    head = make(turning, seed=7)["head"]
    before = {y: seen(turning, head, yaw_deg=y, show="photo") for y in (-10, 20)}
    colours = turning.post(f"/v1/heads/{head}/view?kind=png", json={"show": "labels"}).content
    lips = CLASS_COLORS[CLASSES.index("l_lip")]
    labels = desk.pixels_of(colours).copy()
    labels[150:180, 110:150] = lips
    answer = turning.post(f"/v1/heads/{head}/paint?yaw_deg=0", content=png_of(labels))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["painted"], told["head"] != head) == (1, True)
    for yaw, photo in before.items():
        wish = {"yaw_deg": yaw, "show": "labels"}
        view = turning.post(f"/v1/heads/{told['head']}/view?kind=png", json=wish)
        assert (desk.pixels_of(view.content) == lips).all(-1).sum() > 500
        assert (seen(turning, told["head"], yaw_deg=yaw, show="photo") != photo).sum() > 300
    assert turning.get(f"/v1/heads/{head}").json()["painted"] == 0
    # and it lives in the file
    file = turning.get(f"/v1/heads/{told['head']}/file").content
    assert turning.post("/v1/heads/file", content=file).json() == told


def test_a_map_that_was_not_changed_is_the_same_head(turning: TestClient) -> None:
    head = make(turning, seed=7)["head"]
    wish = {"show": "labels", "yaw_deg": 15}
    labels = turning.post(f"/v1/heads/{head}/view?kind=png", json=wish).content
    path = f"/v1/heads/{head}/paint?yaw_deg=15"
    answer = turning.post(path, content=labels, headers={"Content-Type": "image/png"})
    assert answer.json()["head"] == head


@pytest.mark.parametrize(
    ("query", "body", "refused"),
    [
        ("", b"no picture", (422, "unreadable")),
        ("", b"", (422, "unreadable")),
        ("", png_of(np.zeros((256, 200))), (422, "bad_value")),
        ("?yaw_deg=nan", png_of(np.zeros((256, 256))), (422, "bad_value")),
        ("?pitch_deg=100", png_of(np.zeros((256, 256))), (422, "bad_value")),
    ],
)
def test_maps_that_are_none_are_refused(
    turning: TestClient, query: str, body: bytes, refused: tuple[int, str]
) -> None:
    head = make(turning, seed=7)["head"]
    answer = turning.post(f"/v1/heads/{head}/paint{query}", content=body)
    assert desk.refusal(answer)[0] == refused[0]
    assert desk.refusal(turning.post("/v1/heads/no/paint", content=body)) == (404, "gone")


def test_painting_stands_in_the_documentation(turning: TestClient) -> None:
    told = turning.get("/openapi.json").json()["paths"]["/v1/heads/{head}/paint"]["post"]
    assert "image/png" in told["requestBody"]["content"]
    assert {p["name"] for p in told["parameters"]} >= {"head", "yaw_deg", "pitch_deg"}


def test_a_head_turns_in_a_film_and_leaves_as_a_mesh(turning: TestClient) -> None:
    head = make(turning, seed=7)["head"]
    wish = {"frames": 3, "yaw_deg": 20}
    drawn = wish | {"style": "pen", "parts": {"hair": "nobodys"}}
    answer = turning.post(f"/v1/heads/{head}/film", json=drawn)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_name"), answer.text
    film = turning.post(f"/v1/heads/{head}/film", json=wish)
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
