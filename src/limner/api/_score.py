"""Judging: folders of drawings in → how near they are to an artist's, or a page that asks people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from limner.metrics.heads import HeadScore
    from limner.metrics.prefer import Preference
    from limner.metrics.score import Hand, StyleFolder
    from limner.metrics.score import Score as Score  # also for the command line's signatures
    from limner.metrics.views import ViewScore as ViewScore

__all__ = [
    "count_votes",
    "keep_scores",
    "preference_page",
    "score_pair",
    "score_styles",
    "score_views",
]

#: The name of Limner's own row.
_OWN = "limner"
_SHEET_COLUMNS = 8


def score_styles(
    data: str | os.PathLike[str],
    *,
    real: str | os.PathLike[str] | None = None,
    number: int = 150,
    identity: str | os.PathLike[str] | None = None,
    identity_range: str = "-1..1",
    identity_crop: float = 1.0,
    report: Callable[[str], None] | None = None,
) -> tuple[tuple[Score, ...], NDArray[np.uint8]]:
    """Score drawings against artists', a style a folder.

    Parameters
    ----------
    data : path
        ``<style>/real`` holds the artist's drawings, ``<style>/artist`` his drawings of the people to be drawn,
        ``<style>/photos`` their photographs, which Limner draws if it has the style; every other folder is a hand to
        be scored. Or the drawings of one hand alone, with `real`.
    real : path, optional
        The artists' drawings, where they lie elsewhere.
    number : int
        Drawings a side at most; fewer where a hand has fewer, the same in every row of a style.
    identity : path, optional
        A network that tells faces apart, as in `score_heads`; with it, how often drawings are known to be of their
        sitters. The artist's own drawings stand beside: no network reads drawings as well as photographs.
    identity_range, identity_crop
        As in `score_heads`.
    report : callable, optional
        Is told what is being done, a sentence at a time.

    Returns
    -------
    tuple of Score
        A row for each style and hand.
    ndarray of shape (H, W, 3), uint8
        A contact sheet of the same rows.

    Raises
    ------
    InputError
        If there is nothing to score.

    Notes
    -----
    About 20 s a hand of 150 drawings, and 0.35 s for each photograph that is drawn.
    """
    from dataclasses import replace

    from limner.api._likeness import judge_of, likeness
    from limner.metrics import score, sheet

    judge = judge_of(identity, identity_range, identity_crop)
    say = report or (lambda _: None)
    scores: list[Score] = []
    rows: list[tuple[str, Sequence[NDArray[np.uint8]]]] = []
    for folder in score.find_styles(Path(data), None if real is None else Path(real)):
        say(f"{folder.name}: reading")
        measure = score.Hand.read(folder.real, number)
        hands = {name: score.Hand.read(path, number) for name, path in folder.hands.items()}
        hands |= _own_hand(folder, number, say)
        say(f"{folder.name}: scoring {', '.join(hands)}")
        places = _places(folder, hands, say)
        found = score.score_style(folder.name, measure, hands, number=number, places=places)
        if judge is not None and folder.photos is not None:
            say(f"{folder.name}: telling people apart")
            drawn = {name: hand.drawings for name, hand in hands.items()}
            rates = likeness(drawn, score.pictures(folder.photos), judge, identity_crop)
            found = tuple(replace(row, rank_1=rates[row.hand]) for row in found)
        scores += found
        rows.append((f"{folder.name}, the artist's own", _first(measure)))
        rows += [(_caption(row), _first(hands[row.hand])) for row in found]
    return tuple(scores), sheet.contact_sheet(rows, columns=_SHEET_COLUMNS)


def score_views(
    orbits: Sequence[str | os.PathLike[str]],
    *,
    real: str | os.PathLike[str] | None = None,
    number: int = 150,
    report: Callable[[str], None] | None = None,
) -> tuple[ViewScore, ...]:
    """Score drawn orbits: whether neighbouring views agree, drawings show their maps, and the hand is the artist's.

    Parameters
    ----------
    orbits : sequence of path
        Folders that `limner orbit --style` wrote, or folders of such folders.
    real : path, optional
        ``<style>/real`` or ``<style>`` holds the artist's drawings; without it FD, KD, SWD and SIFID-form are left out.
    number : int
        Drawings a side at most.
    report : callable, optional
        Is told what is being done, a sentence at a time.

    Returns
    -------
    tuple of ViewScore
        A row for each style.

    Raises
    ------
    InputError
        If there is no orbit, none is drawn, or a list of views cannot be read.
    """
    from limner.metrics import views

    found = views.find_orbits([Path(folder) for folder in orbits])
    return views.score_views(
        found, None if real is None else Path(real), number=number, report=report
    )


def keep_scores(
    scores: Sequence[Score | ViewScore | HeadScore],
    sheet: NDArray[np.uint8] | None,
    folder: str | os.PathLike[str],
) -> None:
    """Write ``scores.json`` and the contact sheet ``scores.png`` into a folder, made if need be.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    import json

    from limner.api._write import write_bytes
    from limner.errors import OutputError
    from limner.files import encode

    home = Path(folder)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {str(home)!r} cannot be made: {error.strerror}.") from error
    text = json.dumps([row.as_json() for row in scores], indent=1)
    write_bytes(home / "scores.json", f"{text}\n".encode())
    if sheet is not None:
        write_bytes(home / "scores.png", encode.encode_picture(sheet, kind="png", recipe=None))


def score_pair(
    a: str | os.PathLike[str], b: str | os.PathLike[str], *, number: int | None = None
) -> Score:
    """Score one folder of drawings against another.

    Parameters
    ----------
    a : path
        The measure.
    b : path
        Who is scored; files of the same stem as in `a` are of the same sitter.
    number : int, optional
        Drawings a side at most; as many as the smaller folder has if not given.

    Raises
    ------
    InputError
        If one has under two drawings.
    """
    from limner.errors import InputError
    from limner.metrics import score

    real, drawn = (score.Hand.read(Path(folder), number) for folder in (a, b))
    least = min(len(real.drawings), len(drawn.drawings))
    if least < 2:
        raise InputError(
            f"{str(a)!r} holds {len(real.drawings)} pictures and {str(b)!r} {len(drawn.drawings)}; "
            "two a side are the least that can be scored."
        )
    style, hand = (Path(folder).resolve().name for folder in (a, b))
    return score.compare(style, hand, real, drawn, number=least, artist=real)


def preference_page(
    a: str | os.PathLike[str],
    b: str | os.PathLike[str],
    *,
    photos: str | os.PathLike[str] | None = None,
    question: str = "Which drawing is better?",
    most: int = 40,
    seed: int = 0,
) -> str:
    """Return a page that asks people which of two hands they prefer, offline and blinded.

    Parameters
    ----------
    a, b : path
        Folders of drawings; files of the same stem are a pair.
    photos : path, optional
        Photographs of the same stems, shown above each pair.
    question : str
        What people are asked.
    most : int
        Pairs on the page at most.
    seed : int
        Decides which pairs, their order and their sides.

    Raises
    ------
    InputError
        If the folders have no stem in common.
    """
    from limner.metrics import prefer

    pairs = prefer.read_pairs(Path(a), Path(b), None if photos is None else Path(photos))
    names = (Path(a).resolve().name, Path(b).resolve().name)
    return prefer.preference_page(pairs, names=names, question=question, most=most, seed=seed)


def count_votes(files: Sequence[str | os.PathLike[str]]) -> Preference:
    """Count the votes that people saved from one page.

    Raises
    ------
    InputError
        If a file holds no votes, or they do not belong together.
    """
    from limner.errors import InputError
    from limner.metrics import prefer

    texts = {}
    for file in files:
        try:
            texts[str(file)] = Path(file).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"The votes {str(file)!r} cannot be read: {error}.") from error
    return prefer.count_votes(texts)


def _places(
    folder: StyleFolder, hands: Mapping[str, Hand], say: Callable[[str], None]
) -> Mapping[str, NDArray[np.uint8]]:
    """Return what lies where in the photographs of those who are drawn; nothing where strokes can't be judged."""
    from limner.files import image
    from limner.metrics import score, strokes
    from limner.metrics.places import places_of
    from limner.weights import ledger

    drawn = {stem for hand in hands.values() for stem in hand.drawings}
    if folder.photos is None or strokes.WEIGHT not in {row.name for row in ledger.rows()}:
        return {}
    wanted = {s: p for s, p in score.pictures(folder.photos).items() if s in drawn}
    say(f"{folder.name}: looking at {len(wanted)} photographs")
    found = {stem: places_of(image.read_photo(path)) for stem, path in wanted.items()}
    return {stem: places for stem, places in found.items() if places is not None}


def _own_hand(folder: StyleFolder, number: int, say: Callable[[str], None]) -> Mapping[str, Hand]:
    """Draw the photographs of a style that Limner has."""
    from limner import styles

    if folder.photos is None or folder.name not in styles.names() or _OWN in folder.hands:
        return {}
    from limner.metrics import score

    photos = list(score.pictures(folder.photos).items())[:number]
    say(f"{folder.name}: drawing {len(photos)} photographs")
    drawings = {}
    for stem, path in photos:
        drawings[stem] = _drawn(path, folder.name)
    return {_OWN: score.Hand(drawings)}


def _drawn(path: Path, style: str) -> NDArray[np.uint8]:
    """Return one photograph, drawn and prepared; all of it where no face is found, so that no failure is left out."""
    from limner.api._draw import draw
    from limner.errors import NoFace
    from limner.metrics import prepare

    try:
        drawing = draw(path, style=style)
    except NoFace:
        drawing = draw(path, style=style, whole_picture=True)
    return prepare(drawing.pixels)


def _first(hand: Hand) -> list[NDArray[np.uint8]]:
    return list(hand.drawings.values())[:_SHEET_COLUMNS]


def _caption(row: Score) -> str:
    pairs = "" if row.scoot is None else f"  Scoot {row.scoot:.3f}"
    return f"{row.style}, {row.hand}: FD {row.fd:.0f}  KD {row.kd_x1000:.0f}{pairs}"
