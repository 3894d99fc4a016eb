"""The page and the real server: photographs are drawn; where their networks are there, sketches too."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from tests.acceptance.program import needs_networks
from tests.studio.browser.hand import FACE, Hand, until
from tests.studio.browser.test_draw import drop

from limner import weights

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), needs_networks]


@pytest.fixture(scope="module")
def studio() -> Iterator[str]:
    """Return the address of a studio of its own."""
    pytest.importorskip("fastapi", reason="limner[studio] is not installed")
    words = ["-m", "limner.cli", "studio", "--no-browser", "--port", "0", "--json"]
    process = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    yield str(json.loads(process.stdout.readline())["url"])
    process.terminate()
    process.wait(timeout=60)
    process.stdout.close()


def has(*names: str) -> bool:
    return set(names) <= {row.name for row in weights.ledger.rows()}


def patient(page: Any) -> Any:
    page.set_default_timeout(400_000)
    return page


def test_34_a_photograph_is_drawn_and_survives_a_reload(
    tab: Any, studio: str, samples: Any, look: Any
) -> None:
    page = patient(tab(url=studio).page)
    drop(page, samples / "fringe-087.jpg")
    drawn = "() => document.querySelector('#stage img')?.alt.includes('drawn')"
    page.wait_for_function(drawn)
    width = page.evaluate("document.querySelector('#stage img').naturalWidth")
    assert width == 1350
    until(page, lambda: page.inner_text("#saved") == "Kept in this browser")
    look(page, "real-01-drawn")
    page.reload()
    page.wait_for_function(drawn)
    assert page.locator(".frame").count() == 1


@pytest.mark.skipif(
    not has("sketches-parts", "sketches-synthesis"),
    reason="the networks of sketches are not taught",
)
def test_a_face_from_blank_becomes_a_photograph(tab: Any, studio: str, look: Any) -> None:
    page = patient(tab(url=studio).page)
    page.click("#tab-sketch")
    until(page, lambda: page.is_visible("#shadow-tools"))
    hand = Hand(page)
    for line in FACE:
        hand.draw(line)
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    assert "of the ink" in page.inner_text("#kept-text")
    look(page, "real-02-sketch")
