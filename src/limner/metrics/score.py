"""How near drawings are to an artist's: folders of pictures in → a row of figures for each hand.

::

    DATA/<style>/real/      the artist's own drawings, the measure           (or REAL/<style>/)
    DATA/<style>/artist/    his drawings of the people to be drawn           (if there are any)
    DATA/<style>/photos/    their photographs                                (if Limner is to draw them)
    DATA/<style>/<hand>/    drawings by anybody: a filter, a network, a pupil
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from limner.errors import BadShape, InputError
from limner.files import image
from limner.metrics.drawing import PATCHES_OF_ONE, prepare
from limner.metrics.fd import fd
from limner.metrics.features import early_features, features
from limner.metrics.ink import ink_agreement
from limner.metrics.kd import kd
from limner.metrics.scoot import scoot
from limner.metrics.sifid import sifid
from limner.metrics.strokes import stroke_accuracy
from limner.metrics.swd import swd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Hand", "Score", "StyleFolder", "compare", "find_styles", "pictures", "score_style"]

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_NO_HANDS = frozenset({"real", "photos"})


@dataclass(frozen=True, slots=True)
class Score:
    """One row of the table.

    Parameters
    ----------
    style, hand : str
        Which artist is the measure, and who drew.
    number : int
        Drawings a side, the same in every row of a style.
    fd, kd_x1000, swd_x1000 : float
        Distances of the two sets; swd is the mean of its levels.
    pairs : int
        Drawings of which the artist drew the same sitter.
    scoot, ink, sifid : float or None
        Means over the pairs.
    strokes : float or None
        Share of patches that show the stroke which belongs there, by the sitters' photographs.
    rank_1 : float or None
        Share of drawings that a network of the user's own knows to be of their sitters.
    """

    style: str
    hand: str
    number: int
    fd: float
    kd_x1000: float
    swd_x1000: float
    pairs: int = 0
    scoot: float | None = None
    ink: float | None = None
    sifid: float | None = None
    strokes: float | None = None
    rank_1: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the row for JSON, figures rounded to what they are good for."""
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


@dataclass(slots=True)
class Hand:
    """The drawings of one hand, prepared, with features that are computed once.

    Parameters
    ----------
    drawings : dict of str to ndarray of shape (256, 256), uint8
        By the sitter's name (the file's stem), in the order in which they are counted.
    """

    drawings: dict[str, NDArray[np.uint8]]
    _features: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 1280)))

    @classmethod
    def read(cls, folder: Path, most: int | None = None) -> Hand:
        """Read a folder's pictures, the first `most` by name.

        Raises
        ------
        UnreadablePhoto
            If one is no picture; the message names it.
        """
        found = list(pictures(folder).items())[:most]
        return cls({stem: prepare(image.read_photo(path).pixels) for stem, path in found})

    def features(self, number: int) -> NDArray[np.float64]:
        """Return the features of the first `number` drawings."""
        have = len(self._features) // PATCHES_OF_ONE
        if have < number:
            more = features(list(self.drawings.values())[have:number])
            self._features = np.concatenate([self._features, more])
        return self._features[: PATCHES_OF_ONE * number]

    def stack(self, number: int) -> NDArray[np.uint8]:
        """Return the first `number` drawings as one array."""
        return np.stack(list(self.drawings.values())[:number])


@dataclass(frozen=True, slots=True)
class StyleFolder:
    """Where one style's pictures lie.

    Parameters
    ----------
    name : str
    real : Path
        The artist's drawings, the measure.
    photos : Path or None
        Photographs that may be drawn.
    hands : dict of str to Path
        Drawings to be scored, ``artist`` first where there is one.
    """

    name: str
    real: Path
    photos: Path | None
    hands: dict[str, Path]


def pictures(folder: Path) -> dict[str, Path]:
    """Return a folder's pictures (PNG, JPEG, WebP) by stem, sorted by name.

    Raises
    ------
    InputError
        If there is no such folder, or two files share a stem.
    """
    if not folder.is_dir():
        raise InputError(f"{str(folder)!r} is no folder; wanted one that holds pictures.")
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES or path.name.startswith("."):
            continue
        if path.stem in found:
            raise InputError(
                f"{found[path.stem].name} and {path.name} in {str(folder)!r} share a name, and names tell who is "
                "drawn; keep one of them."
            )
        found[path.stem] = path
    return found


def find_styles(data: Path, real: Path | None = None) -> tuple[StyleFolder, ...]:
    """Return the styles that a folder holds, as the module's head shows, sorted by name.

    Parameters
    ----------
    data : Path
        A folder a style; or, with `real`, the drawings of one hand.
    real : Path, optional
        Where the artists' drawings lie instead of in ``<style>/real``: in ``<style>`` each, or straight in it.

    Raises
    ------
    InputError
        If there is nothing to score, or a style has no drawings of its artist.
    """
    if real is not None and pictures(data):
        return (StyleFolder(data.resolve().name, real, None, {"drawn": data}),)
    found = []
    for folder in sorted(p for p in data.iterdir() if p.is_dir() and not p.name.startswith(".")):
        inside = {p.name: p for p in sorted(folder.iterdir()) if p.is_dir() and pictures(p)}
        hands = {n: p for n, p in inside.items() if n not in _NO_HANDS}
        if "artist" in hands:
            hands = {"artist": hands.pop("artist"), **hands}
        if pictures(folder):
            hands["drawn"] = folder
        photos = inside.get("photos")
        if hands or photos is not None:
            found.append(StyleFolder(folder.name, _real_of(folder, real), photos, hands))
    if not found:
        raise InputError(
            f"{str(data)!r} holds no style to score; wanted {data.name}/<style>/<hand>/*.png beside "
            f"{data.name}/<style>/real/*.png."
        )
    return tuple(found)


def _real_of(folder: Path, real: Path | None) -> Path:
    tried = (
        [folder / "real"]
        if real is None
        else [real / folder.name / "real", real / folder.name, real]
    )
    for path in tried:
        if path.is_dir() and pictures(path):
            return path
    raise InputError(
        f"The style {folder.name!r} has no drawings of its artist to be measured by; put them into "
        f"{str(tried[0])!r}."
    )


def score_style(
    name: str,
    real: Hand,
    hands: Mapping[str, Hand],
    *,
    number: int = 150,
    places: Mapping[str, NDArray[np.uint8]] | None = None,
) -> tuple[Score, ...]:
    """Score every hand against one artist.

    Parameters
    ----------
    name : str
        The style's.
    real : Hand
        The artist's drawings, the measure.
    hands : mapping of str to Hand
        Who is scored; the hand called ``artist`` gives the others their pairs.
    number : int
        Drawings a side at most; all rows take as many as the smallest hand has.
    places : mapping of str to ndarray of shape (256, 256), uint8, optional
        By sitter's name, the classes of his photograph, from `metrics.places.places_of`; with them, and where the
        stroke classifier is installed, stroke accuracy is told.

    Raises
    ------
    InputError
        If a hand has under two drawings.
    """
    number = min([number, len(real.drawings), *(len(h.drawings) for h in hands.values())])
    if number < 2:
        counts = {"real": real, **hands}
        said = ", ".join(f"{len(h.drawings)} by {n}" for n, h in counts.items())
        raise InputError(
            f"{name}: two drawings a side are the least that can be scored; got {said}."
        )
    artist = hands.get("artist")
    rows = [
        compare(name, hand, real, drawn, number=number, artist=None if drawn is artist else artist)
        for hand, drawn in hands.items()
    ]
    if places:
        accuracy = [_stroke_accuracy(drawn, places, number) for drawn in hands.values()]
        rows = [replace(row, strokes=a) for row, a in zip(rows, accuracy, strict=True)]
    return tuple(rows)


def _stroke_accuracy(
    drawn: Hand, places: Mapping[str, NDArray[np.uint8]], number: int
) -> float | None:
    """Return the stroke accuracy of a hand's first drawings; None where nothing can be asked."""
    known = [n for n in list(drawn.drawings)[:number] if n in places]
    counts = np.array([stroke_accuracy(drawn.drawings[n], places[n]) for n in known])
    return float(counts[:, 0].sum() / counts[:, 1].sum()) if counts.sum() else None


def compare(
    style: str, hand: str, real: Hand, drawn: Hand, *, number: int, artist: Hand | None
) -> Score:
    """Score one hand against one artist.

    Parameters
    ----------
    style, hand : str
        For the row.
    real, drawn : Hand
        The measure, and who is scored.
    number : int
        Drawings a side.
    artist : Hand or None
        Drawings of the same sitters, for the figures of pairs.
    """
    a, b = real.features(number), drawn.features(number)
    levels = swd(real.stack(number), drawn.stack(number))
    row = Score(
        style, hand, number, fd(a, b), 1000 * kd(a, b), float(np.mean(list(levels.values())))
    )
    both = [n for n in drawn.drawings if artist is not None and n in artist.drawings][:number]
    if artist is None or not both:
        return row
    mine, his = ([h.drawings[n] for n in both] for h in (drawn, artist))
    pairs = list(zip(his, mine, strict=True))
    return replace(
        row,
        pairs=len(both),
        scoot=float(np.mean([_scoot(x, y) for x, y in pairs])),
        ink=float(np.mean([ink_agreement(x, y) for x, y in pairs])),
        sifid=sifid(early_features(his), early_features(mine)),
    )


def _scoot(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Return Scoot, 0 where a sheet is blank: one failure must not hide the others."""
    try:
        return scoot(a, b)
    except BadShape:
        return 0.0
