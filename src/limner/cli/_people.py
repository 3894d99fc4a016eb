"""Who is in a picture, for a command that can do without: a photo in → faces and parts, or a note why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limner import api
from limner.errors import ForbiddenWeights

if TYPE_CHECKING:
    from limner.cli._each import Outcome
    from limner.records import Face, Photo, SemanticMap

__all__ = ["find_people", "find_people_and_parts"]

_UNSEEN = (
    "Nobody was looked for: the networks that find faces may not be used commercially. All of the "
    "picture is treated alike."
)


def find_people(photo: Photo, outcome: Outcome) -> tuple[Face, ...] | None:
    """Return everybody in a picture and tell it; None, with a note, where ``--commercial-only`` forbids to look."""
    try:
        faces = api.detect_faces(photo)
    except ForbiddenWeights:
        outcome.notes.append(_UNSEEN)
        return None
    outcome.see(faces)
    return faces


def find_people_and_parts(photo: Photo, outcome: Outcome) -> SemanticMap | None:
    """Return what each pixel shows, None where nobody is, or nobody may be looked for."""
    faces = find_people(photo, outcome)
    return api.parse_face(photo, faces=faces) if faces else None
