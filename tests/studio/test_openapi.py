"""The document of the HTTP API for machines."""

from __future__ import annotations

import json

from starlette.testclient import TestClient

from limner.studio.errors import REMEDIES
from limner.studio.guard import TOKEN_HEADER


def test_every_call_tells_its_refusals_in_the_form_that_is_sent(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for call in methods.values():
            told = call["responses"]
            assert {"4XX", "5XX"} <= set(told), path
            assert "422" not in told
            for status in ("4XX", "5XX"):
                name = told[status]["$ref"].rpartition("/")[2]
                content = document["components"]["responses"][name]["content"]
                assert list(content) == ["application/problem+json"]
    assert "HTTPValidationError" not in json.dumps(document)


def test_a_refusal_is_what_the_document_says(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()["components"]["schemas"]["Problem"]
    answer = client.get("/v1/photos/nobody")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == set(schema["required"]) == set(schema["properties"])
    assert schema["properties"]["code"]["enum"] == sorted(REMEDIES)
    assert answer.json()["code"] in REMEDIES


def test_the_token_is_told_where_it_is_asked_for(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["token"]["name"].lower() == TOKEN_HEADER
    for path, methods in document["paths"].items():
        for call in methods.values():
            assert ("security" in call) == path.startswith("/v1"), path


def test_the_document_stays_the_same_when_asked_twice(client: TestClient) -> None:
    assert client.get("/openapi.json").content == client.get("/openapi.json").content
