"""Heads as the studio asks for them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from tests.heads.conftest import FakeSession, egg_head, graphs

from limner.api import _studio_turn as rooms
from limner.errors import InputError, UnknownName
from limner.records import Head

__all__ = ["egg_head", "graphs"]


def test_a_part_comes_from_a_seed_or_a_head_and_not_from_both(egg_head: Head) -> None:
    assert rooms.head_with(egg_head, "hair", seed=3).edited == ("hair",)
    assert rooms.head_with(egg_head, "hair", other=egg_head, amount=0.5).edited == ("hair",)
    for wrong in ({}, {"seed": 3, "other": egg_head}):
        with pytest.raises(InputError, match="one of both"):
            rooms.head_with(egg_head, "hair", **wrong)  # type: ignore[arg-type]


def test_a_head_is_told_in_plain_values(egg_head: Head) -> None:
    told = rooms.head_facts(egg_head)
    assert (told["from"], told["edited"], len(told["parts"])) == ("photo", [], 12)


def test_a_view_is_shown_as_what_was_asked_for(egg_head: Head) -> None:
    turn = rooms.renderer(egg_head)
    view = rooms.view_of(turn, 90.0, 0.0, 256)
    assert view.yaw_deg == 60
    assert rooms.picture_of(view, "labels").shape == (256, 256, 3)
    depth = rooms.picture_of(view, "depth")
    assert depth.dtype == np.uint8
    assert set(np.unique(depth[depth > 0]) // 40) >= {1, 6}
    with pytest.raises(UnknownName, match="labels"):
        rooms.picture_of(view, "label")
    with pytest.raises(UnknownName, match="drawing"):
        rooms.picture_of(view, "drawing")


def test_clean_lines_turn_as_any_style_does(egg_head: Head) -> None:
    turn = rooms.renderer(egg_head)
    ink = rooms.holder_of(turn, "lines")
    drawn = rooms.picture_of(rooms.view_of(turn, 10.0, 0.0, 256), "drawing", ink=ink)
    assert drawn.shape == (256, 256)
    assert drawn.min() < 128 < drawn.max()


def test_a_painted_map_comes_as_a_pictures_bytes(egg_head: Head) -> None:
    view = rooms.view_of(rooms.renderer(egg_head), 0.0, 0.0, 256)
    labels = np.array(view.semantic.labels)
    labels[150:170, 110:150] = 12
    stream = io.BytesIO()
    Image.fromarray(labels).save(stream, "PNG")
    head = rooms.painted_head(egg_head, stream.getvalue(), 0.0, 0.0)
    assert rooms.head_facts(head)["painted"] == 1
    seen = rooms.view_of(rooms.renderer(head), 15.0, 0.0, 256).semantic.labels
    assert (seen == 12).sum() > 400


def test_a_head_without_depth_is_dark(egg_head: Head, graphs: FakeSession) -> None:
    from dataclasses import replace

    view = rooms.view_of(rooms.renderer(egg_head), 0, 0, 256)
    empty = replace(view, depth_m=np.zeros_like(view.depth_m))
    assert not rooms.picture_of(empty, "depth").any()
