"""Every error has a status, a code and something to do."""

from __future__ import annotations

import copy

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from tests.studio import desk

from limner import errors as house
from limner.studio.errors import REMEDIES, STATUSES, Problem, problem_of
from limner.studio.jobs.hand import Fault


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (house.NoFace("x"), 422, "no_face"),
        (house.UnreadablePhoto("x"), 422, "unreadable_photo"),
        (house.EmptySketch("x"), 422, "empty_sketch"),
        (house.UnknownName("x"), 422, "unknown_name"),
        (house.InputError("x"), 422, "bad_value"),
        (house.MissingWeights("x"), 503, "missing_weights"),
        (house.MissingExtra("x"), 415, "wrong_type"),
        (MemoryError(), 413, "too_large"),
        (HTTPException(404), 404, "not_found"),
        (HTTPException(405), 405, "not_allowed"),
        (KeyError("x"), 500, "fault"),
        (Fault("ValueError: odd"), 500, "fault"),
    ],
)
def test_each_error_is_told_as_what_it_is(error: Exception, status: int, code: str) -> None:
    problem = problem_of(error)
    assert (problem.status_code, problem.code) == (status, code)


def test_every_code_has_something_to_do() -> None:
    for _, _, code in STATUSES:
        assert code in REMEDIES
    assert all(text.endswith(".") for text in REMEDIES.values())


def test_a_fault_is_told_in_one_line() -> None:
    told = problem_of(Fault("ValueError: one\nTraceback of much")).detail
    assert told == "A fault of Limner itself: ValueError: one."


def test_a_problem_travels_between_processes() -> None:
    problem = copy.copy(Problem(503, "busy", "Full.", {"Retry-After": "2"}))
    assert (problem.status_code, problem.code, problem.headers) == (
        503,
        "busy",
        {"Retry-After": "2"},
    )


def test_wrong_values_are_told_with_their_place(client: TestClient) -> None:
    photo = "nobody"
    answer = client.post(f"/v1/photos/{photo}/drawing", json={"seed": -1})
    assert desk.refusal(answer) == (422, "bad_value")
    assert answer.json()["detail"].startswith("seed: input should be greater")
    answer = client.post(f"/v1/photos/{photo}/drawing", json={"stile": "croquis"})
    assert "stile" in answer.json()["detail"]


def test_a_body_that_is_no_json_is_told_so(client: TestClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post("/v1/morph", content=b"{", headers=headers)
    assert desk.refusal(answer) == (400, "bad_json")


def test_an_unforeseen_error_is_told_as_a_problem_too(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr("limner.studio.jobs.draw.open_photo", broken)
    answer = client.post("/v1/photos", content=b"x")
    assert desk.refusal(answer) == (500, "fault")
