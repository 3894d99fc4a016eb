"""A slow line: ink never waits, the newest sketch wins, and who waits is told so."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from tests.studio.browser.hand import FACE, Hand, strokes, until
from tests.studio.browser.test_draw import drawn

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

#: A bad mobile network, as browsers' own tools have it: ms, bytes a second.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 60_000, "uploadThroughput": 30_000}


def slowed(page: Any) -> None:
    """Slow down everything that the page asks for from now on."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)


def has_kept(page: Any, number: int) -> bool:
    return strokes(page) == number


def test_no_stroke_is_lost_on_a_slow_line_and_the_newest_is_shown(
    tab: Any, fake: Any, look: Any
) -> None:
    page = tab().page
    page.click("#tab-sketch")
    slowed(page)
    for number, line in enumerate(FACE[:10], 1):
        Hand(page).draw(line)
        # the ink is kept by the browser, whether or not the server has heard of it
        until(page, functools.partial(has_kept, page, number))
    until(page, lambda: [len(s) for _, s in fake.memory.sketches.values()] == [10])
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    until(page, lambda: page.locator("#busy").is_hidden())
    look(page, "slow-01-sketch")


def test_who_waits_for_a_drawing_is_told_so(tab: Any, fake: Any, samples: Any, look: Any) -> None:
    page = tab().page
    page.evaluate(
        """() => { window.seen = false; const busy = document.querySelector("#busy");
          new MutationObserver(() => { window.seen ||= !busy.hidden; }).observe(busy, {attributes: true}); }"""
    )
    fake.memory.delay_s = 1.0
    slowed(page)
    page.set_input_files("#files", samples / "curls-001.jpg")
    page.wait_for_function("() => window.seen")
    look(page, "slow-02-waiting")
    fake.memory.delay_s = 0.0
    drawn(page)
    until(page, lambda: page.locator("#busy").is_hidden())
