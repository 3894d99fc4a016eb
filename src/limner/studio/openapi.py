"""The HTTP API as a document for machines: what FastAPI knows of the calls → with the token and the refusals too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limner.studio.errors import REMEDIES
from limner.studio.guard import TOKEN_HEADER

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["document_all"]

_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong, by RFC 9457.",
    "required": ["status", "code", "title", "detail", "what_to_do"],
    "properties": {
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "enum": sorted(REMEDIES)},
        "title": {"type": "string"},
        "detail": {"type": "string", "description": "A sentence: what came, what was wanted."},
        "what_to_do": {"type": "string"},
    },
}
_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REFUSALS = {
    "4XX": ("Refused", "The request cannot be done as it is."),
    "5XX": ("Failed", "The studio is busy, or something went wrong behind it."),
}
#: FastAPI's own form of a refusal, which the studio never sends.
_UNSENT = ("HTTPValidationError", "ValidationError")


def document_all(app: FastAPI) -> None:
    """Make the document of `app` tell every answer: refusals as problems, and the token that calls bear."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in _UNSENT:
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    parts["responses"] = {
        name: {"description": told, "content": _CONTENT} for name, told in _REFUSALS.values()
    }
    parts["securitySchemes"] = {
        "token": {"type": "apiKey", "in": "header", "name": TOKEN_HEADER.title()}
    }
    for path, methods in document["paths"].items():
        for call in methods.values():
            call["responses"].pop("422", None)
            for status, (name, _) in _REFUSALS.items():
                call["responses"][status] = {"$ref": f"#/components/responses/{name}"}
            if path.startswith("/v1"):
                call["security"] = [{"token": []}]
    return document
