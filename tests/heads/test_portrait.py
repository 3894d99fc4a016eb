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


def crowned(seen: Rendering, columns: slice) -> Rendering:
    """Return a rendering whose head ends at the upper edge in these columns, and reaches the lower one in some."""
    alpha = np.zeros_like(seen.alpha)
    cv2.circle(alpha, (128, 128), 110, 1.0, -1)
    alpha[:40, columns] = 1
    alpha[200:, 100:104] = 1
    return replace(seen, alpha=alpha)


def test_a_peak_of_the_crown_is_rounded_off_and_a_broad_crown_stays(graphs: FakeSession) -> None:
    seen = rendering(graphs)
    _, peaked = told_by(crowned(seen, np.s_[120:136]))
    assert not peaked[:10].any()
    _, plain = told_by(crowned(seen, np.s_[:0]))
    assert np.array_equal(peaked[40:] > 0, plain[40:] > 0)
    _, broad = told_by(crowned(seen, np.s_[40:216]))
    assert (broad[0] > 0).sum() > 80
    for labels in (peaked, broad):
        assert labels[255, 100:104].all()


def test_the_painter_sees_ground_above_the_crown_and_every_look_the_lower_edge(
    graphs: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = crowned(rendering(graphs), np.s_[40:216])
    told: list[Any] = []
    ask = graphs.run

    def run(weight: str, inputs: dict[str, Any]) -> dict[str, Any]:
        if weight == portrait.WEIGHT:
            told.append(inputs["classes"][0])
            row = np.arange(256, dtype=np.float32)[:, None] / 256
            return {"photo": np.broadcast_to(row, (1, 3, 256, 256))}
        return ask(weight, inputs)

    monkeypatch.setattr(graphs, "run", run)
    made = painted(seen, seed=0)
    assert made is not None
    assert [float(classes[0, 0, 128]) for classes in told].count(1.0) == 4
    # a painter that paints the number of the row: what was moved down is brought back, and nothing is repeated below
    low = made.photo.pixels[250:, 0, 0].astype(int)
    assert (np.diff(low) >= 0).all()
    assert low[-1] > low[0]
