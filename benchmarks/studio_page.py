"""Watch the studio's page in Chromium: a server's address in → how soon it can be used, how busy its main thread is.

The main thread's figures are read from the browser's own trace, so that what is counted is work, not the 16.7 ms that
pass between two frames of a screen that shows sixty a second.
"""

from __future__ import annotations

import itertools
import json
import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page, Playwright

#: The browser's own lookups would be refused, and would take its time.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: What of the trace says which tasks a thread did, when it began a frame, and what a page marks itself.
TRACED = (
    "blink.user_timing",
    "disabled-by-default-devtools.timeline",
    "disabled-by-default-devtools.timeline.frame",
)
BEGINS, ENDS = "the hand begins", "the hand ends"
#: Notes how long after each move of a pen that is down the frame that shows its ink was ready.
WATCH_INK = """() => {
    window.inkMs = [];
    addEventListener("pointermove", (move) => {
        if (!move.buttons) return;
        requestAnimationFrame(() => {
            const shown = new MessageChannel();
            shown.port1.onmessage = () => inkMs.push(performance.now() - move.timeStamp);
            shown.port2.postMessage(null);
        });
    }, true);
}"""
#: Between two strokes a hand is lifted for so long.
LIFTED_MS = 100
PATIENCE_MS = 120_000
#: Browsers that meet the page for the first time.
ROUNDS = 3


class Task(NamedTuple):
    """Work of one thread: microseconds of the clock, and the share of them in which it had a processor."""

    begin: float
    end: float
    running: float

    def within(self, begin: float, end: float) -> float:
        """Return how much of it lies in a span."""
        return max(0.0, min(self.end, end) - max(self.begin, begin))


def chromium() -> str | None:
    """Return the system's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def player() -> Iterator[Playwright | None]:
    """Yield what starts browsers; None, and a sentence on the terminal, where there is none."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        print("The page is left out: Playwright is not installed (pip install playwright).")
        yield None
        return
    if chromium() is None:
        print("The page is left out: Chromium is not installed (apt-get install chromium).")
        yield None
        return
    with sync_playwright() as play:
        yield play


@contextmanager
def browser(play: Playwright) -> Iterator[Browser]:
    """Start a browser that has seen nothing yet, and close it."""
    one = play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
    try:
        yield one
    finally:
        one.close()


def met(one: Browser, url: str) -> tuple[Page, float]:
    """Return the page, opened for the first time, and the milliseconds until it can be used."""
    page = one.new_page(viewport={"width": 1360, "height": 860})
    page.set_default_timeout(PATIENCE_MS)
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("html[data-ready=yes]")
    return page, 1000 * (time.perf_counter() - began)


def ready(page: Page, stroke: dict[str, Any]) -> None:
    """Draw the first stroke and wait for its photograph, which loads the networks."""
    page.click("#tab-sketch")
    page.wait_for_selector("#shadow-tools")
    draw(page, [stroke])
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")


def draw(page: Page, strokes: Sequence[dict[str, Any]]) -> None:
    """Draw strokes of the 512 px sheet with the mouse; each move waits until the page has heard the one before."""
    box = page.locator("#under").bounding_box()
    if box is None:
        raise SystemExit("The page shows no sheet.")
    scale = box["width"] / 512
    for stroke in strokes:
        first, *rest = [
            (box["x"] + x * scale, box["y"] + y * scale) for x, y, _ in stroke["points"]
        ]
        page.mouse.move(*first)
        page.mouse.down()
        for point in rest:
            page.mouse.move(*point)
        page.mouse.up()
        page.wait_for_timeout(LIFTED_MS)


def traced(one: Browser, page: Page, strokes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the browser's trace of a hand that draws while the server answers; an error if it did not."""
    answers = dict.fromkeys(("shadow", "preview"), 0)

    def count(response: Any) -> None:
        kind = response.url.partition("?")[0].rpartition("/")[2]
        if response.ok and kind in answers:
            answers[kind] += 1

    page.on("response", count)
    one.start_tracing(page=page, categories=list(TRACED))
    page.evaluate(f"performance.mark('{BEGINS}')")
    draw(page, strokes)
    page.evaluate(f"performance.mark('{ENDS}')")
    events: list[dict[str, Any]] = json.loads(one.stop_tracing())["traceEvents"]
    if not all(answers.values()):
        raise SystemExit(f"The server did not work while the hand drew: {answers}.")
    told = ", ".join(f"{number} of kind {kind}" for kind, number in answers.items())
    print(f"While the hand drew, answers came: {told}.")
    return events


def outermost(tasks: Sequence[Task]) -> list[Task]:
    """Return tasks without those that lie in another: a task may wait in a task."""
    kept: list[Task] = []
    for task in sorted(tasks, key=lambda task: (task.begin, -task.end)):
        if not kept or task.begin >= kept[-1].end:
            kept.append(task)
    return kept


def busy(events: Sequence[dict[str, Any]]) -> dict[str, list[float]]:
    """Return what the page's main thread did between the two marks, in milliseconds.

    Parameters
    ----------
    events : sequence of dict
        Of a trace; times in microseconds.

    Returns
    -------
    dict
        Work from the beginning of each frame to that of the next, by the clock and of the processor; the longest task.
    """
    marks = {e["name"]: e for e in events if e.get("name") in (BEGINS, ENDS)}
    begin, end = marks[BEGINS], marks[ENDS]
    own = [
        e
        for e in events
        if (e["pid"], e["tid"]) == (begin["pid"], begin["tid"])
        and begin["ts"] <= e.get("ts", 0) <= end["ts"]
    ]
    tasks = outermost(
        [
            Task(e["ts"], e["ts"] + e["dur"], e.get("tdur", e["dur"]) / max(1, e["dur"]))
            for e in own
            if e["name"] == "RunTask"
        ]
    )
    frames = sorted(e["ts"] for e in own if e["name"] == "BeginMainThreadFrame")
    shares = [[t.within(*pair) for t in tasks] for pair in itertools.pairwise(frames)]
    return {
        "main thread: work in a frame": [sum(share) / 1000 for share in shares],
        "main thread: processor time in a frame": [
            sum(part * task.running for part, task in zip(share, tasks, strict=True)) / 1000
            for share in shares
        ],
        "main thread: longest task": [max(t.end - t.begin for t in tasks) / 1000],
    }


def measure(
    server: Callable[[dict[str, list[float]]], AbstractContextManager[Any]],
    strokes: Sequence[dict[str, Any]],
    took: dict[str, list[float]],
) -> None:
    """Note how soon the page can be used, each time a new server's in a new browser, and how busy it is under a pen.

    Parameters
    ----------
    server : callable
        Starts one, notes how long that took, and yields what has a ``url``.
    strokes : sequence of dict
        The face that is drawn.
    took : dict
        Milliseconds by name; more are added.
    """
    with player() as play:
        if play is None:
            return
        for number in range(ROUNDS):
            with browser(play) as one, server(took) as studio:
                page, ms = met(one, studio.url)
                took.setdefault("page usable, cold", []).append(ms)
                if number < ROUNDS - 1:
                    continue
                ready(page, strokes[0])
                page.evaluate(WATCH_INK)
                took |= busy(traced(one, page, strokes[1:]))
                took["from a move to its ink"] = page.evaluate("() => window.inkMs")
