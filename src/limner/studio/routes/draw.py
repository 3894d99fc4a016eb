"""``/v1/photos``: a photograph's bytes in → an id; the id and a wish in → faces, drawings, plots."""

from __future__ import annotations

import hashlib
import time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from limner.studio.bodies import DrawingWish, PlotWish
from limner.studio.errors import Problem
from limner.studio.jobs import draw as jobs
from limner.studio.pool import Job
from limner.studio.shop import (
    MEDIA,
    SHOWN,
    Here,
    ShownKind,
    file_answer,
    file_of,
    slot_of,
)

__all__ = ["RAW", "router"]

router = APIRouter(prefix="/v1/photos", tags=["draw"])

#: What the documentation says of a body that is a file's own bytes.
RAW: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
MaxSide = Annotated[int | None, Query(ge=16, le=12_000)]


@router.post("", status_code=201, openapi_extra=RAW)
async def send_photo(request: Request, shop: Here) -> dict[str, Any]:
    """Send a photograph: the body is the file itself, JPEG, PNG, WebP, GIF or TIFF."""
    check_type(request)
    data = await request.body()
    key = hashlib.sha256(data).hexdigest()[:32]
    source = jobs.Source(key, data, shop.limits.megapixels)
    facts = await shop.run(request, Job(jobs.open_photo, (source,), lane=f"photo:{key}"))
    shop.photos.put(key, source, len(data))
    return {"photo": key, **facts}


def check_type(request: Request) -> None:
    """Raise 415 unless the body says that it is a file's own bytes."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    plain = kind in ("", "application/octet-stream")
    if not plain and (not kind.startswith("image/") or "svg" in kind):
        raise Problem(415, "wrong_type", f"The body is {kind[:60]}; wanted a picture's own bytes.")


@router.get("/{photo}")
async def tell_photo(photo: str, request: Request, shop: Here) -> dict[str, Any]:
    """Tell a photograph's size, and what was worth knowing when it was read."""
    source = shop.photos.get(photo)
    facts = await shop.run(request, Job(jobs.open_photo, (source,), lane=f"photo:{photo}"))
    return {"photo": photo, **facts}


@router.delete("/{photo}", status_code=204)
async def forget_photo(photo: str, shop: Here) -> Response:
    """Forget a photograph."""
    shop.photos.drop(photo)
    return Response(status_code=204)


@router.get("/{photo}/picture", responses=file_answer(*SHOWN), response_class=Response)
async def show_photo(
    photo: str, request: Request, shop: Here, max_side: MaxSide = None, kind: ShownKind = "jpeg"
) -> Response:
    """Return the photograph upright and in sRGB, as browsers show it."""
    began = time.monotonic()
    job = Job(
        jobs.picture,
        (shop.photos.get(photo), max_side, kind),
        slot=slot_of(request),
        lane=f"photo:{photo}",
    )
    data, facts = await shop.run(request, job)
    return file_of(data, kind, facts, began)


@router.get("/{photo}/faces")
async def list_faces(
    photo: str, request: Request, shop: Here, *, points: bool = False
) -> dict[str, Any]:
    """List the faces in reading order: box in px of the photograph, score, angles, with `points` all 478 points."""

    def job() -> Job:
        return Job(_faces, (shop.photos.get(photo), points), lane=f"photo:{photo}")

    found: dict[str, Any] = await shop.run(request, job())
    return found


def _faces(source: jobs.Source, points: bool) -> dict[str, Any]:  # noqa: FBT001 - a job's arguments
    return jobs.faces(source, points=points)


@router.post(
    "/{photo}/drawing",
    responses=file_answer(*SHOWN, "tiff", "svg", "ora"),
    response_class=Response,
)
async def draw_photo(photo: str, wish: DrawingWish, request: Request, shop: Here) -> Response:
    """Draw the people in a photograph; the answer is the file."""
    began = time.monotonic()
    job = Job(
        jobs.drawing,
        (shop.photos.get(photo), wish.model_dump()),
        slot=slot_of(request),
        lane=f"photo:{photo}",
    )
    data, facts = await shop.run(request, job)
    return file_of(data, wish.kind, facts, began)


@router.post("/{photo}/plot", response_model=None, responses=file_answer("svg", "hpgl", "gcode"))
async def plot_photo(
    photo: str, wish: PlotWish, request: Request, shop: Here
) -> Response | dict[str, Any]:
    """Lay a photograph's strokes out on a page, in millimetres: as numbers, or as a plotter's file."""
    job = Job(
        jobs.plot,
        (shop.photos.get(photo), wish.model_dump()),
        slot=slot_of(request),
        lane=f"photo:{photo}",
    )
    sheet = await shop.run(request, job)
    if isinstance(sheet, bytes):
        return Response(sheet, media_type=MEDIA[wish.kind])
    told: dict[str, Any] = sheet
    return told
