"""Drawing: a photo and a style in → a `Drawing` at the photo's own size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from limner.api._photo import detect_faces, parse_face, read_photo
from limner.api._write import make_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.api._photo import PhotoSource
    from limner.records import Drawing, Face, Photo, Style

__all__ = ["draw", "largest_face"]


def draw(
    photo: PhotoSource,
    *,
    style: str = "croquis",
    strength: float = 1.0,
    faces: Literal["all", "largest"] | Sequence[Face] | None = "all",
    whole_picture: bool = False,
    seed: int = 0,
) -> Drawing:
    """Draw the people in a picture in an artist's manner, on clean paper.

    Parameters
    ----------
    photo : Photo or anything that `read_photo` takes
    style : str
        One of `style_names`, a blend such as ``"croquis:0.6,hatch:0.4"``, or the path of a style's ``.toml``.
    strength : float
        0 the bare lines, 1 the artist's manner, up to 2 for twice the ink.
    faces : {"all", "largest"} or sequence of Face
        Whom to draw; faces that `detect_faces` found already need not be looked for again.
    whole_picture : bool
        Draw all of the picture, background too, whether or not anybody is in it.
    seed : int
        The same seed gives the same drawing.

    Returns
    -------
    Drawing
        Pixels (H, W, 3) uint8 at the photo's own size, and the recipe that made them.

    Raises
    ------
    NoFace
        If nobody is found and `whole_picture` is not set.
    UnknownName
        If there is no such style.

    Notes
    -----
    Each head, with hair and shoulders, is turned upright into a view of 768 px; its lines and its parts guide the
    style's network; the result is laid back where it came from with soft edges. Who is nearer covers who is behind.
    """
    import numpy as np

    from limner import styles
    from limner.records import Drawing

    chosen = styles.find(style)
    picture = read_photo(photo)
    found = _chosen(picture, faces)
    if whole_picture:
        grey = _whole(picture, found, style=style, strength=strength, seed=seed)
    else:
        grey = _people(picture, found, style=style, strength=strength, seed=seed)
    recipe = make_recipe(
        "draw",
        settings={
            "style": chosen.name,
            "strength": strength,
            "seed": seed,
            "whole_picture": whole_picture,
        },
        weights=_hashes(chosen),
        drawn_by_network=bool(chosen.weight),
    )
    return Drawing(np.repeat(grey[..., None], 3, axis=2), chosen.name, recipe)


def _hashes(style: Style) -> dict[str, str]:
    """Return the hash of the style's own network, which may have come with the style."""
    from pathlib import Path

    from limner.weights import ledger

    own = Path(style.ledger)
    rows = ledger.read_rows(own, own.parent) if style.ledger else ledger.rows()
    return {row.name: row.sha256[:12] for row in rows if row.name == style.weight}


def largest_face(faces: Sequence[Face]) -> tuple[Face, ...]:
    """Return the face of the largest box alone, or nothing if there is none."""
    return tuple(sorted(faces, key=_area)[-1:])


def _area(face: Face) -> float:
    x0, y0, x1, y1 = (float(v) for v in face.box)
    return (x1 - x0) * (y1 - y0)


def _chosen(
    picture: Photo, faces: Literal["all", "largest"] | Sequence[Face] | None
) -> tuple[Face, ...]:
    if faces is not None and not isinstance(faces, str):
        return tuple(faces)
    if faces not in (None, "all", "largest"):
        from limner.errors import UnknownName

        raise UnknownName.among("choice of faces", faces, ("all", "largest"))
    found = detect_faces(picture)
    return largest_face(found) if faces == "largest" else found


def _people(
    picture: Photo, faces: tuple[Face, ...], *, style: str, strength: float, seed: int
) -> NDArray[np.uint8]:
    """Return white paper, (H, W) uint8, with every face drawn on it."""
    import numpy as np

    from limner.errors import NoFace
    from limner.geometry import paste

    if not faces:
        raise NoFace(
            "No face was found, so there is nobody to draw; --whole-picture (whole_picture=True) "
            "draws all of the picture."
        )
    white = np.full(picture.pixels.shape[:2], 255, np.uint8)
    paper = white
    # The nearest person is the largest and covers those behind.
    for number, face in enumerate(sorted(faces, key=_area)):
        patch, person, matrix = _portrait(picture, face, style=style, strength=strength, seed=seed)
        if number:
            paper = paste.paste(paper, np.full_like(patch, 255), matrix, person)
        paper = np.minimum(paper, paste.paste(white, patch, matrix))
    return paper


def _portrait(
    picture: Photo, face: Face, *, style: str, strength: float, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float64]]:
    """Return one head with its shoulders, drawn, where the person is in it, and the view's matrix.

    (S, S) uint8, (S, S) float32 0 to 1, (2, 3) from the picture's px to the view's.
    """
    import numpy as np

    from limner import faces, lines, styles
    from limner.records import Photo

    view = faces.look_wide(picture, face)
    ink = lines.extract(Photo(view.pixels), view.semantic).ink
    grey = styles.render_crop(
        view.pixels,
        view.semantic,
        ink,
        style=style,
        strength=strength,
        seed=seed,
        crop_px=faces.CROP_PX,
    )
    return grey, (view.semantic.labels > 0).astype(np.float32), view.view_from_photo


def _whole(
    picture: Photo, faces: tuple[Face, ...], *, style: str, strength: float, seed: int
) -> NDArray[np.uint8]:
    """Return all of the picture, drawn: (H, W) uint8."""
    from limner import lines, styles

    semantic = parse_face(picture, faces=faces) if faces else None
    ink = lines.extract(picture, semantic).ink
    return styles.render_photo(
        picture.pixels, semantic, ink, style=style, strength=strength, seed=seed
    )
