"""How well a drawn head turns: folders of drawn orbits in → a row of figures for each style.

A folder is one that ``limner orbit --style`` wrote: ``views.json`` lists its views, their cameras, and the files of
classes, depth and drawings.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from limner.errors import InputError, LimnerError
from limner.faces import find_faces, parse_photo
from limner.files import depth as depth_files
from limner.files import image
from limner.geometry.camera import Camera
from limner.geometry.carry import carry
from limner.metrics import score
from limner.metrics.drawing import prepare
from limner.metrics.features import early_features
from limner.metrics.miou import confusion, miou
from limner.metrics.sifid import sifid
from limner.records import CLASSES, Photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["Stop", "ViewScore", "find_orbits", "ink_error", "label_counts", "score_views"]

#: Views at most so far apart are neighbours whose ink must agree, and whose classes must.
_INK_DEG, _LABELS_DEG = 15.0, 5.0
_SLACK_DEG = 0.01


@dataclass(frozen=True, slots=True)
class ViewScore:
    """One row of the table.

    Parameters
    ----------
    style : str
    views : int
        Drawings that were looked at.
    ink_error : float or None
        Between views at most 15° apart, warped by depth: mean difference of ink, as a share of the ink that is there.
        0 strokes lie on the surface; about 1 and more they do not care for it. None where no views are so near.
    label_iou : float or None
        Mean IoU of the classes between views at most 5° apart, warped by depth.
    parse_iou : float or None
        Mean IoU between the view's map and what the parser sees in the drawing; None where it sees nobody.
    number : int
        Drawings a side of the figures that follow; 0 without the artist's drawings.
    fd, kd_x1000, swd_x1000, sifid : float or None
        Distances to the artist's drawings; sifid pairs them by their order.
    """

    style: str
    views: int
    ink_error: float | None
    label_iou: float | None
    parse_iou: float | None
    number: int = 0
    fd: float | None = None
    kd_x1000: float | None = None
    swd_x1000: float | None = None
    sifid: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the row for JSON, figures rounded to what they are good for."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """One view of one orbit, as its files say.

    Parameters
    ----------
    camera : Camera
    labels : ndarray of shape (S, S), uint8
    depth_m : ndarray of shape (S, S), float32
    drawings : dict of str to Path
        By style.
    photo : Path
    """

    camera: Camera
    labels: NDArray[np.uint8]
    depth_m: Floats
    drawings: dict[str, Path]
    photo: Path

    def ink(self, style: str) -> Floats:
        """Return a drawing's ink, (S, S), 0 to 1."""
        grey = image.read_photo(self.drawings[style]).pixels.astype(np.float32).mean(-1)
        return np.asarray(1 - grey / 255, np.float32)


def find_orbits(folders: Sequence[Path]) -> tuple[tuple[Stop, ...], ...]:
    """Read the orbits in some folders.

    Raises
    ------
    InputError
        If there is none, or one cannot be read.
    """
    lists: list[Path] = []
    for folder in folders:
        own = folder / "views.json"
        lists += [own] if own.is_file() else sorted(folder.glob("*/views.json"))
    if not lists:
        raise InputError(
            f"No views.json lies in {', '.join(repr(str(f)) for f in folders)} or one folder deeper; give folders "
            "that `limner orbit --style croquis` wrote."
        )
    return tuple(_read(path) for path in lists)


def _read(path: Path) -> tuple[Stop, ...]:
    home = path.parent
    try:
        page = json.loads(path.read_text("utf-8"))
        return tuple(_stop(home, row) for row in page["views"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError, LimnerError) as error:
        raise InputError(f"{str(path)!r} and its files are no orbit ({error}).") from error


def _stop(home: Path, row: dict[str, Any]) -> Stop:
    with Image.open(home / row["labels"], formats=["PNG"]) as picture:
        labels = np.asarray(picture, np.uint8)
    depth_m = depth_files.decode_depth((home / row["depth"]).read_bytes(), row["depth"])
    camera = Camera(float(row["yaw_deg"]), float(row["pitch_deg"]), len(labels))
    if labels.shape != depth_m.shape or labels.max(initial=0) >= len(CLASSES):
        raise ValueError(f"{row['labels']} and {row['depth']} are not of one view")
    drawings = {str(style): home / name for style, name in row.get("drawings", {}).items()}
    return Stop(camera, labels, depth_m, drawings, home / row["photo"])


def _pairs(orbit: Sequence[Stop], most_deg: float) -> Iterator[tuple[Stop, Stop]]:
    """Yield views and their nearest neighbour to one side, if it is near enough."""
    for one in orbit:
        gaps = [
            (np.hypot(o.camera.yaw_deg - one.camera.yaw_deg, o.camera.pitch_deg - one.camera.pitch_deg), k)
            for k, o in enumerate(orbit)
            if (o.camera.yaw_deg, o.camera.pitch_deg) > (one.camera.yaw_deg, one.camera.pitch_deg)
        ]  # fmt: skip
        if gaps and min(gaps)[0] <= most_deg + _SLACK_DEG:
            yield one, orbit[min(gaps)[1]]


def ink_error(one: Stop, other: Stop, ink: tuple[Floats, Floats]) -> tuple[float, float]:
    """Return the sum of the ink's differences where both views see the same surface, and the sum of the ink there.

    Parameters
    ----------
    one, other : Stop
    ink : two ndarrays of shape (S, S), float32
        Of their drawings.
    """
    depths = (one.depth_m, other.depth_m)
    moved, seen = carry(ink[0][..., None], depths, (one.camera, other.camera))
    sure = seen > 0.9
    gap = float(np.abs(moved[..., 0] - ink[1])[sure].sum())
    return gap, float((moved[..., 0] + ink[1])[sure].sum() / 2)


def label_counts(one: Stop, other: Stop) -> NDArray[np.int64]:
    """Return the confusion of two views' classes where both see the same surface."""
    hot = (one.labels[..., None] == np.arange(len(CLASSES))).astype(np.float32)
    moved, seen = carry(hot, (one.depth_m, other.depth_m), (one.camera, other.camera))
    sure = seen > 0.9
    return confusion(moved.argmax(-1)[sure].astype(np.uint8), other.labels[sure])


def _parsed(stop: Stop, style: str) -> NDArray[np.int64] | None:
    """Return the confusion of a view's map and what the parser sees in its drawing; None where nobody is found."""
    picture = image.read_photo(stop.photo)
    found = find_faces(picture)
    if not found:
        return None
    drawn: Photo = image.read_photo(stop.drawings[style])
    return confusion(parse_photo(drawn, found[:1]).labels, stop.labels)


def score_views(
    orbits: Sequence[Sequence[Stop]],
    real: Path | None = None,
    *,
    number: int = 150,
    report: Callable[[str], None] | None = None,
) -> tuple[ViewScore, ...]:
    """Score every style that the orbits were drawn in.

    Parameters
    ----------
    orbits : sequence of sequences of Stop
    real : Path, optional
        Holds ``<style>/real`` or ``<style>``: the artist's drawings.
    number : int
        Drawings a side at most.
    report : callable, optional
        Is told what is being done.

    Raises
    ------
    InputError
        If nothing was drawn.
    """
    say = report or (lambda _: None)
    styles = sorted({style for orbit in orbits for stop in orbit for style in stop.drawings})
    if not styles:
        raise InputError(
            "The orbits hold no drawings; draw them: limner orbit PHOTO --style croquis."
        )
    labels = [label_counts(a, b) for orbit in orbits for a, b in _pairs(orbit, _LABELS_DEG)]
    label_iou = miou(np.sum(labels, 0)) if labels else None
    rows = []
    for style in styles:
        say(f"{style}: scoring")
        row = _style(style, orbits, label_iou)
        rows.append(row if real is None else _beside_artist(row, orbits, real, number))
    return tuple(rows)


def _style(style: str, orbits: Sequence[Sequence[Stop]], label_iou: float | None) -> ViewScore:
    drawn = [[stop for stop in orbit if style in stop.drawings] for orbit in orbits]
    sums = [
        ink_error(a, b, (a.ink(style), b.ink(style)))
        for orbit in drawn
        for a, b in _pairs(orbit, _INK_DEG)
    ]
    gap, ink = np.sum(sums, 0) if sums else (0.0, 0.0)
    parsed = [c for orbit in drawn for stop in orbit if (c := _parsed(stop, style)) is not None]
    return ViewScore(
        style,
        sum(len(orbit) for orbit in drawn),
        float(gap / ink) if ink else None,
        label_iou,
        miou(np.sum(parsed, 0)) if parsed else None,
    )


def _beside_artist(
    row: ViewScore, orbits: Sequence[Sequence[Stop]], real: Path, number: int
) -> ViewScore:
    """Return a row with its distances to the artist's drawings, if there are any of that style."""
    own = real / row.style / "real"
    folder = own if own.is_dir() else real / row.style
    if not folder.is_dir():
        return row
    artist = score.Hand.read(folder, number)
    files = [stop.drawings[row.style] for o in orbits for stop in o if row.style in stop.drawings]
    # evenly over all orbits, so that a few views of many people are judged rather than all of one
    number = min(number, len(artist.drawings), len(files))
    chosen = np.unique(np.linspace(0, len(files) - 1, max(number, 1)).round().astype(int))
    drawn = score.Hand({f"{k:05d}": prepare(image.read_photo(files[k]).pixels) for k in chosen})
    if number < 2:
        return row
    found = score.compare(row.style, "views", artist, drawn, number=number, artist=None)
    both = (list(h.drawings.values())[:number] for h in (artist, drawn))
    early = [early_features(pictures) for pictures in both]
    return replace(
        row,
        number=number,
        fd=found.fd,
        kd_x1000=found.kd_x1000,
        swd_x1000=found.swd_x1000,
        sifid=sifid(*early),
    )
