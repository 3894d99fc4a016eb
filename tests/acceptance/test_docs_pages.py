"""The built pages can be read on a telephone and on a desk: nothing scrolls sideways, nothing is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.studio.browser.conftest import browser  # noqa: F401 - a fixture

#: Width and height of a telephone's and of a desk's screen, px.
SCREENS = ((390, 844), (1280, 900))
#: The page's width, the screen's, and the pictures that did not come.
MEASURE = """[
    document.documentElement.scrollWidth,
    innerWidth,
    [...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src),
]"""


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built."""
    out = tmp_path_factory.mktemp("site")
    words = ["mkdocs", "build", "--quiet", "--site-dir", str(out)]
    subprocess.run([sys.executable, "-m", *words], cwd=root, check=True)
    return out


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("screen", SCREENS, ids=["telephone", "desk"])
def test_every_page_fits_its_screen_and_shows_its_pictures(
    site: Path,
    browser: Any,  # noqa: F811
    screen: tuple[int, int],
) -> None:
    page = browser.new_page(viewport={"width": screen[0], "height": screen[1]})
    wrong = []
    for file in sorted(site.rglob("*.html")):
        if file.name == "404.html":  # made for a server's root, which a folder has not
            continue
        page.goto(file.as_uri())
        wide, room, lost = page.evaluate(MEASURE)
        if wide > room or lost:
            wrong.append((str(file.relative_to(site)), wide, lost))
    page.close()
    assert not wrong
