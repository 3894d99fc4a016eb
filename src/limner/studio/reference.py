"""The HTTP API's documentation: an OpenAPI document in → a page without scripts that loads nothing from afar."""

from __future__ import annotations

import html
import json
from typing import Any

__all__ = ["STYLESHEET", "page"]

STYLESHEET = """\
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 6rem; }
h1 { font-size: 1.7rem; } h2 { margin-top: 2.5rem; }
section { border-top: 1px solid #8884; padding: 0.5rem 0; }
h3 { font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
h3 b { display: inline-block; min-width: 4.5rem; }
code, pre { font: 0.9rem/1.45 ui-monospace, monospace; }
pre { background: #8881; padding: 0.75rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
td { text-align: left; padding: 0.25rem 0.75rem 0.25rem 0; vertical-align: top; }
td:first-child { white-space: nowrap; }
"""

_LEAD = """\
<p>Every call of <code>/v1</code> bears the header <code>X-Limner-Token</code>; <code>limner studio --json</code> prints
the token. What goes wrong is told as <code>application/problem+json</code>: <code>status</code>, <code>code</code>,
<code>detail</code> and <code>what_to_do</code>. The same as a document for machines:
<a href="/openapi.json">/openapi.json</a>.</p>
"""
_METHODS = ("get", "post", "put", "patch", "delete")


def page(document: dict[str, Any]) -> str:
    """Return the documentation of an OpenAPI document as HTML.

    Examples
    --------
    >>> text = page({"info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": {"summary": "A <b>"}}}})
    >>> "A &lt;b&gt;" in text, "<script" in text
    (True, False)
    """
    info = document["info"]
    groups: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                told = methods[method]
                group = (told.get("tags") or ["other"])[0]
                groups.setdefault(group, []).append(_operation(document, path, method, told))
    title = f"{_text(info['title'])} {_text(info['version'])}"
    body = "".join(f"<h2>{_text(g)}</h2>{''.join(found)}" for g, found in groups.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="stylesheet" href="/docs.css"></head>'
        f"<body><main><h1>{title}</h1>{_LEAD}{body}</main></body></html>"
    )


def _text(value: object) -> str:
    return html.escape(str(value))


def _operation(document: dict[str, Any], path: str, method: str, told: dict[str, Any]) -> str:
    parameters = [
        (f"{p['name']} ({p['in']})", _kind(p.get("schema", {})), p.get("description", ""))
        for p in told.get("parameters", ())
    ]
    content = told.get("requestBody", {}).get("content", {})
    body = ""
    for media, entry in content.items():
        body += f"<p>Body: <code>{_text(media)}</code></p>{_fields(document, entry['schema'])}"
    summary = told.get("description") or told.get("summary", "")
    return (
        f"<section><h3><b>{_text(method.upper())}</b>{_text(path)}</h3><p>{_text(summary)}</p>"
        f"{_table(parameters)}{body}</section>"
    )


def _table(rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(
        f"<tr><td><code>{_text(a)}</code></td><td><code>{_text(b)}</code></td><td>{_text(c)}</td></tr>"
        for a, b, c in rows
    )
    return f"<table><tbody>{cells}</tbody></table>"


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """Return a table of a body's fields, one table for each form that it may take."""
    if "anyOf" in schema:
        return "<p>or</p>".join(_fields(document, one) for one in schema["anyOf"])
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    rows = []
    for name, field in schema.get("properties", {}).items():
        told = field.get("description", "")
        if "default" in field:
            told = f"{told} Usual: {json.dumps(field['default'])}.".strip()
        elif name in schema.get("required", ()):
            told = f"{told} Needed.".strip()
        rows.append((name, _kind(field), told))
    return _table(rows)


def _kind(schema: dict[str, Any]) -> str:
    """Return a schema as a few words.

    Examples
    --------
    >>> _kind({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]})
    'integer ≥ 0 or null'
    """
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(v) for v in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤"}
    told = [f"{sign} {schema[key]:g}" for key, sign in bounds.items() if key in schema]
    return " ".join([kind, *told])
