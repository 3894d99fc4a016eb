"""Heads: a photograph or a seed in → a `Head`, a mesh of it, a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from limner.api._photo import detect_faces, read_photo
from limner.api._write import make_recipe, write_bytes

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.api._photo import PhotoSource
    from limner.records import Face, Head, Photo, Recipe, View

__all__ = [
    "camera_facts",
    "encode_depth",
    "encode_pixels",
    "export_head",
    "mix_heads",
    "photo_to_head",
    "read_head",
    "seed_to_head",
    "view_recipe",
    "write_head",
]


def photo_to_head(photo: PhotoSource, *, face: Face | int | None = None) -> Head:
    """Make a head of a photographed person, which can be turned and changed part by part.

    Parameters
    ----------
    photo : Photo or anything that `read_photo` takes
        A face that looks more or less into the camera.
    face : Face or int, optional
        Whose head; a number counts the faces from 1 in reading order. May be left out where there is one.

    Returns
    -------
    Head
        With the photograph's own pixels, which its views show where they can.

    Raises
    ------
    NoFace
        If there is no face, none of that number, or it is nearly a profile.
    InputError
        If there are several and none was chosen.
    MissingWeights
        If no networks of heads are installed.

    Notes
    -----
    Nothing is optimised: the same photograph gives the same head, in about a second.
    """
    from limner import heads

    picture = read_photo(photo)
    return heads.encode_photo(picture, _whose(picture, face))


def _whose(picture: Photo, face: Face | int | None) -> Face:
    from limner.errors import InputError, NoFace

    if face is not None and not isinstance(face, int):
        return face
    found = detect_faces(picture)
    if not found:
        raise NoFace(
            "No face was found, so there is no head to turn; take a photograph that shows the face "
            "from the front, not covered, at least 64 px high."
        )
    if face is None:
        if len(found) > 1:
            raise InputError(
                f"{len(found)} faces were found; choose one by --face 1 to {len(found)} (face=…), counted in "
                "reading order."
            )
        return found[0]
    if not 1 <= face <= len(found):
        people = "one face" if len(found) == 1 else f"{len(found)} faces"
        raise NoFace(f"Face {face} is wanted, but the picture has {people}, counted from 1.")
    return found[face - 1]


def seed_to_head(seed: int, *, truncation_psi: float = 0.7) -> Head:
    """Make the head of somebody who never lived; the same seed gives the same head.

    Parameters
    ----------
    seed : int
        Not negative.
    truncation_psi : float
        0 the average head, 1 the full spread; beyond it heads grow odd, up to 1.5.

    Raises
    ------
    InputError
        If a number is out of range.
    MissingWeights
        If no networks of heads are installed.
    """
    from limner import heads

    return heads.sample_head(seed, truncation_psi=truncation_psi)


def read_head(path: str | os.PathLike[str]) -> Head:
    """Open a ``.limner`` file.

    Raises
    ------
    InputError
        If it cannot be read, was cut or altered, or was made with other weights: it is refused whole.
    """
    from limner import heads

    return heads.read_head(path)


def write_head(head: Head, path: str | os.PathLike[str]) -> None:
    """Keep a head as a ``.limner`` file, or as a ``.glb`` for 3D programs.

    Raises
    ------
    OutputError
        If the name ends otherwise, or the file cannot be written.
    """
    from limner import heads
    from limner.errors import OutputError

    suffix = PurePath(path).suffix.lower()
    if suffix == ".glb":
        write_bytes(path, export_head(head))
    elif suffix == ".limner":
        heads.write_head(path, head)
    else:
        raise OutputError(
            f"{str(path)!r} ends in {suffix!r}; a head is kept as .limner, or as .glb for 3D programs."
        )


def export_head(head: Head) -> bytes:
    """Return a head as a GLB: a textured surface, a node of its own for each part.

    Notes
    -----
    The surface reaches a little behind the ears; the back of the head, which no photograph showed, stays open.
    """
    from limner import heads
    from limner.files import gltf, image

    mesh = heads.to_mesh(heads.HeadRenderer(head))
    texture = image.encode_picture(mesh.texture, kind="jpeg")
    surface = gltf.Surface(
        mesh.points_m, mesh.normals, mesh.places, mesh.labels, mesh.parts, texture
    )
    return gltf.encode_glb(surface, recipe=view_recipe(head, "head", {"export": "glb"}))


def mix_heads(head: Head, other: Head, parts: Sequence[str], *, amount: float = 1.0) -> Head:
    """Give a head some parts of another.

    Parameters
    ----------
    head, other : Head
    parts : sequence of str
        Of ``limner.HEAD_PARTS``: "eyes", "hair" …
    amount : float
        0 keeps the own part, 1 takes the other's.

    Raises
    ------
    UnknownName
        If there is no such part.
    InputError
        If the heads were made by different weights, or the amount is out of range.

    Notes
    -----
    A part taken whole comes with the other head's own pixels, brought to the first head's light; that takes one to
    three seconds. Part of the way no photograph shows it, and a network paints it.
    """
    from limner import heads

    return heads.mix(head, other, parts, amount=amount)


def view_recipe(head: Head, verb: str, settings: Mapping[str, object]) -> Recipe:
    """Say what made a view: networks painted at least part of it."""
    told = dict(settings) | ({} if head.seed is None else {"seed": head.seed})
    recipe = make_recipe(verb, settings=told, weights=head.weights, drawn_by_network=True)
    return replace(recipe, source_type="trainedAlgorithmicMedia")


def encode_depth(view: View) -> bytes:
    """Return a view's depth as a 16-bit PNG of tenths of millimetres, 0 where there is no head."""
    from limner.files import depth

    return depth.encode_depth(view.depth_m)


def encode_pixels(pixels: NDArray[np.uint8], *, recipe: Recipe | None = None) -> bytes:
    """Return a picture (H, W, 3) uint8 as a PNG."""
    from limner.files import image

    return image.encode_picture(pixels, kind="png", recipe=recipe)


def camera_facts(view: View) -> dict[str, list[list[float]]]:
    """Return a view's camera as matrices: `camera_from_world` (4, 4), m, and `intrinsics` (3, 3), px."""
    from limner.geometry.camera import Camera

    camera = Camera(view.yaw_deg, view.pitch_deg, view.size_px)
    matrices = {"camera_from_world": camera.camera_from_world, "intrinsics": camera.intrinsics}
    return {
        name: [[round(float(v), 9) for v in row] for row in matrix]
        for name, matrix in matrices.items()
    }
