"""The page that asks people, and the counting of what they say."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from limner.errors import InputError
from limner.metrics import wilson
from limner.metrics.prefer import Pair, count_votes, preference_page, read_pairs

PAIRS = [Pair(f"person-{i}", b"a%d" % i, b"b%d" % i) for i in range(10)]
node = pytest.mark.skipif(shutil.which("node") is None, reason="no node to run the page's program")


def study_of(page: str) -> dict[str, Any]:
    """Return the data that a page carries."""
    found = re.search(r'<script type="application/json" id="study">(.*?)</script>', page, re.DOTALL)
    assert found
    study: dict[str, Any] = json.loads(found[1])
    return study


def run_script(expression: str) -> Any:
    """Return what an expression over the page's functions gives."""
    script = str(resources.files("limner.metrics") / "prefer.js")
    code = f"const m = require({json.dumps(script)}); console.log(JSON.stringify({expression}))"
    words = [shutil.which("node") or "node", "-e", code]
    return json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def test_the_page_holds_all_it_needs_and_may_ask_nobody() -> None:
    page = preference_page(PAIRS)
    sources: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            sources.extend(v or "" for k, v in attrs if k in {"src", "href", "action", "srcset"})

    Reader().feed(page)
    assert sources == ["#"]
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    assert not re.search(r"@[A-Z]+@", page)
    study = study_of(page)
    assert base64.b64decode(study["pairs"][3]["b"].split(",")[1]) == b"b3"


def test_nothing_shown_tells_whose_drawing_it_is() -> None:
    page = preference_page(PAIRS, names=("limner", "artist"))
    visible = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "limner" not in visible
    assert "artist" not in visible


def test_words_of_people_cannot_break_the_page() -> None:
    page = preference_page([Pair("</script><b>", b"a", b"b")], question="Which <i> & why?")
    assert study_of(page)["pairs"][0]["name"] == "</script><b>"
    assert "Which &lt;i&gt; &amp; why?" in page


def test_few_are_chosen_of_many_by_the_seed() -> None:
    names = [
        [p["name"] for p in study_of(preference_page(PAIRS, most=4, seed=s))["pairs"]]
        for s in (0, 0, 1)
    ]
    assert len(names[0]) == 4
    assert names[0] == names[1] != names[2]
    assert preference_page(PAIRS, seed=3) == preference_page(PAIRS, seed=3)


def test_no_pairs_make_no_page() -> None:
    with pytest.raises(InputError, match="0 pairs"):
        preference_page([])


@node
def test_every_rater_sees_every_pair_once_with_balanced_sides() -> None:
    for rater in range(1, 9):
        trials = run_script(f"m.plan(10, {rater}, 5)")
        assert sorted(t["pair"] for t in trials) == list(range(10))
        assert sum(t["aLeft"] for t in trials) == 5


@node
def test_raters_two_by_two_see_the_sides_exchanged_in_orders_of_their_own() -> None:
    one, two, three = (run_script(f"m.plan(10, {rater}, 5)") for rater in (1, 2, 3))
    sides = [{t["pair"]: t["aLeft"] for t in trials} for trials in (one, two, three)]
    assert all(sides[0][p] != sides[1][p] for p in range(10))
    assert sides[2] not in sides[:2]
    assert [t["pair"] for t in one] != [t["pair"] for t in two]


@node
def test_the_page_and_python_agree_on_wilson() -> None:
    for k, n in ((0, 0), (0, 7), (7, 7), (13, 20), (81, 263)):
        assert run_script(f"m.wilson({k}, {n})") == pytest.approx(wilson(k, n), abs=1e-9)


@node
def test_a_verdict_is_given_only_where_the_interval_leaves_the_middle() -> None:
    words = [run_script(f"m.verdict(['ada', 'ben'], {k}, 20)") for k in (18, 11, 2)]
    assert "ada is preferred" in words[0]
    assert "does not tell" in words[1]
    assert "ben is preferred" in words[2]


def test_pairs_are_read_by_name_and_lose_their_metadata(tmp_path: Path) -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("limner", "made by somebody")
    picture = Image.fromarray(np.full((900, 1200), 200, np.uint8))
    for folder, stems in (("a", "xyz"), ("b", "wxy"), ("photos", "x")):
        (tmp_path / folder).mkdir()
        for stem in stems:
            picture.save(tmp_path / folder / f"{stem}.png", pnginfo=note)
    pairs = read_pairs(tmp_path / "a", tmp_path / "b", tmp_path / "photos")
    assert [p.name for p in pairs] == ["x", "y"]
    assert pairs[0].photo is not None
    assert pairs[1].photo is None
    assert b"somebody" not in pairs[0].a
    (tmp_path / "shown.png").write_bytes(pairs[0].a)
    with Image.open(tmp_path / "shown.png") as shown:
        assert shown.size == (768, 576)


def test_folders_without_a_common_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError, match="no name in common"):
        read_pairs(tmp_path / "a", tmp_path / "a")


def votes(rater: int, choices: str, *, study: str = "1234", left: bool = True) -> str:
    """Return what the page saves."""
    cast = [{"pair": str(i), "a_left": left, "choice": c} for i, c in enumerate(choices)]
    return json.dumps({"study": study, "names": ["ada", "ben"], "rater": rater, "votes": cast})


def test_votes_of_several_people_are_counted_together() -> None:
    found = count_votes({"1.json": votes(1, "AAB"), "2.json": votes(2, "AB", left=False)})
    assert (found.names, found.raters, found.votes, found.chosen) == (("ada", "ben"), 2, 5, 3)
    assert (found.low, found.high) == wilson(3, 5)
    assert found.left == 3


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "No votes"),
        ({"a": "{}"}, "a is not what the page saves"),
        ({"a": "no json"}, "a is not what the page saves"),
        ({"a": votes(1, "AC")}, "a is not what the page saves"),
        ({"a": votes(1, "A"), "b": votes(2, "A", study="5678")}, "b and a come from different"),
        ({"a": votes(1, "A"), "b": votes(1, "A")}, "both of rater 1"),
    ],
)
def test_votes_that_do_not_belong_together_are_refused(files: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        count_votes(files)
