"""``limner score``: folders of drawings or photographs in → how good drawings and heads are, or a page that asks."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from limner import api
from limner.cli._talk import table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from limner.api._score import Score
    from limner.cli._talk import Talk

__all__ = ["command"]

_FOLDER = click.Path(exists=True, file_okay=False)
_HEADING = (
    "style",
    "hand",
    "number",
    "FD",
    "KD×1000",
    "SWD",
    "Scoot",
    "ink",
    "SIFID-form",
    "strokes",
    "rank-1",
    "pairs",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
_output = click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Write scores.json and the contact sheet scores.png here.  [default: nothing]",
)
_number = click.option(
    "--number",
    type=click.IntRange(min=2),
    default=150,
    show_default=True,
    help="Drawings a side at most; compare only figures of the same number.",
)


def _identity(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of a network that tells faces apart."""
    for option in (
        click.option("--identity-crop", type=click.FloatRange(0.3, 1), default=1.0, show_default=True,
                     help="Share of the aligned crop's side that it sees, about the middle."),
        click.option("--identity-range", type=click.Choice(["-1..1", "0..1", "0..255"]), default="-1..1",
                     show_default=True, help="What that network wants a pixel to be."),
        click.option("--identity", metavar="MODEL.onnx", type=click.Path(exists=True, dir_okay=False),
                     help="A network that tells faces apart; none ships.  [default: nobody is told apart]"),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group("score")
def command() -> None:
    """Judge drawings: how near they are to an artist's, and which of two people prefer."""


@command.command("styles")
@click.option(
    "--data", type=_FOLDER, required=True, help="A folder a style: real, artist, photos, hands."
)
@click.option("--real", type=_FOLDER, help="The artists' drawings.  [default: DATA/STYLE/real]")
@_identity
@_output
@_number
@_as_json
@click.pass_obj
def styles(
    talk: Talk,
    data: str,
    real: str | None,
    identity: str | None,
    identity_range: str,
    identity_crop: float,
    output: str | None,
    number: int,
    as_json: bool,
) -> int:
    """Score styles against their artists: a table, JSON and a contact sheet.

    DATA/STYLE/real holds the artist's drawings, DATA/STYLE/artist his drawings of the people who are drawn,
    DATA/STYLE/photos their photographs, which Limner draws itself; any other DATA/STYLE/HAND holds drawings to score.
    """
    scores, sheet = api.score_styles(
        data,
        real=real,
        number=number,
        identity=identity,
        identity_range=identity_range,
        identity_crop=identity_crop,
        report=talk.say,
    )
    if output is not None:
        api.keep_scores(scores, sheet, output)
    _tell(scores, as_json=as_json)
    return 0


@command.command("views")
@click.argument("orbits", type=_FOLDER, nargs=-1, required=True)
@click.option(
    "--real",
    type=_FOLDER,
    help="The artists' drawings: REAL/STYLE/real or REAL/STYLE.  [default: their figures are left out]",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False),
    help="Write scores.json here.  [default: nothing]",
)
@_number
@_as_json
@click.pass_obj
def views(
    talk: Talk,
    orbits: tuple[str, ...],
    real: str | None,
    output: str | None,
    number: int,
    as_json: bool,
) -> int:
    """Score orbits that `limner orbit --style` drew, a row a style.

    Do neighbouring views agree, in ink and in the map of parts? Does the drawing show what its map says? How near is it
    to the artist's? ORBITS are folders with a views.json, or folders of such folders.
    """
    scores = api.score_views(orbits, real=real, number=number, report=talk.say)
    if output is not None:
        api.keep_scores(scores, None, output)
    if as_json:
        for row in scores:
            click.echo(json.dumps(row.as_json()))
        return 0
    told = [row.as_json() for row in scores]
    heading = tuple(told[0])
    cells = [tuple("–" if v is None else str(v) for v in row.values()) for row in told]
    click.echo(table([heading, *cells]))
    return 0


@command.command("heads")
@click.option("--data", type=_FOLDER, required=True, help="Photographs of one person each.")
@click.option(
    "--people", type=click.IntRange(min=1), help="At most so many, evenly chosen.  [default: all]"
)
@_identity
@_output
@_as_json
@click.pass_obj
def heads(
    talk: Talk,
    data: str,
    people: int | None,
    identity: str | None,
    identity_range: str,
    identity_crop: float,
    output: str | None,
    as_json: bool,
) -> int:
    """Score how well heads made of photographs turn, a row a way of showing them.

    Is the person still the same, from the photograph's own side and from 30° to either side? Do the face's points lie
    where turning the photograph's own would put them? Do neighbouring views agree? Does an edit stay in its part?
    """
    scores, sheet = api.score_heads(
        data,
        people=people,
        identity=identity,
        identity_range=identity_range,
        identity_crop=identity_crop,
        report=talk.say,
    )
    if output is not None:
        api.keep_scores(scores, sheet, output)
    told = [row.as_json() for row in scores]
    if as_json:
        for row in told:
            click.echo(json.dumps(row))
        return 0
    # a way a column: there are more figures than a terminal is wide
    names = [k for k in told[0] if any(row[k] is not None for row in told)]
    click.echo(table([(k, *("–" if r[k] is None else str(r[k]) for r in told)) for k in names]))
    return 0


@command.command("pair")
@click.argument("a", type=_FOLDER)
@click.argument("b", type=_FOLDER)
@click.option("--number", type=click.IntRange(min=2),
              help="Drawings a side at most.  [default: as many as the smaller folder has]")  # fmt: skip
@_as_json
def pair(a: str, b: str, number: int | None, as_json: bool) -> int:
    """Score the drawings in B by those in A; files of the same name are of the same sitter."""
    _tell([api.score_pair(a, b, number=number)], as_json=as_json)
    return 0


@command.command("prefer")
@click.argument("a", type=_FOLDER)
@click.argument("b", type=_FOLDER)
@click.option("-o", "--output", metavar="FILE", default="prefer.html", show_default=True,
              help="The page; - for stdout.")  # fmt: skip
@click.option(
    "--photos", type=_FOLDER, help="Photographs of the same names, shown above each pair."
)
@click.option("--question", default="Which drawing is better?", show_default=True,
              help="What people are asked.")  # fmt: skip
@click.option("--most", type=click.IntRange(min=1), default=40, show_default=True,
              help="Pairs on the page at most.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="Decides which pairs, their order and their sides.")  # fmt: skip
@click.pass_obj
def prefer(
    talk: Talk,
    a: str,
    b: str,
    output: str,
    photos: str | None,
    question: str,
    most: int,
    seed: int,
) -> int:
    """Make a page that asks people which of two hands they prefer: offline, blinded, sides balanced.

    Pairs are files of the same name in A and B. Give each person the page and a number; they save their votes, and
    `limner score votes` counts them.
    """
    page = api.preference_page(a, b, photos=photos, question=question, most=most, seed=seed)
    api.write_bytes(output, page.encode())
    if output != "-":
        talk.say(f"{output}: open it in any browser")
    return 0


@command.command("votes")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@_as_json
def votes(files: tuple[str, ...], as_json: bool) -> int:
    """Count the votes that people saved from one page."""
    found = api.count_votes(files)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return 0
    share = found.chosen / found.votes if found.votes else float("nan")
    click.echo(
        f"{found.names[0]} against {found.names[1]}: {found.chosen} of {found.votes} votes by {found.raters} people, "
        f"{share:.0%} (95 % interval {found.low:.0%} to {found.high:.0%}); left side {found.left} times."
    )
    return 0


def _tell(scores: Sequence[Score], *, as_json: bool) -> None:
    if as_json:
        for row in scores:
            click.echo(json.dumps(row.as_json()))
        return
    click.echo(table([_HEADING, *(_cells(row) for row in scores)]))


def _cells(row: Score) -> tuple[str, ...]:
    figures = (
        f"{row.fd:.1f}",
        f"{row.kd_x1000:.1f}",
        f"{row.swd_x1000:.0f}",
        *(
            "–" if v is None else f"{v:.3f}"
            for v in (row.scoot, row.ink, row.sifid, row.strokes, row.rank_1)
        ),
    )
    return (row.style, row.hand, str(row.number), *figures, str(row.pairs))
