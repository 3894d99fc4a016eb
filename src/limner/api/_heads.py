"""Heads: a photograph or a seed in → a `Head`, its views, drawings of them, a mesh, a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from limner.api._photo import detect_faces, read_photo
from limner.api._write import make_recipe, write_bytes

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.api._photo import PhotoSource
    from limner.heads.render import Background
    from limner.records import Drawing, Face, Head, Photo, Recipe, View

__all__ = [
    "Turned",
    "camera_facts",
    "encode_depth",
    "encode_pixels",
    "encode_views",
    "export_head",
    "mix_heads",
    "orbit",
    "photo_rows",
    "photo_to_head",
    "read_head",
    "seed_to_head",
    "view_recipe",
    "view_sheet",
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
    """
    from limner import heads

    return heads.mix(head, other, parts, amount=amount)


#: Thirty degrees either way, in steps of five.
_FROM_SIDE_TO_SIDE = tuple((float(yaw), 0.0) for yaw in range(-30, 31, 5))


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """One stop of an orbit.

    Parameters
    ----------
    view : View
        Photograph, classes, depth.
    drawings : dict of str to Drawing
        By style.
    """

    view: View
    drawings: dict[str, Drawing] = field(default_factory=dict)


def orbit(
    head: Head,
    *,
    angles_deg: Sequence[tuple[float, float]] = _FROM_SIDE_TO_SIDE,
    size_px: int = 256,
    styles: Sequence[str] = (),
    background: Background = "keep",
    own_pixels: bool = True,
    refine: bool = True,
) -> Iterator[Turned]:
    """Walk around a head.

    Parameters
    ----------
    head : Head
    angles_deg : sequence of (yaw, pitch)
        Positive: the camera has moved to the sitter's left; up. Clamped, with a warning, at ±60° and ±30°.
    size_px : int
        256 or 512.
    styles : sequence of str
        Draw every view in these styles too.
    background : {"keep", "blur", "none"}
        What lies behind the head.
    own_pixels, refine : bool
        As for `HeadRenderer`.

    Yields
    ------
    Turned
        In the order of the angles.

    Raises
    ------
    InputError
        If an angle is no number or the size is neither 256 nor 512.
    """
    from limner import heads

    turn = heads.HeadRenderer(head, own_pixels=own_pixels, refine=refine, background=background)
    for yaw, pitch in angles_deg:
        view = turn.view(yaw_deg=yaw, pitch_deg=pitch, size_px=size_px)
        yield Turned(view, {name: _drawn(head, view, name) for name in styles})


def _drawn(head: Head, view: View, style: str) -> Drawing:
    """Return a view as drawn; the paper's grain is the same in every view, so that only strokes move."""
    import numpy as np

    from limner import lines, styles
    from limner.records import Drawing

    ink = lines.extract(view.photo, view.semantic).ink
    drawn = styles.render_crop(
        view.photo.pixels,
        view.semantic,
        ink,
        style=style,
        seed=head.seed or 0,
        crop_px=_crop_share() * view.size_px,
    )
    recipe = view_recipe(head, "orbit", {"style": style, "yaw_deg": view.yaw_deg})
    pixels = drawn if drawn.ndim == 3 else np.repeat(drawn[..., None], 3, 2)
    return Drawing(pixels, style, recipe)


def _crop_share() -> float:
    """Return the side of the crop that artists' drawings were aligned to, as a share of a view's side."""
    from limner.geometry.affine import scale
    from limner.geometry.align import crop_from_landmarks
    from limner.geometry.camera import Camera
    from limner.heads.encode import template

    points_px, _ = Camera(0.0, 0.0, 256).project(template()[0])
    return 1 / scale(crop_from_landmarks(points_px, 256))


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


def photo_rows(orbits: Sequence[Sequence[Turned]]) -> NDArray[np.uint8]:
    """Return the photographs of several orbits of equal length, a row each."""
    import numpy as np

    rows = [np.concatenate([s.view.photo.pixels for s in stops], 1) for stops in orbits]
    return np.concatenate(rows)


def view_sheet(stops: Sequence[Turned]) -> NDArray[np.uint8]:
    """Return a contact sheet of an orbit: photographs, classes, depth, drawings, a row each."""
    from limner.heads import sheet

    return sheet.contact_sheet([s.view for s in stops], _by_style(stops))


def encode_views(
    stops: Sequence[Turned], *, kind: str, per_second: float = 12.0, recipe: Recipe | None = None
) -> bytes:
    """Return an orbit as a film that goes there and back.

    Parameters
    ----------
    stops : sequence of Turned
    kind : {"webp", "mp4"}
    per_second : float
        Frames a second.
    recipe : Recipe, optional
        Written into a WebP.

    Raises
    ------
    MissingExtra
        If an MP4 is asked for without the extra ``film``.
    OutputError
        If there is no such film.
    """
    from limner.errors import OutputError
    from limner.files import film
    from limner.heads import sheet

    frames = sheet.film_frames([s.view for s in stops], _by_style(stops))
    if kind == "webp":
        return film.encode_webp_film(frames, per_second=per_second, recipe=recipe)
    if kind == "mp4":
        return film.encode_mp4(frames, per_second=per_second)
    raise OutputError(f"Views cannot be written as {kind}; choose webp or mp4.")


def _by_style(stops: Sequence[Turned]) -> dict[str, list[NDArray[np.uint8]]]:
    names = list(stops[0].drawings) if stops else []
    return {name: [s.drawings[name].pixels for s in stops] for name in names}
