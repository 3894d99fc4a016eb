"""How much one studio takes on: a few numbers in → `Limits`, shown at ``/v1/limits`` and kept everywhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from limner.errors import InputError

__all__ = ["MOST_POINTS_A_STROKE", "MOST_STROKES", "Limits"]

#: Refused while a body is still read; a studio may take fewer, not more.
MOST_STROKES, MOST_POINTS_A_STROKE = 5_000, 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused, and when things are forgotten.

    Parameters
    ----------
    body_mb : float
        Bytes of a photograph or head file, in millions.
    json_mb : float
        Bytes of any other body.
    body_s : float
        Seconds in which a body must have come.
    megapixels : float
        Of a photograph, checked before it is decoded.
    photos, photos_mb, canvases, heads : int
        How many of each are remembered, the oldest go first, and the photographs' bytes together.
    strokes, points, points_a_stroke : int
        Of one sketch.
    idle_minutes : float
        After which what nobody asked for is forgotten.
    queue : int
        Requests that wait; more are told to come again.
    job_s : float
        Seconds after which a piece of work is stopped.

    Raises
    ------
    InputError
        If a limit is not positive.
    """

    body_mb: float = 30.0
    json_mb: float = 8.0
    body_s: float = 60.0
    megapixels: float = 60.0
    photos: int = 64
    photos_mb: float = 512.0
    canvases: int = 32
    heads: int = 16
    strokes: int = MOST_STROKES
    points: int = 200_000
    points_a_stroke: int = MOST_POINTS_A_STROKE
    idle_minutes: float = 60.0
    queue: int = 64
    job_s: float = 120.0

    def __post_init__(self) -> None:
        """Refuse limits that let nothing through."""
        wrong = [f.name for f in fields(self) if not getattr(self, f.name) > 0]
        if wrong:
            raise InputError(f"The studio's limit {wrong[0]} must be positive.")

    def as_json(self) -> dict[str, float]:
        """Return the limits as plain numbers.

        Examples
        --------
        >>> Limits().as_json()["strokes"]
        5000
        """
        return asdict(self)
