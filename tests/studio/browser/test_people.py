"""People: keys alone, fingers, a pen and a palm, a phone, a screen reader, dark and light."""

from __future__ import annotations

from typing import Any

import pytest
from tests.studio.browser.hand import FACE, Hand, ink, strokes, until
from tests.studio.browser.test_draw import drawn

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


def violations(page: Any) -> list[str]:
    """Return what axe-core finds."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    # the page's own policy forbids injected scripts; the checker comes through the debugger instead
    found = axe.Axe().run(page)
    return [
        f"{v['id']}: {n['html'][:120]} {n['failureSummary'][:300]}"
        for v in found.response["violations"]
        for n in v["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_35_axe_finds_nothing_in_any_room(tab: Any, samples: Any, scheme: str, look: Any) -> None:
    page = tab(color_scheme=scheme).page
    found = violations(page)
    page.set_input_files("#files", [samples / "curls-001.jpg", samples / "beard-092.jpg"])
    drawn(page)
    found += violations(page)
    page.click("#draw-panel summary")
    for view in ("compare", "photo", "plot"):
        page.click(f'[data-view="{view}"]')
        page.wait_for_timeout(400)
        found += violations(page)
        look(page, f"people-{scheme}-{view}")
    page.click("#tab-sketch")
    for line in FACE:
        Hand(page).draw(line)
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    found += violations(page)
    look(page, f"people-{scheme}-sketch")
    page.keyboard.press("n")
    for summary in page.locator("#sketch-panel summary").all():
        summary.click()
    found += violations(page)
    look(page, f"people-{scheme}-sketch-panel")
    page.click("#tab-turn")
    found += violations(page)
    page.get_by_role("button", name="A random person").click()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    found += violations(page)
    look(page, f"people-{scheme}-turn")
    page.keyboard.press("?")
    found += violations(page)
    look(page, f"people-{scheme}-help")
    page.keyboard.press("Escape")
    page.click("#menu-open")
    found += violations(page)
    look(page, f"people-{scheme}-menu")
    assert not found


def test_35_a_face_is_drawn_with_keys_alone(tab: Any, look: Any) -> None:
    page = tab().page
    page.keyboard.press("Alt+2")
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    look(page, "people-keys")
    until(page, lambda: strokes(page) == 1)
    page.wait_for_function(
        "() => document.querySelector('#live').textContent.includes('Photograph ready')"
    )
    page.keyboard.press("Control+z")
    until(page, lambda: strokes(page) == 0)


def test_35_every_room_is_reached_by_tab_and_arrows(tab: Any) -> None:
    page = tab().page
    page.focus("#tab-draw")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#tab-sketch", "aria-selected") == "true"
    page.keyboard.press("End")
    assert page.get_attribute("#tab-turn", "aria-selected") == "true"


def test_35_a_palm_beside_a_pen_leaves_no_ink(tab: Any) -> None:
    page = tab().page
    page.click("#tab-sketch")
    hand = Hand(page)
    pen = {"pointerType": "pen", "pressure": 0.5}
    hand.touch("pointerdown", [(1, 100, 100)], **pen)
    hand.touch("pointermove", [(1, 140, 110), (1, 180, 120)], **pen)
    palm = {"pointerType": "touch", "width": 20, "height": 20}
    hand.touch("pointerdown", [(2, 300, 400)], **palm)
    hand.touch("pointermove", [(2, 320, 420)], **palm)
    hand.touch("pointermove", [(1, 220, 130)], **pen)
    hand.touch("pointerup", [(2, 320, 420)], **palm)
    hand.touch("pointerup", [(1, 220, 130)], **pen)
    # and once the pen has been lifted, the palm is still a palm
    hand.touch("pointerdown", [(3, 300, 300)], **palm)
    hand.touch("pointermove", [(3, 350, 300)], **palm)
    hand.touch("pointerup", [(3, 350, 300)], **palm)
    page.wait_for_timeout(600)
    assert strokes(page) == 1


def test_35_one_finger_draws_and_two_move_the_sheet(tab: Any) -> None:
    page = tab().page
    page.click("#tab-sketch")
    hand = Hand(page)
    finger = {"pointerType": "touch", "width": 20, "height": 20}
    hand.touch("pointerdown", [(2, 100, 100)], **finger)
    hand.touch("pointermove", [(2, 150, 100), (2, 200, 100)], **finger)
    hand.touch("pointerup", [(2, 200, 100)], **finger)
    before = page.inner_text("#zoom")
    hand.touch("pointerdown", [(3, 200, 200), (4, 300, 200)], **finger)
    hand.touch("pointermove", [(3, 150, 200), (4, 350, 200)], **finger)
    hand.touch("pointerup", [(3, 150, 200), (4, 350, 200)], **finger)
    until(page, lambda: strokes(page) == 1)
    assert page.inner_text("#zoom") != before


def test_35_pressure_can_be_turned_off(tab: Any) -> None:
    page = tab().page
    page.click("#tab-sketch")
    hand = Hand(page)
    areas = []
    for _ in range(2):
        hand.touch("pointerdown", [(1, 100, 100)], pointerType="pen", pressure=0.1)
        hand.touch("pointermove", [(1, 200, 100), (1, 300, 100)], pointerType="pen", pressure=0.1)
        hand.touch("pointerup", [(1, 300, 100)], pointerType="pen", pressure=0)
        areas.append(ink(page))
        page.keyboard.press("Control+z")
        page.click("#menu-open")
        page.click("#set-pressure")
        page.keyboard.press("Escape")
    assert areas[1] > 1.2 * areas[0]


def test_36_a_phone_reaches_everything_without_scrolling_sideways(
    tab: Any, samples: Any, look: Any
) -> None:
    page = tab(**PHONE).page
    look(page, "phone-01-empty")
    page.set_input_files("#files", [samples / "curls-001.jpg", samples / "beard-092.jpg"])
    drawn(page)
    look(page, "phone-02-draw")
    page.locator("#draw-panel").get_by_text("Save as PNG").scroll_into_view_if_needed()
    look(page, "phone-03-draw-panel")
    page.tap('[data-view="plot"]')
    page.wait_for_timeout(500)
    look(page, "phone-04-plot")
    page.tap("#tab-sketch")
    for line in FACE:
        Hand(page).draw(line)
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    look(page, "phone-05-sketch")
    page.locator("#sketch-panel").get_by_text("Colours").scroll_into_view_if_needed()
    look(page, "phone-06-sketch-panel")
    page.tap("#tab-turn")
    page.get_by_role("button", name="A random person").tap()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    look(page, "phone-07-turn")
    for room in ("draw", "sketch", "turn"):
        page.tap(f"#tab-{room}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, input, select, summary, a")]
              .map((n) => n.type === "checkbox" ? n.closest("label") : n)
              .filter((n) => n.offsetParent && n.getClientRects().length)
              .map((n) => [n.getAttribute("aria-label") || n.textContent.trim() || n.id, n.getBoundingClientRect()])
              .filter(([, b]) => b.width > 1 && b.bottom > 0)
              .filter(([, b]) => b.width < 18 || b.height < 24 || b.left < -1 || b.right > 391)
              .map(([name, b]) => `${name} ${Math.round(b.left)} ${Math.round(b.width)} × ${Math.round(b.height)}`)"""
        )
        inside_scrollers = ("Croquis", "Hatch", "Pencil", "Lines")
        assert not [s for s in small if not s.startswith(inside_scrollers)]


def test_36_on_a_phone_the_photograph_stays_in_sight_while_its_colours_are_chosen(
    tab: Any, look: Any
) -> None:
    page = tab(**PHONE).page
    page.tap("#tab-sketch")
    for line in FACE:
        Hand(page).draw(line)
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    page.evaluate("document.querySelector('.atelier').scrollTop = 1e5")
    look(page, "phone-08-colours")
    photo = page.locator("#likeness-img").bounding_box()
    color = page.locator('[aria-label="Hair 1 of 5"]').bounding_box()
    assert 52 <= photo["y"] < photo["y"] + photo["height"] < color["y"] < 844


def test_36_fingers_can_remove_and_paste_photographs_on_a_tablet(
    tab: Any, samples: Any, look: Any
) -> None:
    page = tab(**{**PHONE, "viewport": {"width": 1024, "height": 768}}).page
    page.set_input_files("#files", samples / "curls-001.jpg")
    drawn(page)
    look(page, "tablet-01-draw")
    assert page.is_visible(".film-more [aria-label='Paste a photograph']")
    away = page.locator(".film .away")
    assert away.evaluate("n => getComputedStyle(n).opacity") == "1"
    away.tap()
    page.wait_for_selector("#draw-empty:not([hidden])")


def test_36_a_phone_on_its_side_shows_the_whole_picture_and_reaches_the_tools(
    tab: Any, samples: Any, look: Any
) -> None:
    page = tab(**{**PHONE, "viewport": {"width": 844, "height": 390}}).page
    page.set_input_files("#files", samples / "curls-001.jpg")
    drawn(page)
    look(page, "side-01-draw")
    sheet = page.locator("#stage .sheet").bounding_box()
    assert sheet["height"] > 220
    page.tap("#tab-sketch")
    for line in FACE:
        Hand(page).draw(line)
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    look(page, "side-02-sketch")
    photo = page.locator("#likeness-img").bounding_box()
    assert photo["y"] + photo["height"] <= page.locator("figcaption").bounding_box()["y"]
    page.locator('[aria-label="Lips 1 of 5"]').tap()
    look(page, "side-03-sketch-panel")
    assert page.locator("#under").bounding_box()["y"] >= 52
    page.tap("#tab-turn")
    page.get_by_role("button", name="A random person").tap()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    look(page, "side-04-turn")
    sheet = page.locator("#turn-stage .sheet").bounding_box()
    assert sheet["y"] + sheet["height"] <= 390
