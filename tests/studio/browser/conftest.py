"""A browser and a page in it, or a reason why there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from studio_page import FLAGS, chromium

CHROMIUM = chromium()

#: Its own lookups would be refused, and counted as the page's.
QUIET = (
    *FLAGS,
    "--use-fake-device-for-media-stream=device-count=2",
    "--use-fake-ui-for-media-stream",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return Debian's Chromium, for one file of tests: while Playwright is open its event loop runs in this thread,
    and no other test may start one of its own."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as play:
        one = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield one
        one.close()


@pytest.fixture
def fake() -> Iterator[Any]:
    """Return a server that answers with made pictures."""
    from tests.studio.browser.fake import Fake

    server = Fake()
    yield server
    server.stop()


@pytest.fixture
def look() -> Callable[[Any, str], None]:
    """Return what keeps a screenshot where ``LIMNER_LOOKS`` says, or nowhere."""
    folder = os.environ.get("LIMNER_LOOKS")

    def keep(page: Any, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"))

    return keep


class Tab:
    """A page that is watched: what it asks of other hosts, what it complains of."""

    def __init__(self, context: Any, url: str) -> None:
        self.page = context.new_page()
        # a busy machine may take its time; nothing here is about seconds
        self.page.set_default_timeout(90_000)
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.url = url
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._said)
        self.open()

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "blob:", "data:")):
            self.outside.append(request.url)

    def _said(self, message: Any) -> None:
        # a refused request is the server's word, and the page has its own words for it
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def open(self) -> None:
        """Load the page and wait until it can be used."""
        self.page.goto(self.url)
        self.page.wait_for_selector("html[data-ready=yes]")


@pytest.fixture
def tab(browser: Any, fake: Any) -> Iterator[Callable[..., Tab]]:
    """Return what opens the page in a window of its own; nothing may be asked of another host, nothing may break."""
    contexts: list[Any] = []
    tabs: list[Tab] = []

    def make(*, context: Any = None, url: str = "", **options: Any) -> Tab:
        if context is None:
            settings = {"viewport": {"width": 1360, "height": 860}, **options}
            context = browser.new_context(reduced_motion="reduce", **settings)
            contexts.append(context)
        one = Tab(context, url or fake.url)
        tabs.append(one)
        return one

    yield make
    for context in contexts:
        context.close()
    assert not [u for one in tabs for u in one.outside]
    assert not [c for one in tabs for c in one.complaints]
