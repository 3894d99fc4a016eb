"""Drawing: a photo and a style in → a `Drawing` at the photo's own size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from limner.api._photo import detect_faces, parse_face, read_photo
from limner.api._seen import seen_wide
from limner.api._write import make_recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.api._photo import PhotoSource
    from limner.records import Drawing, Face, LineDrawing, Photo, SemanticMap, Style
    from limner.styles import Wish

__all__ = ["check_wish", "draw", "drawn_lines", "largest_face", "paper_names"]

#: A whole picture's strokes are planned on so many px, and drawn at its own size.
_PLANNED_PX = 3_000_000
#: A portrait fades in from its edges over this part of its side.
_FEATHER = 1 / 20


def draw(  # noqa: PLR0913 - a verb's options are keywords
    photo: PhotoSource,
    *,
    style: str = "croquis",
    strength: float = 1.0,
    faces: Literal["all", "largest"] | Sequence[Face] | None = "all",
    whole_picture: bool = False,
    seed: int = 0,
    stroke_scale: float = 1.0,
    parts: Mapping[str, str | float | tuple[str, float]] | None = None,
    paper: str | tuple[int, int, int] = "plain",
    ink: tuple[int, int, int] = (0, 0, 0),
    layers: bool = False,
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
    stroke_scale : float
        0.5 for strokes half as broad, up to 2 for twice as broad.
    parts : mapping, optional
        Part of ``records.PARTS`` → its own style, strength or both: ``{"hair": "hatch:1.2", "clothes": 0.5}``.
    paper : str or tuple of int
        One of `paper_names`, or a colour as red, green, blue.
    ink : tuple of int
        Its colour: red, green, blue. Paint has its own.
    layers : bool
        Keep each part's ink as a layer of its own too, over a layer of paper, to be written as ``.ora``.

    Returns
    -------
    Drawing
        Pixels (H, W, 3) uint8 at the photo's own size, and the recipe that made them.

    Raises
    ------
    NoFace
        If nobody is found and `whole_picture` is not set.
    UnknownName
        If there is no such style, part or paper.
    BadShape
        If a strength or scale is out of range.

    Notes
    -----
    Each head, with hair and shoulders, is turned upright into a view; its lines and its parts guide the style's
    network, and the drawing is made at the face's own size in the photo. The result is laid back where it came from
    with soft edges. Who is nearer covers who is behind. A layer of a picture of 12 megapixels takes 48 MB.
    """
    from limner import styles
    from limner.records import Drawing

    asked = styles.read_parts(parts, style=style, strength=strength)
    wish = styles.Wish(style, strength, seed, stroke_scale, asked)
    styles.find_paper(paper)
    picture = read_photo(photo)
    found = _chosen(picture, faces)
    bare = _whole(picture, found, wish) if whole_picture else _people(picture, found, wish)
    pixels = styles.put_on_paper(bare, paper=paper, ink=ink, seed=seed)
    settings = {"style": styles.find(style).name, "strength": strength, "seed": seed}
    settings |= {"whole_picture": whole_picture} | _unusual(
        stroke_scale=(stroke_scale, 1.0),
        parts=({k: list(v) for k, v in asked.items()}, {}),
        paper=(paper if isinstance(paper, str) else list(paper), "plain"),
        ink=(list(ink), [0, 0, 0]),
    )
    used = [styles.find(name) for name in (style, *(name for name, _ in asked.values()))]
    recipe = make_recipe(
        "draw",
        settings=settings,
        weights={name: digits for one in used for name, digits in _hashes(one).items()},
        drawn_by_network=any(one.weight for one in used),
    )
    apart = _layers(picture, found, bare, paper=paper, ink=ink, seed=seed) if layers else {}
    return Drawing(pixels, styles.find(style).name, recipe, apart)


def check_wish(
    *,
    style: str,
    strength: float = 1.0,
    stroke_scale: float = 1.0,
    parts: Mapping[str, str | float | tuple[str, float]] | None = None,
) -> None:
    """Refuse what `draw` would refuse, before any picture is read.

    Raises
    ------
    UnknownName, BadShape
        If there is no such style or part, or a number is out of range.
    """
    from limner import styles

    asked = styles.read_parts(parts, style=style, strength=strength)
    styles.Wish(style, strength, 0, stroke_scale, asked)


def drawn_lines(drawing: Drawing, semantic: SemanticMap | None = None) -> LineDrawing:
    """Return a drawing's ink as lines, which can be traced and plotted.

    Parameters
    ----------
    drawing : Drawing
        In pen, or in another style of black ink on light paper.
    semantic : SemanticMap, optional
        What it shows: strokes then know their part.
    """
    import cv2
    import numpy as np

    from limner.records import LineDrawing

    grey = cv2.cvtColor(drawing.pixels, cv2.COLOR_RGB2GRAY)
    return LineDrawing(1 - np.asarray(grey, np.float32) / np.float32(255), semantic)


def _unusual(**settings: tuple[object, object]) -> dict[str, object]:
    """Return the settings that are not what they are by themselves."""
    return {name: value for name, (value, usual) in settings.items() if value != usual}


def paper_names() -> tuple[str, ...]:
    """Return the names of the papers to draw on."""
    from limner import styles

    return tuple(styles.PAPERS)


def _layers(
    picture: Photo,
    faces: tuple[Face, ...],
    bare: NDArray[np.uint8],
    *,
    paper: str | tuple[int, int, int],
    ink: tuple[int, int, int],
    seed: int,
) -> dict[str, NDArray[np.uint8]]:
    import numpy as np

    from limner import styles

    semantic = parse_face(picture, faces=faces) if faces else None
    inked = styles.put_on_paper(bare, ink=ink)
    white = np.full(bare.shape[:2], 255, np.uint8)
    return styles.split(inked, semantic, styles.put_on_paper(white, paper=paper, seed=seed))


def _hashes(style: Style) -> dict[str, str]:
    """Return the hash of the style's own network, which may have come with the style."""
    from pathlib import Path

    from limner.weights import ledger

    own = Path(style.ledger)
    rows = ledger.read_rows(own, own.parent) if style.ledger else ledger.rows()
    return {row.name: row.sha256[:12] for row in rows if row.name == style.weight}


def largest_face(faces: Sequence[Face]) -> tuple[Face, ...]:
    """Return the face of the largest box alone, or nothing if there is none."""
    return tuple(sorted(faces, key=lambda face: face.area_px)[-1:])


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


def _people(picture: Photo, faces: tuple[Face, ...], wish: Wish) -> NDArray[np.uint8]:
    """Return white paper, (H, W) or (H, W, 3) uint8, with every face drawn on it."""
    import numpy as np

    from limner import styles
    from limner.errors import NoFace

    if not faces:
        raise NoFace(
            "No face was found, so there is nobody to draw; --whole-picture (whole_picture=True) "
            "draws all of the picture."
        )
    shape = picture.pixels.shape[:2] + ((3,) if styles.has_color(wish) else ())
    paper = np.full(shape, 255, np.uint8)
    # The nearest person is the largest and covers those behind.
    for number, face in enumerate(sorted(faces, key=lambda face: face.area_px)):
        paper = _with_portrait(paper, picture, face, wish, over=bool(number))
    return paper


def _with_portrait(
    sheet: NDArray[np.uint8], picture: Photo, face: Face, wish: Wish, *, over: bool
) -> NDArray[np.uint8]:
    """Return the sheet with one head and its shoulders drawn on it, over what is there or beside it.

    Only the part of the sheet that the portrait reaches is worked on.
    """
    import cv2
    import numpy as np

    from limner.geometry import paste

    patch, labels, matrix = _portrait(picture, face, wish)
    window, own = _window(matrix, patch.shape[1::-1], sheet.shape[1::-1])
    if window is None:
        return sheet
    below = sheet[window]
    feather_px = _FEATHER * patch.shape[0]
    if over:
        person = cv2.resize((labels > 0).astype(np.float32), patch.shape[1::-1])
        shown = np.asarray(person, np.float32)
        below = paste.paste(below, np.full_like(patch, 255), own, shown, feather_px)
    drawn = paste.paste(np.full_like(below, 255), patch, own, feather_px=feather_px)
    sheet[window] = np.minimum(below, drawn)
    return sheet


def _window(
    patch_from_photo: NDArray[np.float64], patch_wh: tuple[int, ...], photo_wh: tuple[int, ...]
) -> tuple[tuple[slice, slice] | None, NDArray[np.float64]]:
    """Return the part of a photo that a patch reaches, if any, and the patch's matrix seen from there."""
    import numpy as np

    from limner.geometry import affine

    w, h = patch_wh
    corners = affine.apply(
        affine.invert(patch_from_photo), np.array([[0, 0], [w, 0], [0, h], [w, h]], np.float64)
    )
    low = np.clip(np.floor(corners.min(0)) - 2, 0, photo_wh).astype(int)
    high = np.clip(np.ceil(corners.max(0)) + 3, 0, photo_wh).astype(int)
    if (high <= low).any():
        return None, patch_from_photo
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    photo_from_window = np.array([[1, 0, low[0]], [0, 1, low[1]]], np.float64)
    return window, affine.compose(patch_from_photo, photo_from_window)


def _portrait(
    picture: Photo, face: Face, wish: Wish
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float64]]:
    """Return one head with its shoulders, drawn, the classes of its view, and the drawing's matrix.

    (S, S) or (S, S, 3) uint8, square uint8 of any side, (2, 3) from the picture's px to the drawing's.
    """
    import numpy as np

    from limner import faces, styles

    view, ink = seen_wide(picture, face, styles.find(wish.style).lines)
    guide = styles.Guide(view.pixels, view.semantic.labels, ink)
    # As fine as the picture is there, but no coarser than the style's own strokes.
    finest = styles.find(wish.style).side_px / faces.CROP_PX
    zoom = max(finest, 1 / _view_px_per_photo_px(view.view_from_photo))
    side = 4 * round(view.pixels.shape[0] * zoom / 4)
    zoom = side / view.pixels.shape[0]
    drawn = styles.render_guide(guide, wish, (side, side), crop_px=faces.CROP_PX)
    shift = np.array([[0, 0, (zoom - 1) / 2], [0, 0, (zoom - 1) / 2]])
    return drawn, view.semantic.labels, zoom * view.view_from_photo + shift


def _view_px_per_photo_px(matrix: NDArray[np.float64]) -> float:
    return float(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]) ** 0.5)


def _whole(picture: Photo, faces: tuple[Face, ...], wish: Wish) -> NDArray[np.uint8]:
    """Return all of the picture, drawn: (H, W) or (H, W, 3) uint8."""
    from limner import lines, styles

    semantic = parse_face(picture, faces=faces) if faces else None
    small, seen = _smaller(picture, semantic)
    del semantic
    shrunk = small.size_px[0] / picture.size_px[0]
    return styles.render_photo(
        small.pixels,
        seen,
        lines.extract(small, seen, engine=styles.find(wish.style).lines).ink,
        crop_px=_typical_crop_px(faces) * shrunk if faces else None,
        size_wh=picture.size_px,
        wish=wish,
    )


def _smaller(picture: Photo, semantic: SemanticMap | None) -> tuple[Photo, SemanticMap | None]:
    """Return a picture and its map at a size from which strokes can be planned: more px would say no more."""
    import cv2
    import numpy as np

    from limner.records import Photo, SemanticMap

    width, height = picture.size_px
    zoom = (_PLANNED_PX / (width * height)) ** 0.5
    if zoom >= 1:
        return picture, semantic
    size = max(1, round(width * zoom)), max(1, round(height * zoom))
    pixels = cv2.resize(picture.pixels, size, interpolation=cv2.INTER_AREA)
    if semantic is not None:
        labels = cv2.resize(semantic.labels, size, interpolation=cv2.INTER_NEAREST_EXACT)
        semantic = SemanticMap(np.asarray(labels, np.uint8))
    return Photo(np.asarray(pixels, np.uint8)), semantic


def _typical_crop_px(faces: tuple[Face, ...]) -> float:
    """Return the side of the largest face's aligned crop, in px of the picture."""
    from limner.faces import CROP_PX

    return max(CROP_PX / _view_px_per_photo_px(face.crop_from_photo) for face in faces)
