"""Photographs come in, are looked at, drawn and plotted."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.api import fakes
from tests.studio import desk

from limner.errors import InputError
from limner.studio.jobs import draw


def test_a_photograph_is_sent_told_and_forgotten(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    told = client.get(f"/v1/photos/{photo}").json()
    assert told == {"photo": photo, "width": 160, "height": 120, "notes": []}
    assert client.delete(f"/v1/photos/{photo}").status_code == 204
    assert desk.refusal(client.get(f"/v1/photos/{photo}")) == (404, "gone")


def test_the_same_photograph_has_the_same_id(client: TestClient) -> None:
    picture = fakes.picture((40, 30, 60))
    assert desk.send(client, picture) == desk.send(client, picture)


def test_a_picture_that_cannot_be_read_is_not_kept(client: TestClient) -> None:
    answer = client.post("/v1/photos", content=b"no picture at all")
    assert desk.refusal(answer) == (422, "unreadable_photo")


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "image/svg+xml", "text/html", "application/zip"]
)
def test_only_a_files_own_bytes_are_taken(client: TestClient, kind: str) -> None:
    data = desk.file_of(fakes.picture((40, 30, 60)))
    answer = client.post("/v1/photos", content=data, headers={"Content-Type": kind})
    assert desk.refusal(answer) == (415, "wrong_type")


def test_faces_come_in_reading_order(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((90, 20, 60), (10, 10, 40)))
    told = client.get(f"/v1/photos/{photo}/faces").json()
    assert [f["box"][:2] for f in told["faces"]] == [[10, 10], [90, 20]]
    assert [f["index"] for f in told["faces"]] == [0, 1]
    assert "points" not in told["faces"][0]
    told = client.get(f"/v1/photos/{photo}/faces?points=true").json()
    assert len(told["faces"][0]["points"]) == 478


def test_faces_are_looked_for_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    def find(photo: Any) -> Any:
        looked.append(photo)
        return fakes.find_faces(photo)

    monkeypatch.setattr("limner.faces.find_faces", find)
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    for style in ("croquis", "hatch"):
        client.post(f"/v1/photos/{photo}/drawing", json={"style": style})
    assert len(looked) == 1


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_drawing_is_a_picture_of_the_photographs_size(client: TestClient, kind: str) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    answer = client.post(f"/v1/photos/{photo}/drawing", json={"kind": kind, "style": "hatch"})
    assert answer.headers["content-type"] == f"image/{kind}"
    assert desk.pixels_of(answer.content).shape == (120, 160, 3)
    told = desk.facts(answer)
    assert (told["style"], told["faces"], told["width"]) == ("hatch", 1, 160)
    assert told["ms"] >= 0


def test_a_preview_is_smaller(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    answer = client.post(f"/v1/photos/{photo}/drawing", json={"max_side": 80})
    assert desk.pixels_of(answer.content).shape[:2] == (60, 80)


def _tones(client: TestClient, photo: str, **wish: Any) -> set[int]:
    answer = client.post(f"/v1/photos/{photo}/drawing", json=wish)
    assert answer.status_code == 200, answer.text
    grey = desk.pixels_of(answer.content)[..., 0]
    return set(np.unique(grey[::7, ::7]).tolist())


def test_style_strength_and_seed_reach_the_artist(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    assert 40 in _tones(client, photo, strength=0)
    assert 103 in _tones(client, photo, style="hatch", strength=1, seed=3)


def test_only_the_people_asked_for_are_drawn(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((5, 5, 40), (90, 20, 60)))

    def drawn(faces: Any) -> tuple[bool, bool]:
        answer = client.post(f"/v1/photos/{photo}/drawing", json={"faces": faces})
        grey = desk.pixels_of(answer.content)[..., 0]
        return bool(grey[25, 25] < 255), bool(grey[50, 120] < 255)

    assert drawn("all") == (True, True)
    assert drawn("largest") == (False, True)
    assert drawn([0]) == (True, False)
    answer = client.post(f"/v1/photos/{photo}/drawing", json={"faces": [2]})
    assert desk.refusal(answer) == (422, "bad_value")


def test_nobody_to_draw_is_told_and_the_whole_picture_can_be_had(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture())
    answer = client.post(f"/v1/photos/{photo}/drawing", json={})
    assert desk.refusal(answer) == (422, "no_face")
    answer = client.post(f"/v1/photos/{photo}/drawing", json={"whole_picture": True})
    assert answer.status_code == 200


def test_an_unknown_style_or_part_is_told(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    for wish in ({"style": "croqius"}, {"style": {"hare": "hatch"}}, {"strength": {"hare": 1}}):
        answer = client.post(f"/v1/photos/{photo}/drawing", json=wish)
        assert desk.refusal(answer) == (422, "unknown_name")


def test_a_drawing_has_layers_in_openraster(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    answer = client.post(f"/v1/photos/{photo}/drawing", json={"kind": "ora"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        stack = file.read("stack.xml").decode()
    assert 'name="skin"' in stack
    assert answer.headers["content-type"] == "image/openraster"


def test_a_drawing_is_written_as_shapes(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    answer = client.post(f"/v1/photos/{photo}/drawing", json={"kind": "svg"})
    assert answer.text.lstrip().startswith(("<?xml", "<svg"))
    assert "<script" not in answer.text


def test_a_plot_tells_strokes_and_travel_in_millimetres(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    wish = {"page_mm": [100, 80], "margin_mm": 10, "pen_mm": 0.5}
    told = client.post(f"/v1/photos/{photo}/plot", json=wish).json()
    assert told["page_mm"] == [100, 80]
    assert len(told["travel_mm_lines"]) == len(told["strokes"]) > 0
    assert told["travel_mm_lines"][0][:2] == [0, 0]
    points = np.concatenate([s["points_mm"] for s in told["strokes"]])
    assert points.min() >= 9.5
    assert points[:, 0].max() <= 90.5
    assert told["draw_mm"] > 0


@pytest.mark.parametrize(
    ("kind", "begin"), [("svg", "<"), ("hpgl", "IN;"), ("gcode", (";", "G", "("))]
)
def test_a_plot_is_a_plotters_file(client: TestClient, kind: str, begin: Any) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    answer = client.post(f"/v1/photos/{photo}/plot", json={"kind": kind, "source": "drawing"})
    assert answer.status_code == 200, answer.text
    assert answer.text.lstrip().startswith(begin)


def test_margins_that_leave_nothing_are_refused(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    wish = {"page_mm": [20, 20], "margin_mm": 15}
    answer = client.post(f"/v1/photos/{photo}/plot", json=wish)
    assert desk.refusal(answer) == (422, "bad_value")


def test_the_photograph_comes_back_upright_as_browsers_show_it(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    answer = client.get(f"/v1/photos/{photo}/picture?max_side=80&kind=png")
    assert desk.pixels_of(answer.content).shape == (60, 80, 3)
    assert desk.refusal(client.get(f"/v1/photos/{photo}/picture?kind=exe")) == (422, "bad_value")


def test_a_place_among_the_faces_that_is_none_is_refused() -> None:
    face = fakes.face_at(1, 2, 30)
    assert draw._whom((face, face), [1, 1, 0]) == (face, face)
    with pytest.raises(InputError, match="has 1"):
        draw._whom((face,), [-1])


@pytest.mark.parametrize("slot", ["a b", "x" * 65, "a/b"])
def test_a_slot_that_is_no_name_is_refused(client: TestClient, slot: str) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    answer = client.post(f"/v1/photos/{photo}/drawing", json={}, headers=[("X-Limner-Slot", slot)])
    assert desk.refusal(answer) == (422, "bad_value")
