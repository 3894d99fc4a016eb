"""Strokes become shadows, photographs and other strokes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.api import fakes
from tests.sketches.conftest import FakeSession
from tests.studio import desk

from limner.studio.jobs import sketch
from limner.studio.jobs.sketch import Drawn

NOSE = desk.line(240, 300, 270, 320)
EYE = desk.line(150, 220, 200, 220)


def state(version: int, *strokes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": version, "add": list(strokes), **more}


def test_a_blank_sheet_has_a_shadow_and_no_photograph(client: TestClient, pen: FakeSession) -> None:
    answer = client.post("/v1/sketches/c/shadow", json=state(1))
    shade = desk.pixels_of(answer.content, None)
    assert shade.shape == (512, 512)
    assert shade.dtype == np.uint8
    assert shade.max() > 0
    assert desk.facts(answer)["version"] == 1
    answer = client.post("/v1/sketches/c/preview", json=state(1))
    assert desk.refusal(answer) == (422, "empty_sketch")


def test_a_small_shadow_can_be_had(client: TestClient, pen: FakeSession) -> None:
    answer = client.post("/v1/sketches/c/shadow", json=state(1, size=256))
    assert desk.pixels_of(answer.content, None).shape == (256, 256)


def test_preview_and_photograph_tell_how_much_ink_was_kept(
    client: TestClient, pen: FakeSession
) -> None:
    for want, side, kind in (("preview", 256, "image/jpeg"), ("photo", 512, "image/png")):
        answer = client.post(f"/v1/sketches/c/{want}", json=state(1, NOSE, EYE))
        assert answer.headers["content-type"] == kind
        assert desk.pixels_of(answer.content).shape == (side, side, 3)
        told = desk.facts(answer)
        assert 0 <= told["ink_kept"] <= 1
        assert told["notes"]
    assert client.post("/v1/sketches/c/larger", json=state(1)).status_code == 422


def test_a_photograph_of_a_sketch_says_that_a_network_made_it(
    client: TestClient, pen: FakeSession
) -> None:
    answer = client.post("/v1/sketches/c/photo", json=state(1, NOSE))
    assert b"trainedAlgorithmicMedia" in answer.content


def test_a_stroke_more_computes_only_what_it_touched(client: TestClient, pen: FakeSession) -> None:
    client.post("/v1/sketches/c/preview", json=state(1, NOSE))
    pen.encoded.clear()
    client.post("/v1/sketches/c/preview", json=state(2, EYE, base=1, keep=1))
    assert pen.encoded["right-eye"] == 1
    assert pen.encoded["mouth"] == 0
    pen.encoded.clear()
    # the same version again, with another palette: nothing is looked at anew
    client.post("/v1/sketches/c/preview", json=state(2, palette={"hair": "#101010"}))
    assert not +pen.encoded


def test_undo_gives_the_picture_of_before(client: TestClient, pen: FakeSession) -> None:
    first = client.post("/v1/sketches/c/photo", json=state(1, NOSE)).content
    second = client.post("/v1/sketches/c/photo", json=state(2, EYE, base=1, keep=1)).content
    third = client.post("/v1/sketches/c/photo", json=state(3, base=2, keep=1)).content
    assert first != second
    assert first == third


def test_the_order_of_requests_is_kept(client: TestClient, pen: FakeSession) -> None:
    client.post("/v1/sketches/c/shadow", json=state(5, NOSE))
    stale = client.post("/v1/sketches/c/shadow", json=state(4, NOSE))
    assert desk.refusal(stale) == (409, "stale")
    unknown = client.post("/v1/sketches/c/shadow", json=state(9, base=8, keep=1))
    assert desk.refusal(unknown) == (409, "unknown_base")


def test_a_forgotten_canvas_is_sent_anew(client: TestClient, pen: FakeSession) -> None:
    client.post("/v1/sketches/c/shadow", json=state(5, NOSE))
    assert client.delete("/v1/sketches/c").status_code == 204
    answer = client.post("/v1/sketches/c/shadow", json=state(6, base=5, keep=1))
    assert desk.refusal(answer) == (409, "unknown_base")
    assert client.post("/v1/sketches/c/shadow", json=state(1, NOSE)).status_code == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"confidence": {"nosed": 1}},
        {"palette": {"skin": "red"}},
        {"palette": {"skin": 7}},
        {"palette": {"teeth": "#ffffff"}},
        {"palette": {"light": [2, 0]}},
        {"confidence": 1.5},
    ],
)
def test_wishes_that_cannot_be_met_are_refused(
    client: TestClient, pen: FakeSession, wish: dict[str, Any]
) -> None:
    answer = client.post("/v1/sketches/c/preview", json=state(1, NOSE, **wish))
    assert desk.refusal(answer)[0] == 422


def test_an_id_that_is_no_name_is_refused(client: TestClient, pen: FakeSession) -> None:
    answer = client.post("/v1/sketches/a.b/shadow", json=state(1))
    assert desk.refusal(answer) == (422, "bad_value")


def test_without_its_networks_the_room_says_so(client: TestClient) -> None:
    answer = client.post("/v1/sketches/c/shadow", json=state(1))
    if answer.status_code == 503:
        assert desk.refusal(answer) == (503, "missing_weights")
    else:  # they are installed here
        assert answer.status_code == 200


def test_a_canvas_half_way_is_forgotten(pen: FakeSession) -> None:
    good = Drawn(1, np.array([[1, 2, 1], [30, 40, 1]], np.float32), 2.0)
    bad = Drawn(2, np.array([[1, 2, 7]], np.float32), 2.0)
    with pytest.raises(ValueError, match="pressure"):
        sketch._canvas("c", [good, bad], 10)
    assert "c/10" not in sketch._canvases
    assert len(sketch._canvas("c", [good], 10).sketch.strokes) == 1


def test_a_morph_begins_and_ends_at_the_drawings(client: TestClient, pen: FakeSession) -> None:
    ends = {"a": {"strokes": [NOSE]}, "b": {"strokes": [EYE], "palette": {"hair": "#ffffff"}}}
    for t, stroke in ((0.0, NOSE), (1.0, EYE)):
        answer = client.post("/v1/morph?kind=png", json={**ends, "t": t})
        alone = client.post(f"/v1/sketches/x{t:.0f}/preview?kind=png", json=state(1, stroke))
        assert np.array_equal(desk.pixels_of(answer.content), desk.pixels_of(alone.content))


def test_a_part_is_taken_from_another_sketch(client: TestClient) -> None:
    other_nose = desk.line(250, 310, 260, 350)
    wish = {"onto": [NOSE, EYE], "from": [other_nose, EYE], "part": "nose"}
    told = client.post("/v1/strokes/take", json=wish).json()
    assert told["kept"] == 1
    assert [s["points"][0][:2] for s in told["strokes"]] == [[150, 220], [250, 310]]
    answer = client.post("/v1/strokes/take", json={**wish, "part": "chin"})
    assert desk.refusal(answer) == (422, "unknown_name")


def test_a_photographs_lines_become_strokes_and_the_photograph_lies_under_them(
    client: TestClient,
) -> None:
    photo = desk.send(client, fakes.picture((40, 30, 60)))
    told = client.post(f"/v1/photos/{photo}/strokes", json={"as": "photo"}).json()
    assert (told["as"], told["face"]) == ("photo", 0)
    points = np.concatenate([s["points"] for s in told["strokes"]])
    assert np.abs(points[:, 0] - 256).max() < 4  # the stand-in draws a line down the middle
    under = desk.pixels_of(client.get(f"/v1/photos/{photo}/crop").content)
    assert np.abs(under[256, 256].astype(int) - fakes.PERSON).max() < 12


def test_a_picture_with_nobody_is_fitted_whole(client: TestClient) -> None:
    photo = desk.send(client, fakes.picture())
    told = client.post(f"/v1/photos/{photo}/strokes", json={"as": "photo"}).json()
    assert told["face"] is None
    a, _, c = told["canvas_from_photo"][0]
    assert a * 79.5 + c == pytest.approx(255.5)
    answer = client.get(f"/v1/photos/{photo}/crop?face=3")
    assert desk.refusal(answer) == (422, "no_face")
