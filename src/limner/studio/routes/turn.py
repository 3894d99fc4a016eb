"""``/v1/heads``: a photograph, seed or file in → the id of a head; the id and angles in → what a camera sees."""

from __future__ import annotations

import hashlib
import time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from limner.studio.bodies import Edit, FilmWish, FromPhoto, FromSeed, ViewWish
from limner.studio.errors import Problem
from limner.studio.jobs import turn as jobs
from limner.studio.pool import Job
from limner.studio.routes.draw import RAW, check_type
from limner.studio.shop import (
    SHOWN,
    Head,
    Here,
    Shop,
    ShownKind,
    file_answer,
    file_of,
    slot_of,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/heads", tags=["turn"])


#: What the documentation says of a body that is a map.
_MAP: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": (
            "The whole map of one view, painted over: a PNG in the colours of `view` with `show` of `labels` "
            "(`class_colors` of /v1/state), or grey with the bare ids, 0 to 18. Ask for the map with `kind=png`."
        ),
        "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_Yaw = Annotated[
    float, Query(ge=-180, le=180, allow_inf_nan=False, description="Of the view that was painted.")
]
_Pitch = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]


def _keep(shop: Shop, data: bytes, facts: dict[str, Any]) -> dict[str, Any]:
    key = hashlib.sha256(data).hexdigest()[:32]
    shop.heads.put(key, Head(data, facts), len(data))
    return {"head": key, **facts}


@router.post("", status_code=201)
async def make_head(wish: FromPhoto | FromSeed, request: Request, shop: Here) -> dict[str, Any]:
    """Make a head from a photograph that was sent, or from a seed."""
    if isinstance(wish, FromPhoto):
        source = shop.photos.get(wish.photo)
        job = Job(jobs.from_photo, (source, wish.face), lane=f"photo:{wish.photo}")
    else:
        job = Job(jobs.from_seed, (wish.seed, wish.truncation_psi))
    return _keep(shop, *await shop.run(request, job))


@router.post("/file", status_code=201, openapi_extra=RAW)
async def open_head(request: Request, shop: Here) -> dict[str, Any]:
    """Open a head's file: the body is the file itself."""
    check_type(request)
    data = await request.body()
    return _keep(shop, *await shop.run(request, Job(jobs.check_file, (data,))))


@router.get("/{head}")
async def tell_head(head: str, shop: Here) -> dict[str, Any]:
    """Tell where a head comes from and which parts were changed."""
    return {"head": head, **shop.heads.get(head).facts}


@router.get("/{head}/file", responses=file_answer("head"), response_class=Response)
async def keep_head(head: str, shop: Here) -> Response:
    """Return a head as a file that opens again."""
    began = time.monotonic()
    return file_of(shop.heads.get(head).data, "head", {}, began)


@router.get("/{head}/mesh", responses=file_answer("glb"), response_class=Response)
async def export_head(head: str, request: Request, shop: Here) -> Response:
    """Return a head as a GLB for 3D programs."""
    began = time.monotonic()
    data = await shop.run(request, Job(jobs.mesh, (shop.heads.get(head).data,)))
    return file_of(data, "glb", {}, began)


@router.post("/{head}/film", responses=file_answer("webp"), response_class=Response)
async def film_head(head: str, wish: FilmWish, request: Request, shop: Here) -> Response:
    """Return an animated WebP of a head that turns there and back."""
    began = time.monotonic()
    job = Job(jobs.film, (shop.heads.get(head).data, wish.model_dump()), slot=slot_of(request))
    return file_of(await shop.run(request, job), "webp", {"frames": wish.frames}, began)


@router.delete("/{head}", status_code=204)
async def forget_head(head: str, shop: Here) -> Response:
    """Forget a head."""
    shop.heads.drop(head)
    return Response(status_code=204)


@router.post("/{head}/edit", status_code=201)
async def edit_head(head: str, wish: Edit, request: Request, shop: Here) -> dict[str, Any]:
    """Make a head with another part, from a seed or another head; the old head stays."""
    if (wish.seed is None) == (wish.head is None):
        raise Problem(422, "bad_value", "A new part comes from a seed or from a head: give one.")
    other = None if wish.head is None else shop.heads.get(wish.head).data
    job = Job(jobs.edited, (shop.heads.get(head).data, wish.model_dump(), other))
    return _keep(shop, *await shop.run(request, job))


@router.post("/{head}/paint", status_code=201, openapi_extra=_MAP)
async def paint_head(
    head: str, request: Request, shop: Here, yaw_deg: _Yaw = 0.0, pitch_deg: _Pitch = 0.0
) -> dict[str, Any]:
    """Make a head by painting on a head's map: map, photograph and drawings follow in every view; the old head stays.

    The same head comes back if nothing was changed.
    """
    check_type(request)
    labels = await request.body()
    job = Job(
        jobs.painted,
        (shop.heads.get(head).data, labels, yaw_deg, pitch_deg),
        slot=slot_of(request),
        lane=f"head:{head}",
    )
    return _keep(shop, *await shop.run(request, job))


@router.post("/{head}/view", responses=file_answer(*SHOWN), response_class=Response)
async def look(
    head: str, wish: ViewWish, request: Request, shop: Here, kind: ShownKind = "jpeg"
) -> Response:
    """Return what a camera sees: the photograph, its parts in colour, depth, or a drawing."""
    began = time.monotonic()
    told = {**wish.model_dump(), "kind": kind}
    job = Job(
        jobs.view,
        (head, shop.heads.get(head).data, told),
        slot=slot_of(request),
        lane=f"head:{head}",
        live=True,
    )
    data, facts = await shop.run(request, job)
    return file_of(data, kind, facts, began)
