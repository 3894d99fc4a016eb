"""The shortest way through lines: their two ends in → the order and direction in which to draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["tour", "travel"]

#: Improvement looks at every pair of lines; above this many pairs, each round is left out.
_MOST_PAIRS = 60_000_000
_ROUNDS = 12


def tour(
    starts: NDArray[np.float64], stops: NDArray[np.float64], at: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Order lines so that the pen travels little between them.

    Parameters
    ----------
    starts, stops : ndarray of shape (N, 2), float64
        Ends of the lines.
    at : ndarray of shape (2,), float64
        Where the pen is.

    Returns
    -------
    order : ndarray of shape (N,), intp
        Which line comes when.
    turned : ndarray of shape (N,), bool
        Which of them, in that order, is drawn from its stop to its start.

    Notes
    -----
    The nearest end first, then 2-opt: as long as it shortens the way, a stretch of the tour is
    taken the other way round, every line of it turned. The same input gives the same tour. About
    0.1 s for 1,000 lines.

    References
    ----------
    Croes: A Method for Solving Traveling-Salesman Problems, Operations Research 1958.

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.array([[0.0, 0], [9, 0], [5, 0]]), np.array([[4.0, 0], [12, 0], [8, 0]])
    >>> order, turned = tour(a, b, np.zeros(2))
    >>> order.tolist(), turned.tolist()
    ([0, 2, 1], [False, False, False])
    """
    order, turned = _greedy(starts, stops, at)
    count = len(order)
    first = np.where(turned[:, None], stops[order], starts[order])
    last = np.where(turned[:, None], starts[order], stops[order])
    rounds = min(_ROUNDS, _MOST_PAIRS // max(1, count * count))
    for _ in range(rounds):
        if not _improve(order, turned, first, last, at):
            break
    return order, turned


def travel(first: NDArray[np.float64], last: NDArray[np.float64], at: NDArray[np.float64]) -> float:
    """Return how far the pen moves lifted: to the first line, then from each to the next.

    Parameters
    ----------
    first, last : ndarray of shape (N, 2), float64
        Where each line is begun and ended, in the order of drawing.
    at : ndarray of shape (2,), float64
        Where the pen is.

    Returns
    -------
    float
        In the unit of the points.
    """
    way = first - np.concatenate([at[None], last[:-1]]) if len(first) else np.zeros((0, 2))
    return float(np.hypot(*way.T).sum())


def _greedy(
    starts: NDArray[np.float64], stops: NDArray[np.float64], at: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Go on with whichever end lies nearest."""
    count = len(starts)
    ends = np.concatenate([starts, stops])
    left = np.arange(2 * count)
    order, turned = np.zeros(count, np.intp), np.zeros(count, bool)
    for n in range(count):
        away = ends[left] - at
        choice = int(left[np.argmin((away * away).sum(axis=1))])
        line, flip = choice % count, choice >= count
        order[n], turned[n] = line, flip
        at = starts[line] if flip else stops[line]
        left = left[left % count != line]
    return order, turned


def _improve(
    order: NDArray[np.intp],
    turned: NDArray[np.bool_],
    first: NDArray[np.float64],
    last: NDArray[np.float64],
    at: NDArray[np.float64],
) -> bool:
    """Take the best reversal that begins at each line; say whether there was one. Works in place."""
    count, better = len(order), False
    for i in range(count):
        before = at if i == 0 else last[i - 1]
        # Reversing lines i to j joins `before` to the last of j, and the first of i to what follows j.
        now = _far(first[i] - before) + np.append(_far(first[i + 1 :] - last[i:-1]), 0.0)
        then = _far(last[i:] - before) + np.append(_far(first[i + 1 :] - first[i]), 0.0)
        gain = now - then
        j = int(np.argmax(gain))
        if gain[j] > 1e-9:
            stretch = slice(i, i + j + 1)
            order[stretch] = order[stretch][::-1].copy()
            turned[stretch] = ~turned[stretch][::-1]
            tips = first[stretch][::-1].copy()
            first[stretch] = last[stretch][::-1]
            last[stretch] = tips
            better = True
    return better


def _far(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.hypot(vectors[..., 0], vectors[..., 1]), np.float64)
