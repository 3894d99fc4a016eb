"""The page's files are served, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.studio import desk

from limner.studio.errors import Problem
from limner.studio.routes.page import Pages


def test_the_page_bears_the_token(client: TestClient) -> None:
    answer = client.get("/", headers={"X-Limner-Token": ""})
    assert f'content="{desk.TOKEN}"' in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_a_file_that_is_known_already_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/js/main.js")
    assert first.headers["content-type"].startswith("text/javascript")
    tag = first.headers["etag"]
    again = client.get("/js/main.js", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "no-cache"


def test_files_come_and_go_while_the_page_is_written(tmp_path: Path) -> None:
    pages = Pages(tmp_path, "t")
    with pytest.raises(Problem):
        pages.read("new.js")
    (tmp_path / "new.js").write_text("1")
    assert pages.read("new.js")[0] == b"1"
    (tmp_path / "new.js").unlink()
    with pytest.raises(Problem):
        pages.read("new.js")


def test_links_and_unknown_kinds_are_not_served(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "link.txt").symlink_to(outside)
    (folder / "notes.py").write_text("x = 1")
    for name in ("link.txt", "notes.py"):
        with pytest.raises(Problem):
            Pages(folder, "t").read(name)


def test_the_shipped_page_has_a_place_for_the_token() -> None:
    from limner.studio.routes.page import FOLDER, TOKEN_MARK

    index = FOLDER / "index.html"
    assert not index.is_file() or TOKEN_MARK in index.read_text("utf-8")


def test_the_usual_colour_of_each_part_is_among_its_swatches() -> None:
    from limner.records import Palette
    from limner.studio.routes.page import FOLDER

    panel = (FOLDER / "js" / "atelier-panel.js").read_text("utf-8")
    for part in ("skin", "hair", "lips", "clothes", "background"):
        row = next(line for line in panel.splitlines() if line.strip().startswith(f"{part}: ["))
        usual = "#{:02x}{:02x}{:02x}".format(*getattr(Palette(), part))
        assert usual in row, f"{part}: {usual}"


def test_the_shipped_page_is_light_and_its_files_are_short() -> None:
    from limner.studio.routes.page import FOLDER

    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 300_000
    own = [p for p in files if p.suffix in {".js", ".css", ".html"} and p.parent.name != "vendor"]
    assert not [p.name for p in own if len(p.read_text("utf-8").splitlines()) > 400]
