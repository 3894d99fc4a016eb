"""The photograph painted of a head that nobody photographed, and the views that turn with its pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from tests.heads.conftest import FakeSession, source

from limner.geometry.camera import Camera
from limner.heads import HeadRenderer, portrait
from limner.heads.edit import blend, mix
from limner.heads.ground import PAPER
from limner.heads.portrait import painted, repainted, told_by
from limner.heads.render import Rendering
from limner.heads.sample import sample_head
from limner.records import CLASSES, Head

HOME = Camera(0, 0, 256)
LOOKS = len(portrait._LOOKS)


def rendering(graphs: FakeSession, seed: int = 1) -> Rendering:
    del graphs
    return HeadRenderer(sample_head(seed), own_pixels=False, refine=False).render(HOME)


def test_the_painter_is_told_one_head_without_crumbs(graphs: FakeSession) -> None:
    seen = rendering(graphs)
    labels, alpha = seen.labels.copy(), seen.alpha.copy()
    alpha[:6, :6] = 1  # beside the head
    earring = CLASSES.index("ear_r")
    labels[128, 128] = np.eye(len(CLASSES))[earring] * 50
    coarse, ids = told_by(
        Rendering(seen.photo, labels, alpha, seen.depth, seen.masks, seen.features)
    )
    assert not ids[:6, :6].any()
    assert ids[128, 128] > 0
    assert earring not in ids
    assert coarse[0, 0].tolist() == PAPER.round().astype(int).tolist()


def test_the_same_seed_is_painted_the_same_and_another_otherwise(graphs: FakeSession) -> None:
    seen = rendering(graphs)
    first, again, other = (painted(seen, seed=s) for s in (3, 3, 4))
    assert first is not None
    assert again is not None
    assert other is not None
    assert np.array_equal(first.photo.pixels, again.photo.pixels)
    assert not np.array_equal(first.photo.pixels, other.photo.pixels)


def test_a_head_of_a_seed_turns_with_the_pixels_it_was_painted_with(graphs: FakeSession) -> None:
    head = sample_head(5)
    turn = HeadRenderer(head)
    views = [turn.view(yaw_deg=y).photo.pixels for y in (0, 12)]
    assert graphs.calls["heads-portrait"] == LOOKS
    soft = HeadRenderer(head, own_pixels=False, refine=False).view(yaw_deg=12).photo.pixels
    assert graphs.calls["heads-portrait"] == LOOKS
    middle = np.s_[90:170, 90:170]
    assert views[1][middle].std() > 1.2 * soft[middle].std()
    assert head.source is None


def test_people_between_two_are_painted_too_and_photographed_ones_never(
    graphs: FakeSession, egg_head: Head
) -> None:
    between = blend(sample_head(1), sample_head(2), 0.5)
    HeadRenderer(between).view(yaw_deg=5)
    assert graphs.calls["heads-portrait"] == LOOKS
    HeadRenderer(egg_head).view(yaw_deg=5)
    assert graphs.calls["heads-portrait"] == LOOKS


def test_without_the_painter_a_head_of_a_seed_stays_soft(
    graphs: FakeSession,
) -> None:
    graphs.without.add("heads-portrait")
    assert painted(rendering(graphs), seed=0) is None
    view = HeadRenderer(sample_head(5)).view(yaw_deg=12)
    soft = HeadRenderer(sample_head(5), own_pixels=False, refine=False).view(yaw_deg=12)
    assert np.array_equal(view.photo.pixels, soft.photo.pixels)


def test_edited_parts_of_a_photograph_are_painted_and_the_rest_stays(
    graphs: FakeSession, egg_head: Head
) -> None:
    mixed = mix(egg_head, sample_head(2), ["hair"])
    view = HeadRenderer(mixed).view().photo.pixels.astype(int)
    assert graphs.calls["heads-portrait"] == LOOKS
    plain = HeadRenderer(egg_head).view().photo.pixels.astype(int)
    assert graphs.calls["heads-portrait"] == LOOKS
    changed = np.abs(view - plain).max(-1) > 4
    labels = source().semantic.labels
    assert changed[labels == CLASSES.index("hair")].mean() > 0.5
    # skin well below the hair, and the nose
    assert changed[150:, :][labels[150:, :] == CLASSES.index("skin")].mean() < 0.01


def test_what_is_repainted_meets_the_photograph_s_tones(graphs: FakeSession) -> None:
    photo = source()
    seen = rendering(graphs)
    dull = replace(seen, photo=seen.photo * 0 - 0.5)
    again = repainted(photo, dull, ("nose",), seed=0)
    assert again is not None
    nose = photo.semantic.labels == CLASSES.index("nose")
    here, there = (p.photo.pixels.astype(float) for p in (again, photo))
    far = cv2.dilate(nose.astype(np.uint8), np.ones((25, 25), np.uint8)) == 0
    assert np.array_equal(here[far], there[far])
    around = far & (cv2.dilate(nose.astype(np.uint8), np.ones((41, 41), np.uint8)) > 0)
    wanted = there[around & (photo.semantic.labels > 0)].mean(0)
    untoned = painted(dull, seed=0)
    assert untoned is not None
    off = np.abs(here[nose].mean(0) - wanted).mean()
    assert off < 0.5 * np.abs(untoned.photo.pixels[nose].mean(0) - wanted).mean()


def test_looks_come_back_to_where_they_were(graphs: FakeSession) -> None:
    seen = rendering(graphs)
    coarse, labels = told_by(seen)
    quiet = np.zeros((256, 256), np.float32)
    inner = np.s_[40:-40, 40:-40]
    first, *others = (
        portrait._looked(coarse, labels, look, quiet)[inner] for look in portrait._LOOKS
    )
    for other in others:
        assert np.allclose(other, first, atol=1e-6)


def test_marks_of_one_look_are_not_the_head_s(
    graphs: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def marked(inputs: dict[str, Any]) -> dict[str, Any]:
        photo = inputs["coarse"].copy()
        photo[..., 150:153, 140:170] = -1  # a wrinkle, always there, whatever is shown
        return {"photo": photo}

    monkeypatch.setattr(graphs, "_portrait", marked)
    seen = rendering(graphs)
    made = painted(seen, seed=0)
    assert made is not None
    skin = made.semantic.labels == CLASSES.index("skin")
    gap = np.abs(made.photo.pixels.astype(int) - told_by(seen)[0]).max(-1)
    assert gap[skin].max() <= 1
