"""The documentation tells every operation and field."""

from __future__ import annotations

from limner.studio.reference import page

DOCUMENT = {
    "info": {"title": "Limner", "version": "1"},
    "components": {
        "schemas": {
            "Wish": {
                "properties": {
                    "seed": {"type": "integer", "minimum": 0, "default": 3},
                    "kind": {"enum": ["a", "b"], "description": "Which."},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                },
                "required": ["kind"],
            },
            "Part": {"properties": {"name": {"const": "x"}}},
        }
    },
    "paths": {
        "/a/{id}": {
            "post": {
                "tags": ["draw"],
                "description": "Draws <it>.",
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "anyOf": [
                                    {"$ref": "#/components/schemas/Wish"},
                                    {"$ref": "#/components/schemas/Part"},
                                ]
                            }
                        }
                    }
                },
            }
        }
    },
}


def test_operations_parameters_and_fields_are_told() -> None:
    text = page(DOCUMENT)
    for part in (
        "Draws &lt;it&gt;.",
        "<b>POST</b>/a/{id}",
        "id (path)",
        "integer ≥ 0",
        "Usual: 3.",
        "&quot;a&quot; | &quot;b&quot;",
        "Which. Needed.",
        "list of Part",
        "<p>or</p>",
    ):
        assert part in text, part
