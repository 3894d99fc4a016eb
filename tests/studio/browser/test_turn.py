"""Turn: a head is made, dragged, labelled, changed part by part."""

from __future__ import annotations

from typing import Any

import pytest
from tests.studio.browser.hand import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]


def test_a_head_turns_under_the_hand_and_the_newest_angle_is_drawn_last(
    tab: Any, fake: Any, look: Any
) -> None:
    page = tab().page
    asked: list[Any] = []
    page.on("request", lambda r: asked.append(r.post_data_json) if "/view" in r.url else None)
    page.click("#tab-turn")
    look(page, "turn-01-empty")
    assert page.is_hidden("#turn-panel")
    page.get_by_role("button", name="A random person").click()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    box = page.locator("#turn-stage .sheet").bounding_box()
    page.mouse.move(box["x"] + 250, box["y"] + 250)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + 250 + 5 * step, box["y"] + 250)
    page.mouse.up()
    aim = round(-95 * 150 / box["width"])
    until(page, lambda: (asked[-1]["size"], round(asked[-1]["yaw_deg"])) == (512, aim))
    page.keyboard.press("l")
    until(page, lambda: asked[-1]["show"] == "labels")
    look(page, "turn-02-labels")


def test_parts_change_and_come_back(tab: Any, fake: Any) -> None:
    page = tab().page
    page.click("#tab-turn")
    page.get_by_role("button", name="A random person").click()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    page.get_by_role("button", name="Another").click()
    page.wait_for_function(
        "() => !document.querySelector('#turn-panel [aria-label=Undo]').disabled"
    )
    page.keyboard.press("Control+z")
    assert page.is_disabled("#turn-panel [aria-label=Undo]")
    assert fake.memory.count("/edit") == 1


def test_a_part_of_a_turned_head_has_a_style_of_its_own(tab: Any, fake: Any, look: Any) -> None:
    page = tab().page
    asked: list[Any] = []
    page.on(
        "request",
        lambda r: asked.append(r.post_data_json) if r.url.endswith(("/view", "/film")) else None,
    )
    page.click("#tab-turn")
    page.get_by_role("button", name="A random person").click()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    assert asked[-1]["parts"] == {}
    page.locator("#turn-panel summary", has_text="Part by part").click()
    choice = page.get_by_role("combobox", name="Style of Hair", exact=True)
    choice.select_option("hatch")
    until(page, lambda: (asked[-1]["size"], asked[-1]["parts"]) == (512, {"hair": "hatch"}))
    look(page, "turn-04-parts")
    page.get_by_role("button", name="Film").click()
    until(page, lambda: asked[-1].get("frames"))
    assert asked[-1]["parts"] == {"hair": "hatch"}
    page.locator("#turn-panel").get_by_role("button", name="All the same").click()
    until(page, lambda: asked[-1].get("parts") == {} and asked[-1].get("size") == 512)
    assert choice.input_value() == ""


def test_a_slow_view_is_told_and_can_be_stopped(tab: Any, fake: Any, look: Any) -> None:
    page = tab().page
    page.click("#tab-turn")
    page.get_by_role("button", name="A random person").click()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    fake.memory.delay_s = 2.0
    page.keyboard.press("ArrowRight")
    page.locator("#turn-stage").get_by_text("Drawing the view").wait_for()
    look(page, "turn-05-waiting")
    page.keyboard.press("Escape")
    page.locator("#turn-stage .pill").wait_for(state="hidden")
    before = fake.memory.count("/view")
    page.wait_for_timeout(2500)
    assert fake.memory.count("/view") == before


def test_only_what_has_an_effect_is_offered(tab: Any, fake: Any) -> None:
    page = tab().page
    page.click("#tab-turn")
    page.get_by_role("button", name="A random person").click()
    panel = page.locator("#turn-panel")
    style, force = panel.get_by_label("Style", exact=True), panel.get_by_label("How strong")
    style.wait_for()
    assert force.is_hidden()
    panel.get_by_text("Lay the labels over it").click()
    force.wait_for()
    panel.get_by_role("radio", name="Depth").click()
    style.wait_for(state="hidden")


def test_missing_heads_are_told_in_a_sentence(tab: Any, fake: Any, look: Any) -> None:
    fake.memory.ready = False
    page = tab().page
    page.click("#tab-turn")
    page.get_by_role("heading", name="Heads are not here yet").wait_for()
    look(page, "turn-03-missing")
