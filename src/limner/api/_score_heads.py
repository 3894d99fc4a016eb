"""Judging heads: a folder of photographs, or of heads known from every side, in → a row of figures for each way."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limner.api._likeness import described, judge_of, known

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from limner.geometry.camera import Camera
    from limner.metrics.heads import HeadScore as HeadScore
    from limner.metrics.heads import Tally
    from limner.records import Face, Head, HeadSource, Photo, View
    from limner.weights.elsewhere import Descriptor

__all__ = ["score_heads"]

_WAYS = {"maps": (False, False), "own": (True, False), "refined": (True, True)}
_TURN_DEG, _STEP_DEG = 30.0, 5.0
_EDITED, _EDIT_YAWS, _EDIT_SEED = ("eyes", "mouth", "hair"), (-20.0, 0.0, 20.0), 7
#: Every so many people are walked around and edited: that takes ten times as long as the rest.
_EVERY = 5
_SHEET_COLUMNS = 8
#: Of several faces the tallest is the sitter's.
_HEIGHT = attrgetter("height_px")


def score_heads(
    data: str | os.PathLike[str],
    *,
    people: int | None = None,
    identity: str | os.PathLike[str] | None = None,
    identity_range: str = "-1..1",
    identity_crop: float = 1.0,
    report: Callable[[str], None] | None = None,
) -> tuple[tuple[HeadScore, ...], NDArray[np.uint8]]:
    """Score how well heads made of photographs turn.

    Parameters
    ----------
    data : path
        Photographs of one person each.
    people : int, optional
        At most so many, evenly chosen; all if not given.
    identity : path, optional
        An ONNX network that turns the aligned crop of a face into a vector; without it nobody is told apart.
    identity_range : {"-1..1", "0..1", "0..255"}
        What that network wants a pixel to be.
    identity_crop : float
        Share of the aligned crop's side, about its middle, that the network sees: 0.3 to 1.
    report : callable, optional
        Is told what is being done, a sentence at a time.

    Returns
    -------
    tuple of HeadScore
        A row for codes and maps alone, own pixels, own pixels refined, and the photograph on a plane.
    ndarray of shape (H, W, 3), uint8
        A contact sheet.

    Raises
    ------
    InputError
        If no picture shows a face that can be a head, or a number is out of range.
    MissingWeights
        If no networks of heads are installed, or the one for identity is not there.
    """
    import numpy as np

    from limner.errors import InputError, NoFace
    from limner.metrics import score

    say = report or (lambda _: None)
    judge = judge_of(identity, identity_range, identity_crop)
    files = list(score.pictures(Path(data)).values())
    number = len(files) if people is None else min(people, len(files))
    files = [files[i] for i in np.linspace(0, len(files) - 1, max(number, 0)).astype(int)]
    made = {way: _Way() for way in (*_WAYS, "plane")}
    gallery: list[NDArray[np.float32]] = []
    for path in files:
        say(f"{path.name}: turning")
        try:
            person = _Person.of(path, judge, identity_crop)
        except NoFace as error:
            say(f"{path.name}: left out ({error})")
            continue
        _measure(person, made, len(gallery))
        gallery.append(person.descriptor)
    if not gallery:
        raise InputError(
            f"{str(data)!r} holds no photograph of a face seen from the front; a head needs one."
        )
    from limner.metrics import sheet

    rows = tuple(way.row(name, gallery, judged=judge is not None) for name, way in made.items())
    shown = [(f"{name}: 30° to either side", way.shown) for name, way in made.items()]
    return rows, sheet.contact_sheet(shown, columns=_SHEET_COLUMNS)


@dataclass(slots=True)
class _Person:
    """One photograph: its head, its face's points, and who it is."""

    head: Head
    source: HeadSource
    points: NDArray[np.float64]
    depth_m: NDArray[np.float64]
    camera: Camera
    judge: Descriptor | None
    share: float
    descriptor: NDArray[np.float32]

    @classmethod
    def of(cls, path: Path, judge: Descriptor | None, share: float) -> _Person:
        import numpy as np

        from limner import heads
        from limner.api._photo import detect_faces, read_photo
        from limner.errors import NoFace
        from limner.geometry import affine
        from limner.heads.encode import place, template

        photo = read_photo(path)
        found = detect_faces(photo)
        if not found:
            raise NoFace("no face was found")
        face = max(found, key=_HEIGHT)
        head = heads.encode_photo(photo, face)
        fitted = place(face)
        points = affine.apply(fitted.crop_from_photo, np.asarray(face.landmarks, float))
        depth = fitted.camera.project(template()[0])[1]
        assert head.source is not None  # noqa: S101
        who = np.zeros(1, np.float32) if judge is None else described(photo, face, judge, share)
        return cls(head, head.source, points, depth, fitted.camera, judge, share, who)


@dataclass(slots=True)
class _Way:
    """What one way of showing heads came to."""

    tally: Tally | None = None
    same: list[tuple[int, Any]] = field(default_factory=list)
    turned: list[tuple[int, Any]] = field(default_factory=list)
    landmarks: list[float] = field(default_factory=list)
    walks: list[tuple[Any, float]] = field(default_factory=list)
    edits: list[tuple[float, float]] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    noises: list[float] = field(default_factory=list)
    shown: list[NDArray[np.uint8]] = field(default_factory=list)
    lost: int = 0

    def row(self, name: str, gallery: list[Any], *, judged: bool) -> HeadScore:
        import numpy as np

        from limner.metrics import miou
        from limner.metrics.heads import HeadScore

        def mean(values: list[float]) -> float | None:
            return float(np.mean(values)) if values else None

        found = {} if self.tally is None else self.tally.scores()
        counts = np.sum([c for c, _ in self.walks], 0) if self.walks else None
        return HeadScore(
            "photographs",
            name,
            len(gallery),
            self.lost,
            rank_1=known(self.same, gallery) if judged else None,
            turned_rank_1=known(self.turned, gallery) if judged else None,
            landmarks_percent=mean(self.landmarks),
            label_iou=None if counts is None else miou(counts),
            photo_levels=mean([levels for _, levels in self.walks]),
            edit_inside=mean([inside for inside, _ in self.edits]),
            edit_size=mean([size for _, size in self.edits]),
            edit_features=_over(mean(self.changes), mean(self.noises)),
            **found,
        )


def _measure(person: _Person, made: dict[str, _Way], number: int) -> None:
    from limner import heads
    from limner.metrics.heads import flat_view

    for name, way in made.items():
        if name == "plane":
            _look(person, way, number, lambda yaw, pitch: flat_view(person.source, yaw, pitch))
            continue
        own, refine = _WAYS[name]
        turn = heads.HeadRenderer(person.head, own_pixels=own, refine=refine)
        noise = _look(
            person,
            way,
            number,
            lambda yaw, pitch, turn=turn: turn.view(yaw_deg=yaw, pitch_deg=pitch),  # type: ignore[misc]
        )
        if number % _EVERY == 0:
            _walk(way, turn)
            _edit(person, way, turn, (own, refine, noise))


def _look(person: _Person, way: _Way, number: int, view: Callable[[float, float], View]) -> float:
    """Measure the photograph's own view and those 30° to either side; return by how much the first is off, levels."""
    import numpy as np

    from limner.geometry.camera import MOST_YAW_DEG, Camera
    from limner.metrics.heads import Tally, landmark_error, turned_points

    here = person.source
    again = view(here.yaw_deg, here.pitch_deg)
    true = _as_it_is(here, again)
    photo, labels = true.photo.pixels, true.semantic.labels
    way.tally = way.tally or Tally()
    way.tally.add(again, photo, labels)
    way.same.append((number, _judged(again.photo, person)[1]))
    for step in (-_TURN_DEG, _TURN_DEG):
        yaw = float(np.clip(here.yaw_deg + step, -MOST_YAW_DEG, MOST_YAW_DEG))
        seen = view(yaw, here.pitch_deg)
        if len(way.shown) < _SHEET_COLUMNS:
            way.shown.append(np.asarray(seen.photo.pixels))
        face, vector = _judged(seen.photo, person)
        way.turned.append((number, vector))
        if face is None:
            way.lost += 1
            continue
        cameras = person.camera, Camera(yaw, here.pitch_deg)
        goal = turned_points(person.points, person.depth_m, cameras)
        way.landmarks.append(landmark_error(np.asarray(face.landmarks, float), goal))
    head = labels > 0
    gap = (again.photo.pixels.astype(float) - photo)[head]
    return float(np.sqrt((gap**2).mean())) if head.any() else 1.0


def _as_it_is(source: HeadSource, again: View) -> View:
    """Return the photograph as a view from its own camera would show it, were that perfect."""
    from dataclasses import replace

    import cv2
    import numpy as np

    from limner.records import Photo, SemanticMap

    size = (again.size_px, again.size_px)
    photo = cv2.resize(source.photo.pixels, size, interpolation=cv2.INTER_AREA)
    labels = cv2.resize(source.semantic.labels, size, interpolation=cv2.INTER_NEAREST)
    return replace(
        again,
        photo=Photo(np.asarray(photo, np.uint8)),
        semantic=SemanticMap(np.asarray(labels, np.uint8)),
    )


def _over(a: float | None, b: float | None) -> float | None:
    return None if a is None or not b else a / b


def _walk(way: _Way, turn: Any) -> None:
    import numpy as np

    from limner.metrics.heads import neighbours

    yaws = np.arange(-_TURN_DEG, _TURN_DEG + _STEP_DEG / 2, _STEP_DEG)
    way.walks.append(neighbours([turn.view(yaw_deg=float(yaw)) for yaw in yaws]))


def _edit(person: _Person, way: _Way, turn: Any, how: tuple[bool, bool, float]) -> None:
    from limner import heads
    from limner.metrics.heads import edit_figures, part_change

    own, refine, noise = how
    again = turn.view(yaw_deg=person.source.yaw_deg, pitch_deg=person.source.pitch_deg)
    true = _as_it_is(person.source, again)
    for part in _EDITED:
        mixed = heads.resample(person.head, [part], _EDIT_SEED)
        gap = part_change(again, true, part)
        way.noises += [] if gap is None else [gap]
        other = heads.HeadRenderer(mixed, own_pixels=own, refine=refine)
        for yaw in _EDIT_YAWS:
            before, after = turn.view(yaw_deg=yaw), other.view(yaw_deg=yaw)
            found = edit_figures(before, after, part, noise)
            way.edits += [] if found is None else [found]
            change = part_change(before, after, part)
            way.changes += [] if change is None else [change]


def _judged(photo: Photo, person: _Person) -> tuple[Face | None, NDArray[np.float32] | None]:
    from limner.api._photo import detect_faces

    found = detect_faces(photo)
    if not found:
        return None, None
    face = max(found, key=_HEIGHT)
    if person.judge is None:
        return face, None
    return face, described(photo, face, person.judge, person.share)
