"""What requests say: JSON in → checked values; a field that is not known, NaN or out of range is refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from limner.studio.limits import MOST_POINTS_A_STROKE, MOST_STROKES

__all__ = [
    "CanvasWish",
    "DrawingWish",
    "Edit",
    "FilmWish",
    "FromPhoto",
    "FromSeed",
    "Morph",
    "MorphEnd",
    "PlotWish",
    "StrokeIn",
    "StrokesWish",
    "Take",
    "ViewWish",
]

Seed = Annotated[int, Field(ge=0, le=2**31 - 1, description="The same seed gives the same result.")]
Strength = Annotated[float, Field(ge=0, le=2)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00/\\]+$")]


def _no_file(name: str) -> str:
    """Refuse a style's file, which other callers of Limner may name by its path."""
    if ".toml" in name.lower():
        raise ValueError("A style is named here, not its file")
    return name


StyleName = Annotated[Name, AfterValidator(_no_file)]
_Short = Annotated[str, Field(max_length=40)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class DrawingWish(_Strict):
    """How a photograph is to be drawn."""

    style: StyleName | dict[_Short, StyleName] = Field(
        default="croquis",
        description='A style, a blend "croquis:0.6,hatch:0.4", "lines", or one by part with "all".',
    )
    strength: Strength | dict[_Short, Strength] = Field(
        default=1.0, description="0 bare lines, 1 the artist's manner, 2 twice the ink; or by part."
    )
    faces: Literal["all", "largest"] | Annotated[list[int], Field(max_length=200)] = Field(
        default="all",
        description="Whom to draw: all, the largest, or their places in the list of faces.",
    )
    whole_picture: bool = Field(default=False, description="Draw all of it, background too.")
    seed: Seed = 0
    max_side: Annotated[int, Field(ge=64, le=12_000)] | None = Field(
        default=None, description="Shrink the photograph to this longer side first, px."
    )
    stroke_scale: Annotated[float, Field(ge=0.5, le=2)] = Field(
        default=1.0, description="Breadth of the strokes."
    )
    paper: _Short = Field(default="plain", description="A paper's name, or its colour, #rrggbb.")
    ink: _Short = Field(default="#000000", description="Its colour; paint has its own.")
    kind: Literal["png", "jpeg", "webp", "tiff", "svg", "ora"] = "png"
    transparent: bool = Field(default=False, description="Ink on clear ground; PNG and WebP.")


class PlotWish(_Strict):
    """A sheet for a pen plotter."""

    source: Literal["lines", "drawing"] = Field(
        default="lines", description="Clean lines, or the ink of a drawing in `style`."
    )
    style: StyleName | dict[_Short, StyleName] = "croquis"
    strength: Strength | dict[_Short, Strength] = 1.0
    faces: Literal["all", "largest"] | Annotated[list[int], Field(max_length=200)] = "all"
    whole_picture: bool = False
    seed: Seed = 0
    hatch: bool = Field(default=False, description="Lay the photograph's tone by hatching too.")
    page_mm: Annotated[
        list[Annotated[float, Field(ge=10, le=3000)]], Field(min_length=2, max_length=2)
    ] = [210, 297]
    margin_mm: Annotated[float, Field(ge=0, le=500)] = 15
    pen_mm: Annotated[float, Field(gt=0, le=10)] = 0.3
    max_side: Annotated[int, Field(ge=64, le=4000)] | None = 1600
    kind: Literal["json", "svg", "hpgl", "gcode"] = Field(
        default="json", description="json holds strokes and pen-up travel in mm, for a preview."
    )


class StrokeIn(_Strict):
    """One stroke on the canvas of 512 × 512 px."""

    # checked as one array later: one by one, a long sketch would hold the event loop
    points: list[Any] = Field(
        max_length=MOST_POINTS_A_STROKE,
        description="[x, y] or [x, y, pressure 0 to 1] each.",
        json_schema_extra={"items": {"type": "array", "items": {"type": "number"}}},
    )
    width: Annotated[float, Field(gt=0, le=64)] = Field(
        default=2.0, description="At full pressure, px."
    )
    part: _Short = ""


#: More are refused before they are looked at one by one, which would take its time.
Strokes = Annotated[list[StrokeIn], Field(max_length=MOST_STROKES)]


class _Colors(_Strict):
    confidence: Share | dict[_Short, Share] = Field(
        default=1.0,
        description="1 exactly what was drawn, 0 only what faces look like; for all or by part.",
    )
    seed: Seed = 0


class CanvasWish(_Colors):
    """A canvas's newest state, as a change of one that the studio knows, and what is wanted of it."""

    version: Annotated[int, Field(ge=0, le=2**53)] = Field(description="Grows with each change.")
    base: Annotated[int, Field(ge=0, le=2**53)] | None = Field(
        default=None,
        description="The version whose first `keep` strokes stay; null if all are sent.",
    )
    keep: Annotated[int, Field(ge=0)] = 0
    add: Strokes = Field(default_factory=list)
    palette: dict[_Short, Any] = Field(
        default_factory=dict, description='{"skin": "#c68642", …, "light": [0, 0]}'
    )
    neighbours: Annotated[int, Field(ge=1, le=50)] = 10
    size: Literal[256, 512] = Field(
        default=512, description="Of the shadow; photographs have their own."
    )


class MorphEnd(_Strict):
    """One of two drawings."""

    strokes: Strokes
    palette: dict[_Short, Any] = Field(default_factory=dict)


class Morph(_Colors):
    """A place between two drawings."""

    a: MorphEnd
    b: MorphEnd
    t: Share = Field(description="0 the first, 1 the second.")
    size: Literal[256, 512] = 256


class Take(_Strict):
    """Two sketches and the part that the first takes from the second."""

    onto: Strokes
    other: Strokes = Field(alias="from")
    part: _Short


class StrokesWish(_Strict):
    """How a photograph becomes strokes."""

    face: Annotated[int, Field(ge=0)] = 0
    seen_as: Literal["auto", "photo", "drawing"] = Field(default="auto", alias="as")
    detail: Share = 0.5


class FromPhoto(_Strict):
    """A head from a photograph that was sent."""

    photo: Name
    face: Annotated[int, Field(ge=0)] = 0


class FromSeed(_Strict):
    """A head of somebody who never lived."""

    seed: Seed
    truncation_psi: Annotated[float, Field(ge=0, le=1.5)] = 0.7


class Edit(_Strict):
    """A part of a head, and where its new shape comes from: a seed or another head."""

    part: _Short
    seed: Seed | None = None
    head: Name | None = None
    amount: Share = Field(default=1.0, description="0 keeps the own part, 1 takes the other's.")


class FilmWish(_Strict):
    """A head that turns from one side to the other and back."""

    yaw_deg: Annotated[float, Field(gt=0, le=60)] = Field(default=30, description="To each side.")
    pitch_deg: Annotated[float, Field(ge=-30, le=30)] = 0.0
    frames: Annotated[int, Field(ge=2, le=61)] = 13
    style: Annotated[str, Field(max_length=200, pattern=r"^[^\x00/\\]*$")] = Field(
        default="", description="Drawn beside the photograph, if named."
    )
    parts: dict[_Short, StyleName] = Field(
        default_factory=dict, max_length=16, description="Part → its own style in the drawing."
    )


class ViewWish(_Strict):
    """Where the camera stands and what it shows."""

    yaw_deg: Annotated[float, Field(ge=-180, le=180)] = 0.0
    pitch_deg: Annotated[float, Field(ge=-90, le=90)] = 0.0
    size: Literal[256, 512] = 256
    show: Literal["photo", "labels", "depth", "drawing"] = "photo"
    style: StyleName = Field(
        default="croquis", description="Of a drawing. Its strokes move with the head."
    )
    strength: Strength = 1.0
    parts: dict[_Short, StyleName] = Field(
        default_factory=dict, max_length=16, description="Part → its own style in the drawing."
    )
    background: Literal["keep", "blur", "none"] = "keep"
