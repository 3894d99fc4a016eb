"""What every route works with: pool, memories, limits; a job in → its result, dropped if its client went away."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from fastapi import Depends, Request, Response

from limner.studio.errors import Problem
from limner.studio.pool import Job

if TYPE_CHECKING:
    from limner.studio.canvases import CanvasState
    from limner.studio.jobs.draw import Source
    from limner.studio.limits import Limits
    from limner.studio.pool import Pool
    from limner.studio.store import Store

__all__ = [
    "FACTS_HEADER",
    "MEDIA",
    "SHOWN",
    "Head",
    "Here",
    "Shop",
    "ShownKind",
    "file_answer",
    "file_of",
    "slot_of",
]

FACTS_HEADER = "Limner-Facts"

#: Kind → media type.
MEDIA: dict[str, str] = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "tiff": "image/tiff",
    "svg": "image/svg+xml",
    "ora": "image/openraster",
    "hpgl": "application/vnd.hp-hpgl",
    "gcode": "text/x.gcode",
    "head": "application/octet-stream",
    "glb": "model/gltf-binary",
}
#: Kinds of pictures that every browser shows.
ShownKind = Literal["png", "jpeg", "webp"]
SHOWN: tuple[str, ...] = get_args(ShownKind)
_SLOT = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Head:
    """A head that the server holds: its file and what a page wants to know of it."""

    data: bytes
    facts: dict[str, Any]


@dataclass(slots=True)
class Shop:
    """One running studio.

    Parameters
    ----------
    limits : Limits
    pool : Pool
    photos, canvases, heads : Store
    state : dict
        What ``/v1/state`` says; filled in the background.
    """

    limits: Limits
    pool: Pool
    photos: Store[Source]
    canvases: Store[CanvasState]
    heads: Store[Head]
    state: asyncio.Future[dict[str, Any]] | None = None

    async def run(self, request: Request, job: Job) -> Any:
        """Return a job's result, or drop it when its client goes away.

        Raises
        ------
        Problem
            499 if the client went away; what the pool raises.
        """
        work = asyncio.ensure_future(self.pool.run(job))
        left = asyncio.ensure_future(_left(request))
        try:
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            raise Problem(499, "stale", "The client closed the connection.")
        finally:
            for task in (work, left):
                task.cancel()
            # wait till they are, so that nothing of this request outlives it
            await asyncio.gather(work, left, return_exceptions=True)


async def _left(request: Request) -> None:
    """Return when the client goes away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _here(request: Request) -> Shop:
    shop = request.app.state.shop
    assert isinstance(shop, Shop)  # noqa: S101 - the app's own
    return shop


#: The running studio, as a route's parameter.
Here = Annotated[Shop, Depends(_here)]


def slot_of(request: Request) -> str:
    """Return the request's slot, "" if it has none.

    Raises
    ------
    Problem
        422 if the header is no name.
    """
    slot = request.headers.get("x-limner-slot", "")
    if slot and not _SLOT.fullmatch(slot):
        raise Problem(
            422, "bad_value", "X-Limner-Slot takes up to 64 letters, digits and signs of ._:- only."
        )
    return f"slot:{slot}" if slot else ""


def file_answer(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """Return what the documentation says of an answer that is a file of one of these kinds.

    Examples
    --------
    >>> list(file_answer("head")[200]["content"])
    ['application/octet-stream']
    """
    told = "The file; the header Limner-Facts tells of it, as JSON."
    body = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": told, "content": {MEDIA[kind]: body for kind in kinds}}}


def file_of(data: bytes, kind: str, facts: dict[str, Any], began: float) -> Response:
    """Return a file as an answer, with its facts in a header.

    Parameters
    ----------
    data : bytes
    kind : str
        A key of `MEDIA`.
    facts : dict
        Plain values.
    began : float
        ``time.monotonic()`` when the request came.
    """
    told = {**facts, "ms": round(1000 * (time.monotonic() - began))}
    headers = {FACTS_HEADER: json.dumps(told, separators=(",", ":"))}
    return Response(data, media_type=MEDIA[kind], headers=headers)
