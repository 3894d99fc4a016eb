"""Turn: the map of a head is painted on with mouse, finger and keys; strokes are undone, kept, and told in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.studio.browser.hand import until
from tests.studio.browser.test_people import PHONE, violations

from limner.records import CLASSES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

HAIR, LIP = CLASSES.index("hair"), CLASSES.index("u_lip")
READY = "() => { const map = document.querySelector('.sheet .map'); return map && !map.hidden; }"


def meet(page: Any) -> None:
    """Meet somebody in the Turn room."""
    page.click("#tab-turn")
    page.get_by_role("button", name="A random person").click()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")


def begin(page: Any) -> None:
    """Turn painting on and wait for the map."""
    page.get_by_label("Paint on the map").check()
    page.wait_for_function(READY)


def drag(page: Any, *spots: tuple[float, float]) -> None:
    """Draw a stroke; places as shares of the sheet."""
    box = page.locator("#turn-stage .sheet").bounding_box()
    for k, (x, y) in enumerate(spots):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=1)
        if k == 0:
            page.mouse.down()
    page.mouse.up()


def shown(fake: Any, k: int = -1) -> np.ndarray:
    """Return the map of one of the heads that the server made, the newest first."""
    return np.asarray(list(fake.memory.heads.values())[k])


def test_hair_is_painted_and_the_head_follows(tab: Any, fake: Any, look: Any) -> None:
    page = tab().page
    asked: list[Any] = []
    page.on("request", lambda r: asked.append(r) if r.method == "POST" else None)
    meet(page)
    page.get_by_label("To the side").fill("15")
    begin(page)
    page.get_by_role("radio", name="Hair").click()
    drag(page, (0.1, 0.3), (0.12, 0.5), (0.1, 0.8))
    until(page, lambda: len(fake.memory.painted) == 1)
    base, made, query = fake.memory.painted[0]
    assert float(query["yaw_deg"][0]) == 15
    before, after = (np.asarray(fake.memory.heads[k]) for k in (base, made))
    new = before != after
    assert (after[new] == HAIR).all()
    assert 1200 < new.sum() < 2400  # half the sheet's height, 14 px wide
    assert after[128, 30] == HAIR != after[128, 60]
    # every picture after it is of the painted head
    until(page, lambda: f"{made}/view" in asked[-1].url and asked[-1].post_data_json["size"] == 512)
    assert asked[-1].post_data_json["show"] == "drawing"
    look(page, "paint-01-hair")


def test_strokes_of_one_view_are_one_edit_and_come_back_one_by_one(tab: Any, fake: Any) -> None:
    page = tab().page
    meet(page)
    begin(page)
    drag(page, (0.1, 0.3), (0.1, 0.8))
    until(page, lambda: len(fake.memory.painted) == 1)
    page.get_by_role("radio", name="Upper lip").click()
    drag(page, (0.4, 0.7), (0.6, 0.7))
    until(page, lambda: len(fake.memory.painted) == 2)
    (base, _, _), (again, _, _) = fake.memory.painted
    assert base == again
    assert {HAIR, LIP} <= set(np.unique(shown(fake)))
    page.keyboard.press("Control+z")
    until(page, lambda: len(fake.memory.painted) == 3)
    assert HAIR in shown(fake)
    assert LIP not in shown(fake)
    page.keyboard.press("Control+Shift+Z")
    until(page, lambda: len(fake.memory.painted) == 4)
    assert LIP in shown(fake)
    # the last stroke taken back is the head as it was, which needs no new one
    undo = page.locator("#turn-panel [aria-label='Undo']")
    assert undo.is_enabled()
    for _ in range(2):
        page.get_by_role("button", name="Undo a stroke").click()
    until(page, undo.is_disabled)


def test_the_brush_gives_back_what_it_painted_over(tab: Any, fake: Any) -> None:
    page = tab().page
    meet(page)
    begin(page)
    drag(page, (0.3, 0.5), (0.7, 0.5))
    until(page, lambda: len(fake.memory.painted) == 1)
    page.get_by_role("button", name="Rub out").click()
    page.get_by_role("slider", name="Brush").fill("40")
    drag(page, (0.6, 0.5), (0.7, 0.5))
    until(page, lambda: len(fake.memory.painted) == 2)
    row = shown(fake)[128]
    assert (row[100], row[170]) == (HAIR, CLASSES.index("skin"))


def test_a_turned_head_is_painted_on_from_there(tab: Any, fake: Any) -> None:
    page = tab().page
    meet(page)
    begin(page)
    drag(page, (0.1, 0.3), (0.1, 0.8))
    until(page, lambda: len(fake.memory.painted) == 1)
    page.get_by_label("To the side").fill("-20")
    page.wait_for_function("() => document.querySelector('.sheet .map').hidden")
    page.wait_for_function(READY)
    drag(page, (0.9, 0.3), (0.9, 0.8))
    until(page, lambda: len(fake.memory.painted) == 2)
    (_, first, _), (base, _, query) = fake.memory.painted
    assert (base, float(query["yaw_deg"][0])) == (first, -20)
    # undo beyond this view's strokes takes the other view's back
    page.keyboard.press("Control+z")
    undo = page.locator("#turn-panel [aria-label='Undo']")
    page.wait_for_function(
        "() => document.querySelector('[aria-label=\"Undo a stroke\"]').disabled"
    )
    assert undo.is_enabled()
    page.keyboard.press("Control+z")
    until(page, undo.is_disabled)


def test_35_a_map_is_painted_with_keys_alone(tab: Any, fake: Any, look: Any) -> None:
    page = tab().page
    meet(page)
    page.keyboard.press("b")
    page.wait_for_function(READY)
    for _ in range(3):
        page.keyboard.press("]")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    look(page, "paint-02-keys")
    assert not fake.memory.painted
    page.keyboard.press("Enter")
    until(page, lambda: len(fake.memory.painted) == 1)
    assert (shown(fake)[128, 130:176] == HAIR).all()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    until(page, lambda: len(fake.memory.painted) == 2)
    page.keyboard.press("Escape")
    assert not page.get_by_label("Paint on the map").is_checked()


def test_the_painted_head_is_kept(tab: Any, fake: Any) -> None:
    page = tab().page
    meet(page)
    until(page, lambda: page.inner_text("#saved") == "Kept in this browser")
    begin(page)
    drag(page, (0.1, 0.3), (0.1, 0.8))
    until(page, lambda: len(fake.memory.painted) == 1)
    painted = shown(fake)
    kept = """() => new Promise((ok) => {
      const open = indexedDB.open("limner-studio");
      open.onsuccess = () => {
        const ask = open.result.transaction("files").objectStore("files").getAllKeys();
        ask.onsuccess = () => { open.result.close(); ok(ask.result.map(String)); };
      };
    })"""
    made = fake.memory.painted[0][1]
    until(page, lambda: f"turn/head-{made}" in page.evaluate(kept))
    fake.memory.heads.clear()
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    until(page, lambda: len(fake.memory.heads) == 1)
    assert (shown(fake) == painted).all()


def test_a_stroke_that_is_refused_is_taken_back_in_words(tab: Any, fake: Any) -> None:
    page = tab().page
    meet(page)
    begin(page)
    fake.memory.full = True
    drag(page, (0.1, 0.3), (0.1, 0.8))
    page.locator("#toasts").get_by_text("12 painted maps").wait_for()
    assert page.get_by_role("button", name="Undo a stroke").is_disabled()
    fake.memory.full = False
    drag(page, (0.4, 0.5), (0.6, 0.5))
    until(page, lambda: len(fake.memory.painted) == 1)
    assert shown(fake)[128, 25] == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_35_axe_finds_nothing_while_painting(tab: Any, scheme: str, look: Any) -> None:
    page = tab(color_scheme=scheme).page
    meet(page)
    begin(page)
    found = violations(page)
    look(page, f"paint-03-{scheme}")
    assert not found


def test_35_a_finger_paints_on_a_phone(tab: Any, fake: Any, look: Any) -> None:
    page = tab(**PHONE).page
    page.tap("#tab-turn")
    page.get_by_role("button", name="A random person").tap()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    page.get_by_label("Paint on the map").tap()
    page.wait_for_function(READY)
    page.get_by_role("radio", name="Upper lip").tap()
    look(page, "paint-04-phone")
    # the sheet stays in sight beside its tools
    box = page.locator("#turn-stage .sheet").bounding_box()
    tools = page.get_by_role("radio", name="Upper lip").bounding_box()
    assert box["y"] >= 0
    assert tools["y"] >= box["y"] + box["height"]
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.7)
    until(page, lambda: len(fake.memory.painted) == 1)
    assert shown(fake)[179, 128] == LIP
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
