"""The studio put together: settings in → an ASGI application behind its guard."""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from limner import __version__
from limner.api import _studio_about
from limner.studio import errors
from limner.studio.guard import Guard
from limner.studio.jobs.warm import warm_up
from limner.studio.limits import Limits
from limner.studio.openapi import document_all
from limner.studio.pool import Pool, new_process
from limner.studio.routes import about, draw, page, sketch, turn
from limner.studio.shop import Shop
from limner.studio.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from concurrent.futures import Executor
    from pathlib import Path

__all__ = ["Settings", "make_app", "new_token", "usual_hands"]

_ABOUT = """The studio of Limner as an HTTP API: photographs become drawings, sketches become photographs, heads turn.
It listens on 127.0.0.1 only, keeps everything in memory, and writes nothing to disk."""


def new_token() -> str:
    """Return a token for one start of the studio."""
    return secrets.token_urlsafe(24)


def usual_hands() -> int:
    """Return how many worker processes there are: one a core, two at least, so that no pen waits, and four at most."""
    return max(2, min(4, os.cpu_count() or 2))


@dataclass(frozen=True, slots=True)
class Settings:
    """How one studio runs.

    Parameters
    ----------
    port : int
        Where it will be reached; part of the Host that is let in.
    token : str
        What calls must bear.
    limits : Limits
    hands : int
        Worker processes.
    folder : Path
        Of the page's files.
    executor : callable
        Makes an executor of one worker; tests hand in threads.
    warm : bool
        Whether workers open their networks at once.
    """

    port: int
    token: str = field(default_factory=new_token)
    limits: Limits = field(default_factory=Limits)
    hands: int = field(default_factory=usual_hands)
    folder: Path = page.FOLDER
    executor: Callable[[], Executor] = new_process
    warm: bool = True

    @property
    def hosts(self) -> tuple[str, ...]:
        """The Host headers that are ours, to the letter."""
        names = ("127.0.0.1", "localhost")
        alone = names if self.port == 80 else ()
        return (*(f"{name}:{self.port}" for name in names), *alone)


def make_app(settings: Settings) -> Guard:
    """Return the studio as an ASGI application."""
    limits = settings.limits
    idle_s = limits.idle_minutes * 60
    shop = Shop(
        limits,
        Pool(
            hands=settings.hands,
            most_waiting=limits.queue,
            job_s=limits.job_s,
            executor=settings.executor,
        ),
        Store(
            "photograph",
            most=limits.photos,
            most_bytes=limits.photos_mb * 1e6,
            idle_s=idle_s,
        ),
        Store("canvas", most=limits.canvases, idle_s=idle_s),
        Store("head", most=limits.heads, idle_s=idle_s),
    )
    app = FastAPI(
        title="Limner studio",
        version=__version__,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(shop, warm=settings.warm),
    )
    app.state.shop = shop
    app.state.pages = page.Pages(settings.folder, settings.token)
    errors.install(app)
    for module in (about, draw, sketch, turn, page):  # the page's paths come last: they match all
        app.include_router(module.router)
    document_all(app)
    return Guard(
        app, hosts=settings.hosts, token=settings.token, limits=limits, close=shop.pool.close
    )


def _lifespan(shop: Shop, *, warm: bool) -> Any:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        shop.state = asyncio.ensure_future(asyncio.to_thread(_studio_about.state))
        await shop.pool.open(warm_up if warm else None)
        sweeping = asyncio.ensure_future(_sweep(shop))
        try:
            yield
        finally:
            sweeping.cancel()
            await shop.pool.close()
            await asyncio.gather(shop.state, sweeping, return_exceptions=True)

    return lifespan


async def _sweep(shop: Shop) -> None:
    """Forget once a minute what nobody asked for, so that an idle studio holds nothing."""
    while True:
        await asyncio.sleep(60)
        for store in (shop.photos, shop.canvases, shop.heads):
            store.sweep()
