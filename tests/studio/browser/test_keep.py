"""Keeping: a reload, a crash, a server that goes and comes, two tabs, one file that opens again."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pytest
from tests.studio.browser.hand import FACE, Hand, ink, strokes, until
from tests.studio.browser.test_draw import drawn

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]


def test_34_a_reload_brings_everything_back(tab: Any, samples: Any) -> None:
    one = tab()
    page, hand = one.page, Hand(one.page)
    page.set_input_files("#files", samples / "curls-001.jpg")
    drawn(page)
    page.keyboard.press("2")
    page.click("#tab-sketch")
    for line in FACE[:4]:
        hand.draw(line)
    page.keyboard.press("Control+z")
    until(page, lambda: strokes(page) == 3)
    before = ink(page)
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert page.get_attribute("#tab-sketch", "aria-selected") == "true"
    until(page, lambda: abs(ink(page) - before) <= before * 0.02)
    page.keyboard.press("Control+Shift+Z")
    until(page, lambda: strokes(page) == 4)
    page.click("#tab-draw")
    drawn(page)
    assert page.get_attribute('.style[data-style="hatch"]', "aria-checked") == "true"


def test_34_the_server_may_go_and_come_again(tab: Any, fake: Any, look: Any) -> None:
    one = tab()
    page, hand = one.page, Hand(one.page)
    page.click("#tab-sketch")
    hand.draw(FACE[0])
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    fake.stop()
    hand.draw(FACE[1])
    page.locator("#notice").get_by_text("server does not answer").wait_for()
    hand.draw(FACE[2])
    look(page, "keep-01-away")
    until(page, lambda: strokes(page) == 3)
    fake.memory.forget()
    fake.start()
    page.get_by_role("button", name="Try now").click()
    page.wait_for_function("() => document.querySelector('#notice').hidden")
    # all strokes go to the new server, which knew none
    until(page, lambda: [len(s) for _, s in fake.memory.sketches.values()] == [3])


def test_a_project_that_is_written_slowly_can_be_stopped(tab: Any, samples: Any) -> None:
    page = tab().page
    page.set_input_files("#files", samples / "curls-001.jpg")
    drawn(page)
    # a project of many megabytes: reading each takes its time
    page.evaluate(
        """() => { const read = Blob.prototype.arrayBuffer; window.wait = 1500;
          Blob.prototype.arrayBuffer = async function () {
            await new Promise((ok) => setTimeout(ok, window.wait)); return read.call(this); }; }"""
    )
    saved: list[Any] = []
    page.on("download", lambda one: saved.append(one))
    page.keyboard.press("Control+s")
    words = page.locator("#toasts").get_by_text("Writing the project into one file")
    words.wait_for()
    page.keyboard.press("Escape")
    words.wait_for(state="detached")
    page.wait_for_timeout(1500)
    assert not saved
    assert page.locator(".toast").count() == 0
    page.evaluate("window.wait = 0")
    with page.expect_download() as got:
        page.keyboard.press("Control+s")
    assert got.value.suggested_filename.endswith(".limner.zip")


def test_a_second_tab_does_not_write_over_the_first(tab: Any, look: Any) -> None:
    first = tab()
    first.page.click("#tab-sketch")
    Hand(first.page).draw(FACE[0])
    until(first.page, lambda: strokes(first.page) == 1)
    second = tab(context=first.page.context)
    second.page.locator("#notice").get_by_text("open in another tab").wait_for()
    look(second.page, "keep-02-second-tab")
    hand = Hand(second.page)
    hand.draw(FACE[1])
    hand.draw(FACE[2])
    second.page.wait_for_timeout(900)
    assert strokes(first.page) == 1
    second.page.get_by_role("button", name="Keep this tab").click()
    until(second.page, lambda: strokes(second.page) == 3)
    first.page.locator("#notice").get_by_text("Another tab keeps the work now").wait_for()


def test_a_project_is_one_file_that_opens_again(tab: Any, samples: Any, tmp_path: Any) -> None:
    page = tab().page
    page.set_input_files("#files", samples / "curls-001.jpg")
    drawn(page)
    page.click("#tab-sketch")
    Hand(page).draw(FACE[0])
    with page.expect_download() as got:
        page.keyboard.press("Control+s")
    file = tmp_path / "mine.limner.zip"
    got.value.save_as(file)
    with zipfile.ZipFile(file) as bundle:
        assert bundle.testzip() is None
        assert json.loads(bundle.read("project.json"))["format"] == "limner-project"
    other = tab().page
    other.set_input_files("#project-file", file)
    other.locator("#toasts").get_by_text("is open").wait_for()
    drawn(other)
    other.click("#tab-sketch")
    until(other, lambda: ink(other) > 100)


def test_a_damaged_project_leaves_the_open_work_alone(tab: Any, tmp_path: Any, look: Any) -> None:
    page = tab().page
    page.click("#tab-sketch")
    Hand(page).draw(FACE[0])
    bad = tmp_path / "bad.limner.zip"
    with zipfile.ZipFile(bad, "w") as bundle:
        value = {
            "sheets": [
                {
                    "id": "a",
                    "history": {
                        "strokes": [{"id": "x", "width": 2, "points": [1, 2]}],
                        "now": ["x"],
                    },
                }
            ]
        }
        bundle.writestr(
            "project.json",
            json.dumps(
                {"format": "limner-project", "version": 1, "rooms": {"sketch": {"value": value}}}
            ),
        )
    page.set_input_files("#project-file", bad)
    page.get_by_role("button", name="Open it").click()
    page.locator("#toasts").get_by_text("could not be opened").wait_for()
    look(page, "keep-03-damaged")
    assert ink(page) > 100
    page.set_input_files(
        "#project-file", {"name": "no.limner.zip", "mimeType": "", "buffer": b"PK, but no zip"}
    )
    page.get_by_role("button", name="Open it").click()
    page.locator("#toasts").get_by_text("no Limner project").wait_for()


def test_keeping_can_be_turned_off(tab: Any) -> None:
    one = tab()
    page = one.page
    page.click("#tab-sketch")
    Hand(page).draw(FACE[0])
    until(page, lambda: strokes(page) == 1)
    page.click("#menu-open")
    page.click("#set-keep")
    page.get_by_role("button", name="Keep nothing").click()
    until(page, lambda: strokes(page) == 0)
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert ink(page) == 0
