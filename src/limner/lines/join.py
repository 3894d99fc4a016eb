"""Branches made strokes: centre lines in → lines drawn through junctions and over small gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limner.geometry.near import pairs_within
from limner.geometry.simplify import arc_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.lines.skeleton import Branch, Skeleton

__all__ = ["join"]

#: Largest turn with which a line goes through a crossing, and round a mere corner.
_TURN_DEG, _CORNER_DEG = 50.0, 110.0
#: Largest angle between either line and the gap between them.
_GAP_DEG = 35.0


def join(
    skeleton: Skeleton, gap_px: float, reach_px: float
) -> list[tuple[NDArray[np.float64], bool]]:
    """Connect branches into lines as a hand would draw them.

    Parameters
    ----------
    skeleton : Skeleton
        Branches and junctions.
    gap_px : float
        Ends that face each other over less than this are joined.
    reach_px : float
        Length of the end of a branch over which its direction is taken.

    Returns
    -------
    list of (ndarray of shape (N, 2), bool)
        x, y of each line, and whether it is closed (its first point repeated at its end).

    Notes
    -----
    At each junction the two ends that continue each other best are joined first, then the next, as long as the turn is
    small; what is left over touches the junction and ends there.
    """
    branches = skeleton.branches
    ends = _Ends(skeleton, reach_px)
    partner = np.full(2 * len(branches), -1, np.int64)
    _through_junctions(branches, ends, partner)
    _over_gaps(branches, ends, partner, gap_px)
    return _assemble(skeleton, partner)


class _Ends:
    """The two ends of every branch: end ``2 i`` is the start of branch i, ``2 i + 1`` its end."""

    def __init__(self, skeleton: Skeleton, reach_px: float) -> None:
        tips, outward = [], []
        for i, branch in enumerate(skeleton.branches):
            # With its junctions, even a branch of one pixel has a direction.
            points = np.concatenate(
                [_node(skeleton, 2 * i), branch.points, _node(skeleton, 2 * i + 1)]
            )
            at = arc_length(points)
            inner = min(int(np.searchsorted(at, reach_px)), len(points) - 1)
            outer = max(int(np.searchsorted(at, at[-1] - reach_px, side="right")) - 1, 0)
            tips += [branch.points[0], branch.points[-1]]
            outward += [points[0] - points[inner], points[-1] - points[outer]]
        self.tips = np.array(tips, np.float64).reshape(-1, 2)
        vectors = np.array(outward, np.float64).reshape(-1, 2)
        length = np.hypot(*vectors.T).reshape(-1, 1)
        self.outward = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)


def _through_junctions(branches: list[Branch], ends: _Ends, partner: NDArray[np.int64]) -> None:
    meeting: dict[int, list[int]] = {}
    for i, branch in enumerate(branches):
        for side in (0, 1):
            if branch.nodes[side] >= 0:
                meeting.setdefault(branch.nodes[side], []).append(2 * i + side)
    for group in meeting.values():
        limit = np.cos(np.radians(_CORNER_DEG if len(group) == 2 else _TURN_DEG))
        straight = sorted(
            (
                (-float(ends.outward[a] @ ends.outward[b]), a, b)
                for n, a in enumerate(group)
                for b in group[n + 1 :]
            ),
            reverse=True,
        )
        for cosine, a, b in straight:
            if cosine >= limit and partner[a] < 0 and partner[b] < 0:
                partner[a], partner[b] = b, a


def _over_gaps(
    branches: list[Branch], ends: _Ends, partner: NDArray[np.int64], gap_px: float
) -> None:
    closed = np.repeat([b.closed for b in branches], 2)
    free = np.flatnonzero((partner < 0) & ~closed)
    if gap_px <= 0 or free.size < 2:
        return
    pairs = pairs_within(ends.tips[free], gap_px)
    a, b = free[pairs[:, 0]], free[pairs[:, 1]]
    across = ends.tips[b] - ends.tips[a]
    distance = np.hypot(*across.T)
    unit = across / np.maximum(distance, 1e-9).reshape(-1, 1)
    leaving = (ends.outward[a] * unit).sum(axis=1)
    arriving = -(ends.outward[b] * unit).sum(axis=1)
    limit = np.cos(np.radians(_GAP_DEG))
    fit = (leaving > limit) & (arriving > limit) & (a // 2 != b // 2)
    cost = distance * (3 - leaving - arriving)
    for i in np.flatnonzero(fit)[np.argsort(cost[fit], kind="stable")]:
        if partner[a[i]] < 0 and partner[b[i]] < 0:
            partner[a[i]], partner[b[i]] = b[i], a[i]


def _assemble(
    skeleton: Skeleton, partner: NDArray[np.int64]
) -> list[tuple[NDArray[np.float64], bool]]:
    """Follow the partners from every free end; what is left are rings."""
    branches = skeleton.branches
    used = np.zeros(len(branches), bool)
    lines = []
    for start in (*np.flatnonzero(partner < 0), *range(len(partner))):
        if used[start // 2]:
            continue
        pieces, end, last = [], int(start), int(start)
        while end >= 0 and not used[end // 2]:
            branch = branches[end // 2]
            used[end // 2] = True
            pieces.append(branch.points if end % 2 == 0 else branch.points[::-1])
            # The other end of the same branch.
            last = end ^ 1
            end = int(partner[last])
        ring = branches[start // 2].closed or partner[start] >= 0
        if ring and partner[start] >= 0:
            pieces.append(pieces[0][:1])
        if not ring:
            pieces = [_node(skeleton, int(start)), *pieces, _node(skeleton, last)]
        lines.append((np.concatenate(pieces), bool(ring)))
    return lines


def _node(skeleton: Skeleton, end: int) -> NDArray[np.float64]:
    """Return the junction at which an end stops, as a point list; empty for a blind end."""
    node = skeleton.branches[end // 2].nodes[end % 2]
    return skeleton.nodes[node : node + 1] if node >= 0 else np.zeros((0, 2))
