"""Draw: photographs are dropped, drawn in every style, compared, plotted, taken away."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.studio.browser.hand import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]

STYLES = ("croquis", "hatch", "pencil", "lines")


def drop(page: Any, *files: Path) -> None:
    """Drop files on the page as a person would."""
    data = [
        (
            f.name,
            base64.b64encode(f.read_bytes()).decode(),
            "image/jpeg" if f.suffix == ".jpg" else "",
        )
        for f in files
    ]
    page.evaluate(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, data, type] of files) {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            transfer.items.add(new File([bytes], name, {type}));
          }
          for (const kind of ["dragenter", "dragover", "drop"]) {
            const options = {dataTransfer: transfer, bubbles: true, cancelable: true};
            document.body.dispatchEvent(new DragEvent(kind, options));
          }
        }""",
        data,
    )


def drawn(page: Any, count: int = 4) -> None:
    """Wait for all styles' small pictures."""
    page.wait_for_function("n => document.querySelectorAll('.style img').length >= n", arg=count)


def test_a_dropped_photograph_is_drawn_in_every_style(tab: Any, samples: Any, look: Any) -> None:
    page = tab().page
    look(page, "draw-01-empty")
    drop(page, samples / "curls-001.jpg")
    drawn(page)
    look(page, "draw-02-drawn")
    assert "drawn: Croquis" in page.get_attribute("#stage img", "alt")
    page.click('.style[data-style="pencil"]')
    page.wait_for_function("() => document.querySelector('#stage img').alt.includes('Pencil')")
    assert page.get_attribute('.style[data-style="pencil"]', "aria-checked") == "true"
    look(page, "draw-03-pencil")


def test_a_style_seen_in_small_is_not_drawn_again(tab: Any, fake: Any, samples: Any) -> None:
    page = tab().page
    drop(page, samples / "curls-001.jpg")
    drawn(page)
    before = fake.memory.count("/drawing")
    page.keyboard.press("2")
    page.wait_for_function("() => document.querySelector('#stage img').alt.includes('Hatch')")
    page.wait_for_timeout(200)
    assert fake.memory.count("/drawing") == before == len(STYLES)


def test_before_and_after_are_compared_by_key_and_hand(tab: Any, samples: Any, look: Any) -> None:
    page = tab().page
    drop(page, samples / "beard-092.jpg")
    drawn(page)
    page.click('[data-view="compare"]')
    wipe = page.locator(".wipe")
    wipe.focus()
    page.keyboard.press("End")
    assert wipe.get_attribute("aria-valuetext") == "100 % photograph"
    box = wipe.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + 40)
    assert wipe.get_attribute("aria-valuetext") == "30 % photograph"
    look(page, "draw-04-compare")


def test_the_plot_shows_its_page_and_the_way_of_the_lifted_pen(
    tab: Any, samples: Any, look: Any
) -> None:
    page = tab().page
    drop(page, samples / "beard-092.jpg")
    drawn(page)
    page.click('[data-view="plot"]')
    page.get_by_text("1.21 m").wait_for()
    look(page, "draw-05-plot")
    page.locator("#draw-panel label:has-text('Size') select").first.select_option("A3")
    page.wait_for_function(
        "() => document.querySelector('#draw-note').textContent.startsWith('297 × 420 mm')"
    )
    with page.expect_download() as got:
        page.get_by_role("button", name="HPGL").click()
    assert got.value.suggested_filename == "beard-092-plot.hpgl"


def test_people_can_be_left_out(tab: Any, fake: Any, samples: Any, look: Any) -> None:
    fake.memory.people = 3
    page = tab().page
    bodies: list[Any] = []
    page.on("request", lambda r: bodies.append(r.post_data_json) if "/drawing" in r.url else None)
    drop(page, samples / "beard-092.jpg")
    drawn(page)
    assert bodies[0]["faces"] == "all"
    page.click('.people [aria-label="Person 2"]')
    until(page, lambda: [0, 2] in [b["faces"] for b in bodies])
    page.click('[data-view="photo"]')
    page.wait_for_selector(".face")
    look(page, "draw-06-people")
    assert page.locator(".face").count() == 3


def test_parts_have_styles_and_strengths_of_their_own(tab: Any, samples: Any, look: Any) -> None:
    page = tab().page
    bodies: list[Any] = []
    page.on("request", lambda r: bodies.append(r.post_data_json) if "/drawing" in r.url else None)
    drop(page, samples / "beard-092.jpg")
    drawn(page)
    page.click("#draw-panel summary")
    page.locator("#draw-panel").get_by_label("Style of Hair").select_option("hatch")
    page.locator("#draw-panel").get_by_label("Strength of Nose").fill("40")
    wish = ({"all": "croquis", "hair": "hatch"}, {"all": 1, "nose": 0.4})
    until(page, lambda: wish in [(b["style"], b["strength"]) for b in bodies])
    look(page, "draw-07-parts")


def test_nobody_found_offers_the_whole_picture(
    tab: Any, fake: Any, samples: Any, look: Any
) -> None:
    fake.memory.people = 0
    page = tab().page
    drop(page, samples / "beard-092.jpg")
    page.get_by_role("heading", name="Nobody was found").wait_for()
    look(page, "draw-08-nobody")
    # what does not come is not waited for
    assert page.locator(".swatch.waiting").count() == 0
    page.get_by_role("button", name="Draw the whole picture").click()
    page.wait_for_function("() => document.querySelector('#stage img')?.alt.includes('drawn')")


def test_what_is_no_picture_is_refused_with_a_sentence(tab: Any, tmp_path: Any, look: Any) -> None:
    page = tab().page
    text = tmp_path / "notes.png"
    text.write_bytes(b"PK\x03\x04 not a picture")
    page.set_input_files("#files", text)
    page.locator("#stage").get_by_text("This file is no picture.").wait_for()
    look(page, "draw-09-refused")


def test_a_huge_photograph_is_shrunk_and_said_so(tab: Any, fake: Any, tmp_path: Any) -> None:
    fake.memory.body_mb = 1
    page = tab().page
    rough = Image.effect_noise((700, 600), 90).convert("RGB")
    big = tmp_path / "big.png"
    rough.save(big, compress_level=0)
    assert big.stat().st_size > 1e6
    page.set_input_files("#files", big)
    page.locator("#toasts").get_by_text("it was shrunk to").wait_for()
    drawn(page)
    (picture,) = fake.memory.photos.values()
    assert picture.width == 700


def test_files_are_taken_away_each_or_all_in_one(tab: Any, samples: Any) -> None:
    page = tab().page
    page.set_input_files("#files", [samples / "beard-092.jpg", samples / "curls-001.jpg"])
    drawn(page)
    with page.expect_download() as got:
        page.get_by_role("button", name="Save as PNG").click()
    assert got.value.suggested_filename == "beard-092-croquis.png"
    with Image.open(got.value.path()) as picture:
        assert picture.size == (1350, 1350)
    with page.expect_download() as got:
        page.get_by_role("button", name="All photographs").click()
    with zipfile.ZipFile(got.value.path()) as bundle:
        assert bundle.testzip() is None
        assert sorted(bundle.namelist()) == ["beard-092-croquis.png", "curls-001-croquis.png"]


def test_a_photograph_is_pasted_by_a_button(tab: Any, samples: Any) -> None:
    page = tab(permissions=["clipboard-read", "clipboard-write"]).page
    paste = page.locator("#draw-empty").get_by_role("button", name="Paste")
    paste.click()
    page.locator("#toasts").get_by_text("no picture in the clipboard").wait_for()
    page.evaluate(
        """async (data) => {
          const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes]));
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = 300;
          canvas.getContext("2d").drawImage(bitmap, 0, 0, 300, 300);
          const blob = await new Promise((ok) => canvas.toBlob(ok, "image/png"));
          await navigator.clipboard.write([new ClipboardItem({"image/png": blob})]); }""",
        base64.b64encode((samples / "curls-001.jpg").read_bytes()).decode(),
    )
    paste.click()
    drawn(page)
    assert page.locator(".frame").get_attribute("aria-label") == "pasted-1.png"


def test_no_style_shows_another_photograph_while_the_new_one_is_drawn(
    tab: Any, fake: Any, samples: Any
) -> None:
    page = tab().page
    drop(page, samples / "curls-001.jpg")
    drawn(page)
    fake.memory.delay_s = 1.5
    page.set_input_files("#files", samples / "beard-092.jpg")
    until(page, lambda: page.locator(".frame").count() == 2)
    assert page.locator(".style img").count() == 0
    fake.memory.delay_s = 0.0
    drawn(page)


def test_what_is_saved_slowly_can_be_stopped(tab: Any, fake: Any, samples: Any, look: Any) -> None:
    page = tab().page
    drop(page, samples / "curls-001.jpg")
    drawn(page)
    saved: list[Any] = []
    page.on("download", lambda one: saved.append(one))
    fake.memory.delay_s = 2.0
    page.get_by_role("button", name="Save as PNG").click()
    words = page.locator("#toasts").get_by_text("Drawing it at its full size")
    words.wait_for()
    look(page, "draw-11-saving")
    page.keyboard.press("Escape")
    words.wait_for(state="detached")
    page.wait_for_timeout(2500)
    assert not saved
    assert page.locator(".toast").count() == 0
