"""The shadow under the pen."""

from __future__ import annotations

from typing import Any

import numpy as np

from limner.sketches.bank import Bank
from limner.sketches.guide import Guide, merge, shade
from limner.sketches.parts import NAMES, WINDOWS
from limner.sketches.project import project
from limner.sketches.synthesize import Engine


def test_where_all_neighbours_agree_the_shadow_is_dark() -> None:
    drawn = np.zeros((4, 6, 6), np.float32)
    drawn[:, 2] = 1
    drawn[0, 4] = 1
    shadow = shade(drawn, np.full(4, 0.25, np.float32))
    np.testing.assert_allclose(shadow[2], 1, atol=1e-6)
    np.testing.assert_allclose(shadow[4], 0.25, atol=1e-6)
    assert not shadow[0].any()


def test_negative_shares_draw_nothing_and_one_neighbour_never_rules() -> None:
    drawn = np.stack([np.ones((3, 3)), np.zeros((3, 3)), np.ones((3, 3))]).astype(np.float32)
    assert shade(drawn, np.array([-2, 3, 0], np.float32)).max() == 0
    # 0.9 is cut to a half: the other's tenth weighs more than it did
    assert shade(drawn[:2], np.array([0.9, 0.1], np.float32))[0, 0] < 0.9


def test_no_positive_share_is_no_shadow() -> None:
    assert not shade(np.ones((2, 4, 4), np.float32), np.array([-0.5, 0], np.float32)).any()


def _blank() -> dict[str, np.ndarray]:
    return {
        n: np.zeros((128, 128) if n == "rest" else (w.side, w.side), np.float32)
        for n, w in WINDOWS.items()
    }


def test_a_component_is_merged_where_its_window_lies() -> None:
    parts = _blank()
    parts["nose"] += 1
    merged = merge(parts, 512)
    x, y, side = WINDOWS["nose"].at(512)
    assert merged[y + side // 2, x + side // 2] == 1
    assert not merged[:y].any()
    assert not merged[:, : x - 1].any()


def test_merged_windows_have_soft_rims() -> None:
    parts = _blank()
    parts["mouth"] += 1
    merged = merge(parts, 512)
    assert np.abs(np.diff(merged, axis=0)).max() < 0.15


def test_each_neighbour_is_drawn_once(session: Any, bank: Bank) -> None:
    guide = Guide(Engine(session), bank)
    found = {n: project(bank.matrices[n][0], bank.matrices[n], bank.squares[n]) for n in NAMES}
    first = guide.shadows(found)
    again = guide.shadows(found)
    assert session.decoded["nose"] == 10
    for name in NAMES:
        np.testing.assert_array_equal(first[name], again[name])


def test_only_components_that_are_asked_for_are_drawn(session: Any, bank: Bank) -> None:
    guide = Guide(Engine(session), bank)
    found = project(bank.matrices["nose"][0], bank.matrices["nose"], bank.squares["nose"])
    assert set(guide.shadows({"nose": found})) == {"nose"}
    assert session.decoded["mouth"] == 0
