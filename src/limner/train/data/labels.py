"""A folder of photographs and one of teachers in → a folder of labels to learn from.

For ``a/b.jpg`` the folder gets ``a/b.jpg.npz`` (boxes, points, meshes, poses, crops, scores),
``a/b.jpg.classes.png`` (the 19 classes at the photograph's own size), ``a/b.jpg.hair.png`` and
``a/b.jpg.person.png`` (0 to 255), and at its top ``labels.json`` says which teachers spoke.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limner.files.atomic import write_bytes
from limner.files.image import encode_labels, encode_picture
from limner.geometry.affine import apply, invert
from limner.geometry.align import crop_from_landmarks, warp
from limner.records import SemanticMap
from limner.train.data.folder import PhotoFolder
from limner.train.data.teachers import TEACHERS, Teachers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from limner.records import Photo
    from limner.train.data.teachers import Found

__all__ = ["LabelResult", "label_folder"]

_CROP_PX = 512
_PARSE_PX = 448


@dataclass(frozen=True, slots=True)
class LabelResult:
    """What came of a folder: where labels lie, photographs labelled, kept from before, faces."""

    folder: Path
    photos: int
    kept: int
    faces: int
    refused: dict[str, str]

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.folder}: {self.photos} photographs labelled, {self.kept} were there, "
            f"{self.faces} faces, {len(self.refused)} files left out"
        )


def label_folder(
    photos: Path,
    *,
    teachers: Path,
    out: Path,
    threads: int = 1,
    report: Callable[[str], None] | None = None,
) -> LabelResult:
    """Label every photograph of a folder; what is labelled already is kept.

    Parameters
    ----------
    photos : Path
        Any folder of pictures.
    teachers : Path
        Holds the files of `limner.train.data.teachers.TEACHERS`.
    out : Path
        Made if it is not there.
    threads : int
        Each network's.
    report : callable, optional
        Told a line a photograph.

    Returns
    -------
    LabelResult
        Counts, and what was left out and why.

    Raises
    ------
    RecipeError
        If `photos` holds no picture.
    MissingWeights, CorruptWeights
        If a teacher is not there or is another file.
    MissingExtra
        If ``limner[label]`` is not installed.

    Notes
    -----
    About 0.2 s a face on one core. A photograph's ``.npz`` is written last: where it is, all is.
    """
    pictures = PhotoFolder(photos)
    school = Teachers(teachers, threads=threads)
    for role in TEACHERS:
        school.path(role)  # all of them now, not one by one in the middle of the night
    out.mkdir(parents=True, exist_ok=True)
    done = kept = faces = 0
    refused: dict[str, str] = {}
    for name in pictures.names:
        target = out / f"{name}.npz"
        if target.exists():
            kept += 1
            continue
        try:
            photo = pictures.photo(name)
        except (ValueError, ImportError) as error:
            refused[name] = str(error)
            continue
        count = _label(school, photo, target)
        done, faces = done + 1, faces + count
        if report is not None:
            report(f"{name}: {count} faces")
    refused |= pictures.refused
    about = {
        "teachers": {t.file: {"sha256": t.sha256, "license": t.license} for t in TEACHERS.values()},
        "refused": refused,
    }
    write_bytes(out / "labels.json", json.dumps(about, indent=1, ensure_ascii=False).encode())
    return LabelResult(out, done, kept, faces, refused)


def _label(school: Teachers, photo: Photo, target: Path) -> int:
    """Write all labels of one photograph; return how many faces it has."""
    found = school.faces(photo.pixels)
    base = target.with_suffix("")
    base.parent.mkdir(parents=True, exist_ok=True)
    classes = _classes(school, photo.pixels, found)
    write_bytes(f"{base}.classes.png", encode_labels(SemanticMap(classes)))
    for kind, mask in (
        ("hair", school.hair(photo.pixels)),
        ("person", school.person(photo.pixels)),
    ):
        grey = np.rint(255 * np.clip(mask, 0, 1)).astype(np.uint8)
        write_bytes(f"{base}.{kind}.png", encode_picture(grey))
    write_bytes(target, _arrays(school, found))
    return len(found)


def _classes(school: Teachers, pixels: NDArray[np.uint8], found: list[Found]) -> NDArray[np.uint8]:
    """Return the classes of the whole picture: each face's crop put back, the best face on top."""
    size = pixels.shape[1], pixels.shape[0]
    whole = np.zeros(pixels.shape[:2], np.uint8)
    for face in reversed(found):
        crop_from_photo = crop_from_landmarks(face.mesh[:, :2], _CROP_PX)
        crop = warp(pixels, crop_from_photo, (_CROP_PX, _CROP_PX))
        labels = school.parse(crop, apply(crop_from_photo, face.mesh[:, :2]))
        photo_from_parse = invert(crop_from_landmarks(face.mesh[:, :2], _PARSE_PX))
        back = warp(labels, photo_from_parse, size, border="zero", interpolation="nearest")
        whole = np.where(back > 0, back, whole)
    return whole.astype(np.uint8)


def _arrays(school: Teachers, found: list[Found]) -> bytes:
    """Return the faces' numbers as a compressed archive."""

    def stacked(values: list[Any], shape: tuple[int, ...]) -> NDArray[np.float32]:
        return np.asarray(values, np.float32).reshape(len(found), *shape)

    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        boxes=stacked([f.box for f in found], (4,)),
        points=stacked([f.points for f in found], (5, 2)),
        scores=stacked([f.score for f in found], ()),
        meshes=stacked([f.mesh for f in found], (478, 3)),
        mesh_scores=stacked([f.mesh_score for f in found], ()),
        yaw_pitch_roll_deg=stacked([school.pose_deg(f.mesh) for f in found], (3,)),
        crop_from_photo=stacked([crop_from_landmarks(f.mesh[:, :2]) for f in found], (2, 3)),
    )
    return stream.getvalue()
