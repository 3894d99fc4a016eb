"""What made a picture: names and settings in → `Recipe`, which is written into the file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

__all__ = ["Recipe"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make the same picture again; holds nothing of the input's own metadata.

    Parameters
    ----------
    verb : str
        The verb that ran, for example ``"draw"``.
    settings : dict
        Plain JSON values: style, strength, seed and the like.
    weights : dict
        Name of each weight used → the first 12 digits of its sha256.
    version : str
        Limner's version.
    source_type : str
        Last part of the IPTC digital-source-type address: ``compositeWithTrainedAlgorithmicMedia`` for a drawing from
        a photograph, ``trainedAlgorithmicMedia`` for a photograph that a network made, ``algorithmicMedia`` where no
        trained network painted.

    Examples
    --------
    >>> Recipe("lines", {"detail": 0.5}).as_json()
    '{"settings":{"detail":0.5},"source_type":"algorithmicMedia","verb":"lines","version":"","weights":{}}'
    """

    verb: str
    settings: dict[str, object] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)
    version: str = ""
    source_type: str = "algorithmicMedia"

    def as_json(self) -> str:
        """Return the recipe as one line of JSON, keys sorted, so that equal recipes are equal text."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
