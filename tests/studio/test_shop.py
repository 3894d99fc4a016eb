"""What routes share: clients that go away, slots, kinds, facts."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any, cast

import pytest
from starlette.requests import Request
from tests.studio import desk

from limner.studio.errors import Problem
from limner.studio.limits import Limits
from limner.studio.pool import Job, Pool
from limner.studio.shop import Shop, file_answer, file_of, slot_of
from limner.studio.store import Store


def request(leaves: asyncio.Event | None = None, **headers: str) -> Request:
    """Return a request whose client goes away when told to."""

    async def receive() -> Any:
        if leaves is not None:
            await leaves.wait()
            return {"type": "http.disconnect"}
        await asyncio.sleep(3600)
        return None

    pairs = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": pairs}, receive)


def test_work_of_a_client_that_went_away_is_dropped() -> None:
    async def whole() -> dict[str, Any]:
        pool = Pool(hands=1, most_waiting=9, executor=desk.thread)
        await pool.open()
        store = cast("Any", Store("thing", most=1))
        shop = Shop(Limits(), pool, store, store, store)
        stop, leaves = threading.Event(), asyncio.Event()
        first = asyncio.ensure_future(pool.run(Job(stop.wait, (30,))))
        await asyncio.sleep(0.01)
        second = asyncio.ensure_future(shop.run(request(leaves), Job(max, (1, 2))))
        await asyncio.sleep(0.01)
        assert pool.as_json()["waiting"] == 1
        leaves.set()
        with pytest.raises(Problem) as caught:
            await second
        assert caught.value.status_code == 499
        told = pool.as_json()
        stop.set()
        await first
        assert await shop.run(request(), Job(max, (1, 2))) == 2
        await pool.close()
        return told

    assert asyncio.run(whole())["waiting"] == 0


def test_a_slot_is_a_short_name() -> None:
    assert slot_of(request()) == ""
    assert slot_of(request(x_limner_slot="turn:a1.b-c_d")) == "slot:turn:a1.b-c_d"
    with pytest.raises(Problem, match="64"):
        slot_of(request(x_limner_slot="a/b"))


def test_the_document_tells_of_each_kind_that_a_file_may_be() -> None:
    content = file_answer("png", "ora")[200]["content"]
    assert list(content) == ["image/png", "image/openraster"]
    assert file_of(b"x", "ora", {}, time.monotonic()).headers["content-type"] in content


def test_facts_travel_in_a_header_of_plain_letters() -> None:
    answer = file_of(b"x", "png", {"notes": ["grün"]}, time.monotonic())
    assert desk.facts(answer)["notes"] == ["grün"]
    assert answer.headers["limner-facts"].isascii()
