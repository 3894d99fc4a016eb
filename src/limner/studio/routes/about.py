"""``/healthz``, ``/v1/state`` and the documentation: nothing in → how the studio is, what it can do, how to ask."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from limner import __version__
from limner.studio.errors import Problem
from limner.studio.reference import STYLESHEET, page
from limner.studio.shop import Here, Shop

__all__ = ["router"]

router = APIRouter(tags=["about"])


@router.get("/healthz")
async def health(shop: Here) -> dict[str, Any]:
    """Tell whether the studio is well: its workers, how many were replaced, what waits."""
    return {"ok": True, "version": __version__, **shop.pool.as_json()}


@router.get("/v1/state")
async def tell_state(shop: Here) -> dict[str, Any]:
    """Tell everything that a page needs first: rooms that are ready, styles, parts, colours, limits."""
    state = await _state(shop)
    return {**state, "warm": shop.pool.warm, "limits": shop.limits.as_json()}


@router.get("/v1/limits")
async def tell_limits(shop: Here) -> dict[str, float]:
    """Tell how much is taken: megabytes, megapixels, strokes, how long things are remembered."""
    return shop.limits.as_json()


@router.get("/v1/styles")
async def list_styles(shop: Here) -> list[dict[str, str]]:
    """List the manners to draw in."""
    found: list[dict[str, str]] = (await _state(shop))["styles"]
    return found


async def _state(shop: Shop) -> dict[str, Any]:
    if shop.state is None:
        raise Problem(503, "starting", "The studio is starting.", {"Retry-After": "1"})
    # shielded: one client's going away must not end what all others wait for
    return await asyncio.shield(shop.state)


@router.get("/docs", include_in_schema=False)
async def documentation(request: Request) -> Response:
    """Return the documentation of the HTTP API as a page without scripts."""
    return Response(page(request.app.openapi()), media_type="text/html; charset=utf-8")


@router.get("/docs.css", include_in_schema=False)
async def documentation_style() -> Response:
    """Return how the documentation looks."""
    return Response(STYLESHEET, media_type="text/css; charset=utf-8")
