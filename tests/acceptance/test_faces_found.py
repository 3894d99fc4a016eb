"""Faces are found turned, small, in drawings and in paint, and nowhere else (tests 19 to 23)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.acceptance.program import landscape, needs_networks, run, save, small

import limner
from limner import api

pytestmark = needs_networks

Pixels = NDArray[np.uint8]

#: What the card of faces-detect says, rounded to the worse.
FALSE_FINDS = 0.04
SMALL_FACES = 0.85


def fixtures(root: Path, pattern: str) -> list[Path]:
    return sorted((root / "tests" / "fixtures" / "heads").glob(pattern))


def turned(sitter: Pixels, angle_deg: float) -> Pixels:
    """Return a sitter turned about the middle of a larger sheet of the picture's own rim colour."""
    height, width = sitter.shape[:2]
    side = int(1.45 * max(height, width))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.0)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    rim = tuple(int(v) for v in np.median(sitter[0], axis=0))
    sheet = cv2.warpAffine(sitter, matrix, (side, side), borderValue=rim)
    return np.asarray(sheet, np.uint8)


def is_there(face: limner.Face, x: float, y: float, height: float) -> bool:
    """Say whether a face lies where it should, within half its height."""
    middle = (face.box[:2] + face.box[2:]) / 2
    return bool(np.hypot(*(middle - [x, y])) < 0.5 * height)


def shares_found(sitters: list[Path], angles: range) -> dict[int, float]:
    found = dict.fromkeys(angles, 0.0)
    for path in sitters:
        sitter = small(path, 320)
        (upright,) = api.detect_faces(sitter)
        away = (upright.box[:2] + upright.box[2:]) / 2 - np.array(sitter.shape[1::-1]) / 2
        for angle in angles:
            sheet = turned(sitter, angle)
            cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
            x, y = np.array([[cos, sin], [-sin, cos]]) @ away + sheet.shape[0] / 2
            faces = [
                f for f in api.detect_faces(sheet) if is_there(f, x, y, float(upright.height_px))
            ]
            # The crop stands upright: the face's roll is the turn of the sheet.
            off = [abs((f.roll_deg + angle + 180) % 360 - 180) for f in faces]
            found[angle] += bool(off and min(off) < 20) / len(sitters)
    return found


def test_19_a_sitter_is_found_however_the_sheet_is_turned(samples: Path) -> None:
    found = shares_found(sorted(samples.glob("*.jpg"))[:1], range(0, 360, 30))
    assert min(found[0], found[30], found[330]) > 0.99
    assert np.mean(list(found.values())) >= 0.75, found


@pytest.mark.soak
def test_19_six_sitters_are_found_at_every_fifteen_degrees(samples: Path) -> None:
    found = shares_found(sorted(samples.glob("*.jpg")), range(0, 360, 15))
    assert min(found[a] for a in (0, 15, 30, 330, 345)) > 0.99
    assert np.mean(list(found.values())) >= 0.85, found


def test_20_turned_heads_are_found_to_sixty_degrees_and_never_twice(root: Path) -> None:
    near: list[int] = []
    far: list[int] = []
    for path in fixtures(root, "head-*.webp"):
        yaw = int(re.search(r"yaw([+-]\d+)", path.name)[1])  # type: ignore[index]
        faces = api.detect_faces(path)
        assert len(faces) <= 1, f"{path.name}: two boxes for one head"
        (near if abs(yaw) <= 40 else far).append(len(faces))
        if faces:
            assert abs(faces[0].yaw_deg - yaw) < 15, path.name
    assert len(near) == 5
    assert all(near)
    assert np.mean(far) >= 0.7


def cartoon() -> Pixels:
    """Return a round head with round eyes, drawn by code."""
    sheet = np.full((240, 240, 3), 255, np.uint8)
    cv2.ellipse(sheet, (120, 130), (70, 85), 0, 0, 360, (255, 214, 170), -1)
    cv2.ellipse(sheet, (120, 130), (70, 85), 0, 0, 360, (60, 30, 20), 3)
    cv2.ellipse(sheet, (120, 75), (76, 48), 0, 180, 360, (90, 50, 20), -1)
    for x in (93, 147):
        cv2.ellipse(sheet, (x, 118), (13, 9), 0, 0, 360, (255, 255, 255), -1)
        cv2.circle(sheet, (x, 118), 6, (40, 60, 90), -1)
        cv2.line(sheet, (x - 15, 100), (x + 15, 98), (60, 30, 20), 4)
    cv2.polylines(sheet, [np.array([[122, 120], [112, 152], [126, 155]])], False, (150, 90, 70), 3)
    cv2.ellipse(sheet, (120, 178), (24, 9), 0, 0, 180, (180, 60, 60), 4)
    return sheet


def test_21_drawn_and_painted_faces_are_found(root: Path, samples: Path) -> None:
    painted = [len(api.detect_faces(path)) for path in fixtures(root, "titian-*.webp")]
    assert np.mean(painted) >= 0.6
    drawn = []
    for path in sorted(samples.glob("*.jpg"))[:3]:
        ink = api.extract_lines(small(path, 384)).ink
        drawn.append(len(api.detect_faces(np.asarray(255 * (1 - ink), np.uint8))))
    assert np.mean(drawn) >= 0.6
    # A cartoon is found or not: what counts is that the answer is a list, and at most one head.
    assert len(api.detect_faces(cartoon())) <= 1


@pytest.mark.slow
def test_22_small_faces_are_found_in_a_large_photograph(samples: Path) -> None:
    scene = cv2.resize(landscape(960, 540), (3840, 2160), interpolation=cv2.INTER_CUBIC)
    wanted = []
    for k, path in enumerate(sorted(samples.glob("*.jpg"))):
        sitter = small(path, 640)
        (face,) = api.detect_faces(sitter)
        for row, height in enumerate((24, 32, 48)):
            scale = height / face.height_px
            tile = cv2.resize(sitter, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            x, y = 300 + 560 * k, 300 + 600 * row
            scene[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
            middle = scale * (face.box[:2] + face.box[2:]) / 2 + [x, y]
            wanted.append((float(middle[0]), float(middle[1]), height))
    faces = api.detect_faces(np.asarray(scene, np.uint8))
    met = [any(is_there(f, *place) for f in faces) for place in wanted]
    assert np.mean(met) >= SMALL_FACES, [w for w, m in zip(wanted, met, strict=True) if not m]


def face_free(count: int) -> Iterator[Pixels]:
    """Yield pictures in which there cannot be a face: clouds, stripes, tiles, letters, leaves, hills."""
    for k in range(count):
        rng = np.random.default_rng(k)
        low = rng.integers(0, 256, (int(rng.integers(2, 40)), int(rng.integers(2, 40)), 3))
        sheet = cv2.resize(low.astype(np.uint8), (256, 256), interpolation=cv2.INTER_CUBIC)
        kind = k % 6
        if kind == 1:
            sheet[:: int(rng.integers(4, 40))] = rng.integers(0, 256, 3)
        elif kind == 2:
            step = int(rng.integers(8, 50))
            y, x = np.mgrid[:256, :256] // step
            sheet[(x + y) % 2 == 0] = rng.integers(0, 256, 3)
        elif kind == 3:
            for line in range(20, 256, 28):
                words = "".join(chr(c) for c in rng.integers(65, 123, 14))
                cv2.putText(sheet, words, (4, line), 3, 0.8, rng.integers(0, 256, 3).tolist(), 2)
        elif kind == 4:
            for _ in range(60):
                x, y, a, b, turn = (int(v) for v in rng.integers(1, [256, 256, 40, 12, 180]))
                colour = rng.integers(0, 200, 3).tolist()
                cv2.ellipse(sheet, (x, y), (a, b), turn, 0, 360, colour, -1)
        elif kind == 5:
            sheet = np.array(landscape(256, 256))
            sheet[:] = np.clip(sheet + rng.normal(0, 12, sheet.shape), 0, 255)
        yield np.asarray(sheet, np.uint8)


def false_finds(count: int) -> float:
    return float(np.mean([bool(api.detect_faces(sheet)) for sheet in face_free(count)]))


def test_23_where_there_is_no_face_none_is_found() -> None:
    assert false_finds(30) <= FALSE_FINDS


@pytest.mark.soak
def test_23_five_hundred_pictures_without_a_face() -> None:
    assert false_finds(500) <= FALSE_FINDS


def test_23_the_order_is_the_same_every_time_and_after_a_re_save(
    samples: Path, tmp_path: Path
) -> None:
    tiles = [small(path, 224)[:224, :168] for path in sorted(samples.glob("*.jpg"))]
    tiles = [np.asarray(cv2.resize(tile, (168, 224)), np.uint8) for tile in tiles]
    sheet = np.concatenate([np.concatenate(tiles[i : i + 3], 1) for i in (0, 3)], 0)
    first = api.detect_faces(sheet)
    assert len(first) == 6
    middles = [((f.box[1] + f.box[3]) // 2 // 224, (f.box[0] + f.box[2]) // 2) for f in first]
    assert middles == sorted(middles)
    again = api.detect_faces(sheet)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.box, other.box)
    picture = save(sheet, tmp_path / "six.png")
    Image.fromarray(sheet).save(tmp_path / "six.jpg", quality=85)
    for words in ((picture, "--threads", "1"), (tmp_path / "six.jpg",)):
        told = run("faces", *words, "--json")
        assert told.returncode == 0
        boxes = limner_boxes(told.stdout)
        assert len(boxes) == 6
        for one, box in zip(first, boxes, strict=True):
            assert np.abs(one.box - box).max() < 12


def limner_boxes(stdout: bytes) -> list[list[float]]:
    import json

    return [face["box"] for face in json.loads(stdout)["faces"]]
