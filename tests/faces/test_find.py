"""Finding: each head once, in the order in which people read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from limner.faces import find
from limner.faces.detect import Found
from limner.faces.landmarks import Marked
from limner.records import Photo

Box = tuple[float, float, float, float]
BOXES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4)).map(
        lambda b: (b[0] * 10.0, b[1] * 10.0, (b[0] + b[2]) * 10.0, (b[1] + b[3]) * 10.0)
    ),
    max_size=8,
)


@given(BOXES)
def test_reading_names_every_box_once(boxes: list[Box]) -> None:
    assert sorted(find.reading_order(boxes)) == list(range(len(boxes)))


@given(BOXES, st.randoms(use_true_random=False))
def test_reading_does_not_depend_on_the_order_of_the_boxes(boxes: list[Box], chance: Any) -> None:
    other = list(boxes)
    chance.shuffle(other)
    read = [boxes[i] for i in find.reading_order(boxes)]
    assert read == [other[i] for i in find.reading_order(other)]


@given(BOXES, st.integers(-500, 500), st.integers(-500, 500))
def test_reading_does_not_depend_on_where_the_group_stands(
    boxes: list[Box], x: int, y: int
) -> None:
    moved = [(a + x, b + y, c + x, d + y) for a, b, c, d in boxes]
    assert find.reading_order(moved) == find.reading_order(boxes)


@given(st.permutations(range(6)))
def test_a_row_is_read_from_the_left_though_heads_bob(places: list[int]) -> None:
    bob = (0.0, 4.0, 1.0, 3.0, 0.0, 2.0)
    boxes = [(20.0 * p, bob[p], 20.0 * p + 15, bob[p] + 15) for p in places]
    assert [places[i] for i in find.reading_order(boxes)] == sorted(places)


@given(st.permutations(range(9)))
def test_rows_are_read_from_the_top(places: list[int]) -> None:
    boxes = [
        (30.0 * (p % 3) + 5 * (p // 3), 30.0 * (p // 3), 30.0 * (p % 3) + 25, 30.0 * (p // 3) + 25)
        for p in places
    ]
    assert [places[i] for i in find.reading_order(boxes)] == sorted(places)


def test_boxes_that_are_none_come_to_an_end() -> None:
    nan = float("nan")
    assert sorted(find.reading_order([(0, 9, 5, 1), (nan, nan, nan, nan), (0, 0, 1, 1)])) == [
        0,
        1,
        2,
    ]


def mesh(box: Box) -> NDArray[np.float32]:
    """Return a plausible mesh that fills a box."""
    points = np.zeros((478, 2))
    points[:468] = np.random.default_rng(0).uniform(0.2, 0.8, (468, 2))
    points[0], points[1] = (0, 0), (1, 1)
    points[[33, 160, 158, 133, 153, 144]] = (0.3, 0.4)
    points[[263, 387, 385, 362, 380, 373]] = (0.7, 0.4)
    points[[61, 291]] = (0.5, 0.8)
    size = np.array(box[2:]) - box[:2]
    return np.asarray(points * size + box[:2], np.float32)


def look(
    monkeypatch: pytest.MonkeyPatch, finds: Sequence[tuple[Box, float, float]]
) -> list[tuple[Box, float]]:
    """Return boxes and scores of what is found, where (box, score, presence) are seen."""
    rows = [Found(np.array(b, np.float32), s, np.zeros((5, 2), np.float32)) for b, s, _ in finds]
    present = {id(r): p for r, (_, _, p) in zip(rows, finds, strict=True)}

    def landmarks(pixels: Any, found: Found) -> Marked:
        box: Any = tuple(found.box.tolist())
        return Marked(mesh(box), 3.0, -2.0, 1.0, present[id(found)])

    monkeypatch.setattr(find, "detect_boxes", lambda pixels: tuple(rows))
    monkeypatch.setattr(find, "find_landmarks", landmarks)
    faces = find.find_faces(Photo(np.zeros((400, 400, 3), np.uint8)))
    assert all(f.yaw_deg == 3 and f.pitch_deg == -2 and f.roll_deg == 1 for f in faces)
    boxes: list[Any] = [tuple(f.box.tolist()) for f in faces]
    return [(b, f.score) for b, f in zip(boxes, faces, strict=True)]


def test_faces_come_in_reading_order_with_both_judgements_in_their_score(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a, b = (200.0, 10.0, 260.0, 90.0), (10.0, 20.0, 70.0, 100.0)
    found = look(monkeypatch, [(a, 0.729, 0.6), (b, 0.512, 1.0)])
    assert [box for box, _ in found] == [b, a]
    assert [s for _, s in found] == pytest.approx([0.8, 0.54])


def test_a_face_that_the_detector_doubts_stays_if_the_close_look_is_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a, b = (200.0, 10.0, 260.0, 90.0), (10.0, 20.0, 70.0, 100.0)
    found = look(monkeypatch, [(a, 0.25, 0.99), (b, 0.25, 0.6)])
    assert [box for box, _ in found] == [a]


def test_what_either_network_doubts_is_no_face(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = (200.0, 10.0, 260.0, 90.0), (10.0, 20.0, 70.0, 100.0)
    assert look(monkeypatch, [(a, 0.9, 0.1), (b, 0.45, 0.5)]) == []


def test_one_head_found_twice_counts_once_and_the_surer_find_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sure, again = (100.0, 100.0, 200.0, 220.0), (110.0, 95.0, 190.0, 190.0)
    ((box, _),) = look(monkeypatch, [(sure, 0.95, 1.0), (again, 0.9, 1.0)])
    assert box == sure


def test_cheek_to_cheek_two_heads_stay_two(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = (100.0, 100.0, 200.0, 220.0), (190.0, 100.0, 290.0, 220.0)
    assert len(look(monkeypatch, [(a, 0.95, 1.0), (b, 0.9, 1.0)])) == 2


@pytest.mark.parametrize(("presence", "count"), [(0.9, 1), (0.99, 2)])
def test_a_tiny_find_in_somebodys_hair_must_be_a_face_to_the_close_look(
    presence: float, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, tiny = (100.0, 100.0, 220.0, 250.0), (225.0, 90.0, 241.0, 110.0)
    found = look(monkeypatch, [(tiny, 0.6, presence), (large, 0.9, 1.0)])
    assert len(found) == count


@pytest.mark.parametrize(
    ("tiny", "doubt", "certain", "count"),
    [
        ((225.0, 90.0, 241.0, 110.0), 0.4, 0.9, 1),  # in the hair, doubted
        ((225.0, 90.0, 241.0, 110.0), 0.6, 0.9, 2),  # in the hair, not doubted
        ((225.0, 90.0, 241.0, 110.0), 0.4, 0.7, 2),  # the large face is not certain itself
        ((340.0, 30.0, 356.0, 50.0), 0.4, 0.9, 2),  # elsewhere
    ],
)
def test_a_doubted_find_in_a_certain_faces_hair_is_not_looked_at(
    tiny: Box, doubt: float, certain: float, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = (100.0, 100.0, 220.0, 250.0)
    found = look(monkeypatch, [(tiny, doubt, 1.0), (large, certain, 1.0)])
    assert len(found) == count


def test_a_tiny_find_elsewhere_need_not(monkeypatch: pytest.MonkeyPatch) -> None:
    large, tiny = (100.0, 100.0, 220.0, 250.0), (340.0, 30.0, 356.0, 50.0)
    assert len(look(monkeypatch, [(large, 0.9, 1.0), (tiny, 0.6, 0.7)])) == 2


def test_a_mesh_without_extent_is_no_face(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(monkeypatch, [((50.0, 50.0, 50.0, 50.0), 0.9, 1.0)]) == []
