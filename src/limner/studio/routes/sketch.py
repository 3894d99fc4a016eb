"""``/v1/sketches`` and its neighbours: strokes in → a shadow to draw in, a photograph, other strokes."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Request, Response

from limner.studio.bodies import CanvasWish, Morph, StrokesWish, Take
from limner.studio.canvases import advance, checked
from limner.studio.errors import Problem
from limner.studio.jobs import sketch as jobs
from limner.studio.pool import Job
from limner.studio.shop import SHOWN, Here, ShownKind, file_answer, file_of, slot_of

if TYPE_CHECKING:
    from limner.studio.canvases import CanvasState
    from limner.studio.shop import Shop

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["sketch"])

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
#: What of a canvas is wanted → its side and the kind of file that it is unless told.
_WANTED = {"preview": (256, "jpeg"), "photo": (512, "png")}


def _brought(shop: Shop, canvas: str, wish: CanvasWish) -> CanvasState:
    """Bring a canvas to its newest state; what waits for an older one is answered as stale."""
    if not _ID.fullmatch(canvas):
        raise Problem(422, "bad_value", "A canvas's id has up to 64 letters, digits and -.")
    known = shop.canvases.peek(canvas)
    state = advance(known, wish, shop.limits)
    if known is not state:
        shop.canvases.put(canvas, state, state.bytes)
        for want in ("shadow", "photo"):
            shop.pool.overtake(f"canvas:{canvas}:{want}")
    return state


@router.post("/sketches/{canvas}/shadow", responses=file_answer("png"), response_class=Response)
async def shade(canvas: str, wish: CanvasWish, request: Request, shop: Here) -> Response:
    """Return where a face's lines would go: a grey PNG, 255 where the shadow is darkest."""
    began = time.monotonic()
    state = _brought(shop, canvas, wish)
    told = {"size": wish.size, "neighbours": wish.neighbours}
    job = Job(
        jobs.shadow,
        (canvas, state.strokes, told),
        slot=f"canvas:{canvas}:shadow",
        lane=f"canvas:{canvas}",
        live=True,
    )
    data, facts = await shop.run(request, job)
    return file_of(data, "png", {**facts, "version": state.version}, began)


@router.post("/sketches/{canvas}/{want}", responses=file_answer(*SHOWN), response_class=Response)
async def photograph(
    canvas: str,
    want: Literal["preview", "photo"],
    wish: CanvasWish,
    request: Request,
    shop: Here,
    kind: ShownKind | None = None,
) -> Response:
    """Return the photograph that the strokes stand for: a preview of 256² or the whole of 512²."""
    began = time.monotonic()
    state = _brought(shop, canvas, wish)
    size, usual = _WANTED[want]
    chosen = kind or usual
    told = wish.model_dump(include={"confidence", "palette", "seed", "neighbours"})
    job = Job(
        jobs.photo,
        (canvas, state.strokes, {**told, "size": size, "kind": chosen}),
        slot=f"canvas:{canvas}:photo",
        lane=f"canvas:{canvas}",
        live=True,
    )
    data, facts = await shop.run(request, job)
    return file_of(data, chosen, {**facts, "version": state.version}, began)


@router.delete("/sketches/{canvas}", status_code=204)
async def forget_canvas(canvas: str, shop: Here) -> Response:
    """Forget a canvas."""
    shop.canvases.drop(canvas)
    return Response(status_code=204)


@router.post("/photos/{photo}/strokes")
async def trace_photo(
    photo: str, wish: StrokesWish, request: Request, shop: Here
) -> dict[str, Any]:
    """Return a photograph's lines, or a drawing's own, as strokes on the canvas."""
    job = Job(
        jobs.strokes_of,
        (shop.photos.get(photo), wish.model_dump()),
        slot=slot_of(request),
        lane=f"photo:{photo}",
    )
    told: dict[str, Any] = await shop.run(request, job)
    return told


@router.get("/photos/{photo}/crop", responses=file_answer("png"), response_class=Response)
async def crop_photo(photo: str, request: Request, shop: Here, face: int = 0) -> Response:
    """Return the photograph as it lies under the canvas, to trace over: 512² PNG."""
    began = time.monotonic()
    job = Job(jobs.crop, (shop.photos.get(photo), face), lane=f"photo:{photo}")
    data, facts = await shop.run(request, job)
    return file_of(data, "png", facts, began)


@router.post("/strokes/take")
async def take_part(wish: Take, request: Request, shop: Here) -> dict[str, Any]:
    """Return one sketch's strokes with a part of another's, cut at the part's window."""
    onto, other = checked(wish.onto, shop.limits), checked(wish.other, shop.limits)
    told: dict[str, Any] = await shop.run(request, Job(jobs.take, (onto, other, wish.part)))
    return told


@router.post("/morph", responses=file_answer(*SHOWN), response_class=Response)
async def morph(wish: Morph, request: Request, shop: Here, kind: ShownKind = "jpeg") -> Response:
    """Return the photograph between two drawings."""
    began = time.monotonic()
    told = wish.model_dump(include={"t", "confidence", "seed", "size"})
    told |= {"palettes": [wish.a.palette, wish.b.palette], "kind": kind}
    ends = [checked(end.strokes, shop.limits) for end in (wish.a, wish.b)]
    job = Job(
        jobs.morph,
        (*ends, told),
        slot=slot_of(request),
        lane=slot_of(request) or "morph",
        live=True,
    )
    data, facts = await shop.run(request, job)
    return file_of(data, kind, facts, began)
