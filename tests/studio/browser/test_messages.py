"""Messages lie where they cover no control, in every room, on a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.studio.browser.hand import FACE, Hand
from tests.studio.browser.test_draw import drawn
from tests.studio.browser.test_people import PHONE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

SAY = """async () => { const { toast } = await import("/js/talk.js");
  toast("“curls-001.jpg” had 42 MB; it was shrunk to 4000 × 3000 px to fit. It is drawn so.", {stays: true});
  toast("The sheet is cleared.", {action: "Undo", stays: true}); }"""
#: The controls of which a message covers what is in sight, and the messages that are out of sight.
COVERED = """() => {
  const boxes = [...document.querySelectorAll(".toast")].map((n) => n.getBoundingClientRect());
  const seen = (n) => {
    let { left, right, top, bottom } = n.getBoundingClientRect();
    for (let up = n.parentElement; up; up = up.parentElement) {
      if (getComputedStyle(up).overflowY === "visible") continue;
      const c = up.getBoundingClientRect();
      [left, right] = [Math.max(left, c.left), Math.min(right, c.right)];
      [top, bottom] = [Math.max(top, c.top), Math.min(bottom, c.bottom)];
    }
    return { left, right, top, bottom };
  };
  const covered = (n) => {
    const b = seen(n);
    return b.right - b.left > 1 && b.bottom - b.top > 1 && boxes.some((t) =>
      b.left < t.right && b.right > t.left && b.top < t.bottom && b.bottom > t.top);
  };
  const controls = [...document.querySelectorAll("button, input, select, summary, a, .island, #wet")]
    .filter((n) => !n.closest("#toasts, .hidden, .sr, .skip") && n.checkVisibility() && covered(n));
  const lost = boxes.filter((b) => b.top < 52 || b.bottom > innerHeight || b.left < 0 || b.right > innerWidth);
  return [...controls.map((n) => n.getAttribute("aria-label") || n.textContent.trim() || n.id || n.className),
    ...lost.map(() => "out of sight")];
}"""


def say(page: Any) -> None:
    """Show two messages that stay, and wait until they have risen."""
    page.evaluate(SAY)
    page.wait_for_function("() => document.getAnimations().length === 0")
    assert page.locator(".toast").count() == 2


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("desk", {}),
        ("small", {"viewport": {"width": 1024, "height": 700}}),
        ("phone", PHONE),
    ],
)
def test_messages_cover_no_control(
    tab: Any, samples: Any, look: Any, name: str, options: dict[str, Any]
) -> None:
    page = tab(**options).page
    say(page)
    look(page, f"messages-{name}-0-empty")
    assert page.evaluate(COVERED) == []
    page.set_input_files("#files", samples / "curls-001.jpg")
    drawn(page)
    look(page, f"messages-{name}-1-draw")
    assert page.evaluate(COVERED) == []
    page.click("#tab-sketch")
    for line in FACE[:3]:
        Hand(page).draw(line)
    page.wait_for_function("() => document.querySelector('#likeness-img').naturalWidth === 512")
    look(page, f"messages-{name}-2-sketch")
    assert page.evaluate(COVERED) == []
    page.click("#tab-turn")
    look(page, f"messages-{name}-3-turn")
    assert page.evaluate(COVERED) == []
    page.get_by_role("button", name="A random person").click()
    page.wait_for_function("() => document.querySelector('#turn-stage img')?.naturalWidth === 512")
    look(page, f"messages-{name}-4-turn")
    assert page.evaluate(COVERED) == []


def test_on_a_phone_a_message_moves_nothing_and_the_last_control_can_be_reached(tab: Any) -> None:
    page = tab(**PHONE).page
    page.tap("#tab-sketch")
    where = """() => [...document.querySelectorAll("#tools, #under, #likeness")]
      .map((n) => n.getBoundingClientRect().top)"""
    before = page.evaluate(where)
    say(page)
    assert page.evaluate(where) == before
    last = page.locator("#sketch-panel summary").last
    last.scroll_into_view_if_needed()
    assert page.evaluate(COVERED) == []
    last.tap()
    assert page.locator("#sketch-panel details").last.get_attribute("open") is not None
