"""Sketch: a hand draws a face stroke by stroke; rubs, undoes, zooms, and the photograph follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.studio.browser.hand import FACE, Hand, ink, strokes, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]


def go(tab: Callable[..., Any], **options: Any) -> tuple[Any, Hand]:
    page = tab(**options).page
    page.click("#tab-sketch")
    page.wait_for_function("() => document.querySelector('#room-sketch').hidden === false")
    return page, Hand(page)


def photo_ready(page: Any) -> None:
    page.wait_for_function(
        "() => { const i = document.querySelector('#likeness-img'); return !i.hidden && i.naturalWidth === 512; }"
    )


def test_a_face_drawn_stroke_by_stroke_becomes_a_photograph(tab: Any, fake: Any, look: Any) -> None:
    page, hand = go(tab)
    look(page, "sketch-01-blank")
    for number, line in enumerate(FACE):
        hand.draw(line)
        if number in (1, 8, 15):
            page.wait_for_timeout(300)
            look(page, f"sketch-02-stroke-{number:02d}")
    photo_ready(page)
    assert page.inner_text("#kept-text") == "83 % of the ink is found again"
    look(page, "sketch-03-whole")
    (_, held) = next(iter(fake.memory.sketches.values()))
    assert len(held) == len(FACE)
    until(page, lambda: strokes(page) == len(FACE))


def test_only_new_strokes_are_sent(tab: Any, fake: Any) -> None:
    page, hand = go(tab)
    sizes: list[int] = []
    page.on(
        "request", lambda r: sizes.append(len(r.post_data or "")) if "/sketches/" in r.url else None
    )
    for line in FACE[:6]:
        hand.draw(line)
        photo_ready(page)
        page.wait_for_timeout(50)
    assert max(sizes[-3:]) < sum(sizes[:6])
    assert len(next(iter(fake.memory.sketches.values()))[1]) == 6


def test_undo_and_redo_go_all_the_way(tab: Any) -> None:
    page, hand = go(tab)
    for line in FACE[:5]:
        hand.draw(line)
    full = ink(page)
    for _ in range(5):
        page.keyboard.press("Control+z")
    assert ink(page) == 0
    assert page.is_disabled('[data-do="undo"]')
    for _ in range(5):
        page.keyboard.press("Control+Shift+Z")
    assert abs(ink(page) - full) < full * 0.02


def test_the_eraser_cuts_a_stroke_in_two(tab: Any, look: Any) -> None:
    page, hand = go(tab)
    hand.draw([(100, 250), (250, 250), (400, 250)])
    before = ink(page)
    page.keyboard.press("e")
    hand.draw([(250, 200), (250, 300)])
    until(page, lambda: strokes(page) == 2)
    assert 0 < ink(page) < before
    look(page, "sketch-04-rubbed")
    page.keyboard.press("Control+z")
    until(page, lambda: strokes(page) == 1)


def test_zoom_keeps_strokes_where_they_were_drawn(tab: Any, look: Any) -> None:
    page, hand = go(tab)
    for _ in range(4):
        page.keyboard.press("+")
    hand.draw([(200, 200), (300, 220)])
    until(page, lambda: strokes(page) == 1)
    points = page.evaluate(
        """() => new Promise((ok) => { const open = indexedDB.open("limner-studio"); open.onsuccess = () => {
          const ask = open.result.transaction("work").objectStore("work").get("sketch");
          ask.onsuccess = () => ok([...ask.result.value.sheets[0].history.strokes[0].points]); }; })"""
    )
    assert abs(points[0] - 200) < 1.5
    assert abs(points[-2] - 220) < 1.5
    look(page, "sketch-05-zoomed")


def test_trust_and_colours_are_asked_for(tab: Any) -> None:
    page, hand = go(tab)
    bodies: list[Any] = []
    page.on("request", lambda r: bodies.append(r.post_data_json) if "/preview" in r.url else None)
    hand.draw(FACE[0])
    photo_ready(page)
    page.click('[aria-label="Skin 5 of 5"]')
    page.click("#sketch-panel summary:has-text('Trust, part by part')")
    page.get_by_label("Nose", exact=True).fill("30")
    until(page, lambda: bodies[-1]["confidence"] == {"all": 1, "nose": 0.3})
    assert bodies[-1]["palette"] == {"skin": "#5c3a26"}
    # the strokes were known: only the settings went over
    assert bodies[-1]["add"] == []


def test_a_second_sheet_can_be_mixed_in(tab: Any, look: Any) -> None:
    page, hand = go(tab)
    hand.draw(FACE[0])
    page.keyboard.press("n")
    assert ink(page) == 0
    hand.draw(FACE[3])
    page.click("#sketch-panel summary:has-text('Mix with another sheet')")
    page.get_by_role("button", name="Take it").click()
    until(page, lambda: strokes(page) == 2)
    page.get_by_label("Between the two").fill("60")
    page.wait_for_timeout(500)
    look(page, "sketch-06-mix")
    # the next stroke shows this sheet's own face again, and the slider says so
    hand.draw(FACE[5])
    until(page, lambda: page.get_by_label("Between the two").input_value() == "0")


def test_what_is_mixed_slowly_is_told_and_can_be_stopped(tab: Any, fake: Any, look: Any) -> None:
    page, hand = go(tab)
    hand.draw(FACE[0])
    page.keyboard.press("n")
    hand.draw(FACE[3])
    photo_ready(page)
    page.click("#sketch-panel summary:has-text('Mix with another sheet')")
    between = page.get_by_label("Between the two")
    between.fill("40")
    until(page, lambda: page.inner_text("#kept-text").startswith("50 %"))
    photo_ready(page)
    before = page.get_attribute("#likeness-img", "src")
    until(page, lambda: page.locator("#busy").is_hidden())
    fake.memory.delay_s = 2.0
    between.fill("70")
    words = page.locator("#toasts").get_by_text("Walking to the other face")
    words.wait_for()
    look(page, "sketch-09-waiting")
    page.keyboard.press("Escape")
    words.wait_for(state="detached")
    page.wait_for_timeout(2500)
    # the picture is the one from before, and the slider tells so
    assert page.get_attribute("#likeness-img", "src") == before
    assert between.input_value() == "40"
    page.get_by_role("button", name="Take it").click()
    words = page.locator("#toasts").get_by_text("Taking the eyes")
    words.wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    words.wait_for(state="detached")
    page.wait_for_timeout(2500)
    assert strokes(page) == 1
    assert page.locator(".toast").count() == 0


def test_a_photograph_lies_beneath_or_gives_its_lines(tab: Any, samples: Any, look: Any) -> None:
    page, _ = go(tab)
    page.click("#sketch-panel summary:has-text('From a photograph')")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Trace over it").click()
    chooser.value.set_files(samples / "beard-092.jpg")
    page.wait_for_function("() => !document.querySelector('#under-photo').hidden")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Start from its lines").click()
    chooser.value.set_files(samples / "beard-092.jpg")
    page.locator("#toasts").get_by_text("2 strokes came").wait_for()
    until(page, lambda: strokes(page) == 2)
    look(page, "sketch-07-under")


def test_missing_networks_leave_the_sheet_usable(tab: Any, fake: Any, look: Any) -> None:
    fake.memory.ready = False
    page, hand = go(tab)
    page.get_by_text("is not installed").first.wait_for()
    hand.draw(FACE[0])
    assert ink(page) > 0
    assert fake.memory.count("/sketches/") == 0
    look(page, "sketch-08-missing")


def test_sketches_are_saved_as_files(tab: Any) -> None:
    page, hand = go(tab)
    hand.draw(FACE[0])
    photo_ready(page)
    for kind, name in (("svg", "sketch.svg"), ("png", "sketch.png"), ("photo", "portrait.png")):
        page.click("#sketch-save-open")
        with page.expect_download() as got:
            page.click(f'[data-save="{kind}"]')
        assert got.value.suggested_filename == name
        assert got.value.path().stat().st_size > 200
