"""The camera: a picture is taken; where there are several cameras, one turns round to another."""

from __future__ import annotations

from typing import Any

import pytest
from tests.studio.browser.hand import until
from tests.studio.browser.test_draw import drawn
from tests.studio.browser.test_people import violations

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

#: A phone: its cameras have sides, and what is asked of them is kept. `window.broken` is a side that does not answer.
PHONE = """() => {
  const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
  window.asked = [];
  window.side = "user";
  devices.getUserMedia = async (wish) => {
    window.asked.push(wish.video.facingMode || "the same");
    if (wish.video.facingMode === window.broken) throw new DOMException("in use", "NotReadableError");
    window.side = wish.video.facingMode || window.side;
    return ask({ video: true });
  };
  const settings = MediaStreamTrack.prototype.getSettings;
  MediaStreamTrack.prototype.getSettings = function () {
    return { ...settings.call(this), facingMode: window.side };
  };
}"""


def switch_on(page: Any) -> Any:
    """Open the camera; return the button that turns it round."""
    page.get_by_role("button", name="Camera").first.click()
    seen(page)
    return page.get_by_role("button", name="Other camera")


def seen(page: Any) -> None:
    """Wait for a picture."""
    page.wait_for_function("() => document.querySelector('#camera video')?.videoWidth > 0")


def test_the_camera_takes_a_photograph(tab: Any, look: Any) -> None:
    page = tab(permissions=["camera"]).page
    switch_on(page)
    look(page, "camera-01")
    page.get_by_role("button", name="Take the picture").click()
    drawn(page)
    assert page.locator(".frame").count() == 1


def test_a_second_camera_is_turned_to_and_takes_the_picture(tab: Any, look: Any) -> None:
    page = tab(permissions=["camera"]).page
    turn = switch_on(page)
    device = "() => document.querySelector('#camera video').srcObject.getTracks()[0].getSettings().deviceId"
    first = page.evaluate(device)
    turn.focus()
    page.keyboard.press("Enter")
    page.locator("#camera [role=status]").get_by_text("The other camera is on.").wait_for(
        state="attached"
    )
    assert page.evaluate(device) != first
    assert turn.evaluate("n => n === document.activeElement")
    assert not violations(page)
    seen(page)
    look(page, "camera-02-other")
    page.get_by_role("button", name="Take the picture").click()
    drawn(page)


def test_a_phone_turns_to_its_other_side_and_back(tab: Any) -> None:
    page = tab(permissions=["camera"]).page
    page.evaluate(PHONE)
    turn = switch_on(page)
    mirror = page.locator("#camera video.mirror")
    assert mirror.count() == 1
    turn.click()
    # what lies before the device is no mirror's picture
    until(page, lambda: mirror.count() == 0)
    turn.click()
    until(page, lambda: mirror.count() == 1)
    assert page.evaluate("window.asked") == ["user", "environment", "user"]
    page.evaluate("window.broken = 'environment'")
    turn.click()
    page.locator("#camera [role=status]").get_by_text("did not answer").wait_for(state="attached")
    assert page.evaluate("window.asked.at(-1)") == "the same"
    tracks = page.evaluate(
        """() => { window.held = document.querySelector("#camera video").srcObject.getTracks();
          return held.map((track) => track.readyState); }"""
    )
    assert tracks == ["live"]
    page.keyboard.press("Escape")
    until(page, lambda: page.evaluate("held.map((track) => track.readyState)") == ["ended"])


def test_a_single_camera_has_no_other(tab: Any) -> None:
    page = tab(permissions=["camera"]).page
    page.evaluate(
        """() => { const devices = navigator.mediaDevices, all = devices.enumerateDevices.bind(devices);
          devices.enumerateDevices = async () => (await all()).filter((d) => d.kind === "videoinput").slice(0, 1); }"""
    )
    turn = switch_on(page)
    page.wait_for_timeout(300)
    assert turn.count() == 0
