"""Centre lines: a mask of ink in → branches between junctions, with the ink's half width everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from limner.geometry.simplify import arc_length
from limner.geometry.thin import thin

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Branch", "Skeleton", "find_skeleton"]

_AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))

#: A branch that ends blindly is a spur if it is shorter than this many half widths of its junction.
_SPUR = 1.6
#: Two junctions are one if they are nearer to each other than this many half widths.
_SAME = 3.0


@dataclass(slots=True, eq=False)
class Branch:
    """A centre line without junctions.

    Parameters
    ----------
    points : ndarray of shape (N, 2), float64
        x, y in px; a closed ring repeats its first point.
    nodes : list of int
        Junction at its start and at its end; -1 where it ends blindly.
    closed : bool
        Is it a ring that meets no junction?
    """

    points: NDArray[np.float64]
    nodes: list[int]
    closed: bool = False

    @property
    def length(self) -> float:
        """Length in px; a single pixel counts as one."""
        return float(arc_length(self.points)[-1]) + 1.0


@dataclass(slots=True, eq=False)
class Skeleton:
    """All centre lines of a mask.

    Parameters
    ----------
    branches : list of Branch
        The lines.
    nodes : ndarray of shape (K, 2), float64
        x, y of the junctions.
    radius : ndarray of shape (H, W), float32
        Distance from each pixel of ink to the paper.
    """

    branches: list[Branch]
    nodes: NDArray[np.float64]
    radius: NDArray[np.float32]


def find_skeleton(mask: NDArray[np.bool_]) -> Skeleton:
    """Thin a mask to its centre lines and take them apart at their junctions.

    Parameters
    ----------
    mask : ndarray of shape (H, W), bool
        Where there is ink.

    Returns
    -------
    Skeleton
        Without spurs; junctions that lie within one width of ink of each other are one.

    Notes
    -----
    Pixels of the thinned mask with more than two neighbours are junctions, and touching ones are one junction; what
    remains are chains of pixels. A corner of a staircase may pass for a junction of two branches; the join heals it.
    """
    # Beyond the sheet there is paper.
    framed = np.pad(mask, 1).astype(np.uint8)
    distance = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_5)
    radius = np.asarray(distance, np.float32)[1:-1, 1:-1]
    branches, nodes = _chains(thin(mask))
    reach = _look_up(radius, nodes)
    branches = _without_spurs(branches, reach)
    nodes = _merged(branches, nodes, reach)
    return Skeleton([b for b in branches if b.points.size], nodes, radius)


def _chains(lines: NDArray[np.bool_]) -> tuple[list[Branch], NDArray[np.float64]]:
    padded = np.pad(lines, 1)
    rows, columns = np.nonzero(padded)
    index = np.full(padded.shape, -1, np.int64)
    index[rows, columns] = np.arange(rows.size)
    near = np.stack([index[rows + dy, columns + dx] for dy, dx in _AROUND], axis=1)
    crossing = (near >= 0).sum(axis=1) > 2
    crossings = np.zeros(padded.shape, np.uint8)
    crossings[rows[crossing], columns[crossing]] = 1
    count, name = cv2.connectedComponents(crossings, connectivity=8)
    node_of = np.asarray(name)[rows, columns].astype(np.int64) - 1
    size = np.bincount(node_of[crossing], minlength=count - 1)
    nodes = np.stack(
        [
            np.bincount(node_of[crossing], values[crossing] - 1.0, count - 1)
            for values in (columns, rows)
        ],
        axis=1,
    ) / np.maximum(size, 1).reshape(-1, 1)
    at_crossing = (near >= 0) & crossing[near]
    links = -np.sort(-np.where(at_crossing, -1, near), axis=1)[:, :2]
    doors = -np.sort(-np.where(at_crossing, node_of[near], -1), axis=1)[:, :2]
    xy = np.stack([columns, rows], axis=1).astype(np.float64) - 1
    return _walk(xy, links.tolist(), doors.tolist(), crossing), nodes


def _walk(
    xy: NDArray[np.float64],
    links: list[list[int]],
    doors: list[list[int]],
    crossing: NDArray[np.bool_],
) -> list[Branch]:
    """Order the pixels of every chain, blind or junction ends first, then rings."""
    seen = crossing.tolist()
    ends = [i for i, (_, second) in enumerate(links) if second < 0 and not seen[i]]
    branches = []
    for start in (*ends, *range(len(links))):
        if seen[start]:
            continue
        path, here = [start], start
        seen[start] = True
        while True:
            ahead = [i for i in links[here] if i >= 0 and not seen[i]]
            if not ahead:
                break
            here = ahead[0]
            seen[here] = True
            path.append(here)
        closed = links[start][1] >= 0 and len(path) > 2
        if closed:
            path.append(start)
        first, last = doors[start], doors[here]
        nodes = [first[0], first[1] if len(path) == 1 else last[0]]
        branches.append(Branch(xy[path], [-1, -1] if closed else nodes, closed))
    return branches


def _look_up(radius: NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(points):
        return np.zeros(0)
    columns, rows = np.rint(points).astype(int).T
    return np.asarray(radius[rows, columns], np.float64)


def _without_spurs(branches: list[Branch], reach: NDArray[np.float64]) -> list[Branch]:
    """Drop short blind branches, which thinning grows towards every bump of the ink's edge."""
    at_node: dict[int, list[Branch]] = {}
    for branch in branches:
        for node in set(branch.nodes) - {-1}:
            at_node.setdefault(node, []).append(branch)

    def is_spur(branch: Branch) -> bool:
        tips = [n for n in branch.nodes if n >= 0]
        return len(tips) == 1 and branch.length < _SPUR * reach[tips[0]] + 1

    dropped: set[int] = set()
    for meeting in at_node.values():
        spurs = sorted((b for b in meeting if is_spur(b)), key=lambda b: b.length)
        if len(spurs) == len(meeting):
            # A star of nothing but spurs is a dot: one line through it stays.
            spurs = spurs[:-2]
        dropped.update(id(b) for b in spurs)
    return [b for b in branches if id(b) not in dropped]


def _merged(
    branches: list[Branch], nodes: NDArray[np.float64], reach: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Make one junction of junctions that a very short branch connects; the branch loses its points."""
    root = list(range(len(nodes)))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for branch in branches:
        a, b = branch.nodes
        if a >= 0 and b >= 0 and a != b and branch.length < _SAME * max(reach[a], reach[b]):
            root[find(a)] = find(b)
            branch.points = branch.points[:0]
    roots = np.array([find(i) for i in range(len(nodes))], np.int64)
    for branch in branches:
        branch.nodes = [int(roots[n]) if n >= 0 else -1 for n in branch.nodes]
    if not len(nodes):
        return nodes
    total = np.maximum(np.bincount(roots, minlength=len(nodes)), 1).reshape(-1, 1)
    return np.stack([np.bincount(roots, c, len(nodes)) for c in nodes.T], axis=1) / total
