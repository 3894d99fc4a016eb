"""A way of drawing: a catalogue entry in → `Style`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Style"]


@dataclass(frozen=True, slots=True)
class Style:
    """One style that Limner can draw in.

    Parameters
    ----------
    name : str
        How users call it.
    title : str
        One line for lists.
    weight : str
        Name of the graph in the ledger; "" where the style is procedural.
    index : int
        Position among the styles that the graph knows.
    taught_by : str
        Whose drawings taught it.
    side_px : int
        Side of the aligned face crop at which its strokes were taught.
    ledger : str
        Path of the ledger beside a style of one's own; "" for what ships.
    manner : str
        The tool that strokes are made with: ink, pencil, graphite, charcoal, pen or oil.
    through : str
        A style or blend of the network that it is derived from, where the network was not taught it itself.
    lines : {"flow", "learned"}
        The engine whose lines it is drawn from: the one that its network was taught with.
    by_rule : bool
        Whether it can be drawn without its network, less well; it is so where the network's terms forbid it.
    """

    name: str
    title: str
    weight: str
    index: int
    taught_by: str
    side_px: int = 256
    ledger: str = ""
    manner: str = "ink"
    through: str = ""
    lines: Literal["flow", "learned"] = "flow"
    by_rule: bool = False
