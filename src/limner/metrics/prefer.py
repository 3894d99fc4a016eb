"""Which of two hands people prefer: pairs of pictures in → a page that asks them, and their votes in → a share."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from limner.errors import InputError
from limner.files import encode, image
from limner.metrics.interval import wilson
from limner.metrics.score import pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Pair", "Preference", "count_votes", "preference_page", "read_pairs"]

QUESTION = "Which drawing is better?"
_SHOWN_PX = 768


@dataclass(frozen=True, slots=True)
class Pair:
    """Two drawings of one person.

    Parameters
    ----------
    name : str
        The person's: the files' stem.
    a, b : bytes
        PNG of each hand's drawing.
    photo : bytes or None
        PNG of the photograph.
    """

    name: str
    a: bytes
    b: bytes
    photo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Preference:
    """What people said.

    Parameters
    ----------
    names : tuple of str
        The two hands.
    raters, votes, chosen : int
        People, their votes, and how many of these were for the first hand.
    low, high : float
        Wilson's interval of 95 % of the first hand's share.
    left : int
        How many votes were for the drawing on the left, whichever it was.
    """

    names: tuple[str, str]
    raters: int
    votes: int
    chosen: int
    low: float
    high: float
    left: int


def read_pairs(a: Path, b: Path, photos: Path | None = None) -> tuple[Pair, ...]:
    """Return the drawings that two folders have of the same people, sorted by name.

    Parameters
    ----------
    a, b : Path
        Folders whose files have the same stems.
    photos : Path, optional
        Photographs of those stems, shown above the pair.

    Raises
    ------
    InputError
        If no stem is in both.
    """
    one, other = pictures(a), pictures(b)
    shown = pictures(photos) if photos is not None else {}
    both = [name for name in one if name in other]
    if not both:
        raise InputError(
            f"{str(a)!r} ({len(one)} pictures) and {str(b)!r} ({len(other)}) have no name in common; pairs are files "
            "of the same name, as in a/ada.png and b/ada.png."
        )
    return tuple(
        Pair(n, _shown(one[n]), _shown(other[n]), _shown(shown[n]) if n in shown else None)
        for n in both
    )


def _shown(path: Path) -> bytes:
    """Return a picture for the page: not larger than it is shown, and without anything that tells its maker."""
    picture = Image.fromarray(image.read_photo(path).pixels)
    picture.thumbnail((_SHOWN_PX, _SHOWN_PX), Image.Resampling.LANCZOS)
    return encode.encode_picture(np.asarray(picture), kind="png", recipe=None)


def preference_page(
    pairs: Iterable[Pair],
    *,
    names: tuple[str, str] = ("A", "B"),
    question: str = QUESTION,
    most: int = 40,
    seed: int = 0,
) -> str:
    """Return a page that shows pairs to people and counts what they prefer.

    Parameters
    ----------
    pairs : iterable of Pair
        At least one.
    names : tuple of str
        What the hands are called at the end; nothing shows them before.
    question : str
        What people are asked.
    most : int
        Pairs on the page; where there are more, `seed` chooses.
    seed : int
        Decides the choice of pairs, their order and their sides.

    Returns
    -------
    str
        HTML with everything in it: it asks no server for anything, and its policy forbids that it does.

    Raises
    ------
    InputError
        If there are no pairs.

    Notes
    -----
    Blinded: pictures carry no names or metadata, and sides tell nothing. Counterbalanced: the first hand is on the left
    in half of the pairs, an odd one aside; each person has an order of his own, and raters 1 and 2, 3 and 4, … see the
    same sides exchanged. Forced choice: "don't know" would be a third answer that is hard to count. At the end stand
    the share and Wilson's interval, and the votes can be saved for `count_votes`.

    References
    ----------
    David, The Method of Paired Comparisons, 1988. Wilson, JASA 1927.
    """
    chosen = _chosen(list(pairs), most, seed)
    described = [
        {
            "name": pair.name,
            "a": _address(pair.a),
            "b": _address(pair.b),
            "photo": _address(pair.photo) if pair.photo else None,
        }
        for pair in chosen
    ]
    digest = hashlib.sha256(json.dumps([described, question, seed]).encode()).hexdigest()[:8]
    study = {"id": digest, "seed": seed, "names": list(names), "pairs": described}
    # "</script>" inside a name would end the data early.
    data = json.dumps(study).replace("<", "\\u003c")
    page = (resources.files("limner.metrics") / "prefer.html").read_text("utf-8")
    script = (resources.files("limner.metrics") / "prefer.js").read_text("utf-8")
    page = page.replace("@QUESTION@", html.escape(question)).replace("@COUNT@", str(len(chosen)))
    head, _, tail = page.partition("@STUDY@")
    return head + data + tail.replace("@SCRIPT@", script)


def _chosen(pairs: list[Pair], most: int, seed: int) -> list[Pair]:
    if not pairs or most < 1:
        raise InputError(
            f"{len(pairs)} pairs, at most {most} of them, make no page; one is the least."
        )
    order = np.random.default_rng(seed).permutation(len(pairs))[:most]
    return [pairs[i] for i in sorted(order)]


def _address(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def count_votes(files: Mapping[str, str]) -> Preference:
    """Count what people saved from one page.

    Parameters
    ----------
    files : mapping of str to str
        File name → JSON text.

    Returns
    -------
    Preference
        All votes together. The interval takes them as independent; with few raters or few pairs it is too narrow.

    Raises
    ------
    InputError
        If a file holds no votes, the files are of different pages, or a rater is in them twice.
    """
    results = {name: _votes(name, text) for name, text in files.items()}
    if not results:
        raise InputError("No votes were given; name the files that the page saved.")
    first_name, first = next(iter(results.items()))
    raters: dict[int, str] = {}
    for name, result in results.items():
        if result["study"] != first["study"]:
            raise InputError(
                f"{name} and {first_name} come from different pages; count each page by itself."
            )
        if result["rater"] in raters:
            raise InputError(
                f"{name} and {raters[result['rater']]} are both of rater {result['rater']}; keep one of them."
            )
        raters[result["rater"]] = name
    votes = [vote for result in results.values() for vote in result["votes"]]
    chosen = sum(vote["choice"] == "A" for vote in votes)
    left = sum((vote["choice"] == "A") == vote["a_left"] for vote in votes)
    low, high = wilson(chosen, len(votes))
    names = (str(first["names"][0]), str(first["names"][1]))
    return Preference(names, len(raters), len(votes), chosen, low, high, left)


def _votes(name: str, text: str) -> dict[str, Any]:
    try:
        result: dict[str, Any] = json.loads(text)
        wanted = {"study", "names", "rater", "votes"} <= set(result) and len(result["names"]) == 2
        fits = wanted and all(
            v["choice"] in {"A", "B"} and isinstance(v["a_left"], bool) for v in result["votes"]
        )
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{name} is not what the page saves: {error}.") from error
    if not fits:
        raise InputError(f'{name} is not what the page saves; give the file of "Save the votes".')
    return result
