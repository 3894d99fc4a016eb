"""Two heads, or a head and a seed in → a head with other parts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from limner.errors import InputError, UnknownName
from limner.heads.donor import exchanged
from limner.heads.sample import sample_head
from limner.records import HEAD_PARTS, Head, HeadPart

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["blend", "mix", "resample"]


def mix(head: Head, other: Head, parts: Iterable[str], *, amount: float = 1.0) -> Head:
    """Return `head` with some parts of `other`.

    Parameters
    ----------
    head, other : Head
        Of the same field.
    parts : iterable of str
        Names from `HEAD_PARTS`.
    amount : float
        0 keeps the own part, 1 takes the other's; between, part-way.

    Returns
    -------
    Head
        What is shared (the base code) stays the first head's, and so does its photograph, except where it showed the
        parts that changed: there parts taken whole are joined in as the other head's photograph shows them.

    Raises
    ------
    UnknownName
        If a part is none; names near matches.
    InputError
        If the heads do not fit together, or the amount is outside 0 to 1.
    """
    wanted = _checked(parts, amount)
    _fit(head, other)
    if not amount or not wanted:
        return head
    changed = {k: _between(head.parts[k], other.parts[k], amount) for k in wanted}
    source = head.source
    if source is not None:
        still = tuple(k for k in source.joined if k not in changed)
        source = source if still == source.joined else replace(source, joined=still)
        whole = exchanged(source, other, wanted) if amount == 1.0 else None
        source = whole or source
    edited = (*head.edited, *changed) if source is not None else ()
    return replace(head, parts={**head.parts, **changed}, edited=edited, source=source)


def resample(head: Head, parts: Iterable[str], seed: int, *, truncation_psi: float = 0.7) -> Head:
    """Return `head` with some parts drawn at random; the same seed gives the same parts."""
    return mix(head, sample_head(seed, truncation_psi=truncation_psi), parts)


def blend(head: Head, other: Head, amount: float) -> Head:
    """Return a head between two: 0 the first, 1 the second; its pixels are neither's own.

    Raises
    ------
    InputError
        If the heads do not fit together, or the amount is outside 0 to 1.
    """
    _checked(HEAD_PARTS, amount)
    _fit(head, other)
    if amount in (0.0, 1.0):
        return head if amount == 0.0 else other
    base = (1 - amount) * head.base + amount * other.base
    parts = {k: _between(head.parts[k], other.parts[k], amount) for k in HEAD_PARTS}
    return replace(head, base=base, parts=parts, source=None, edited=(), painted=(), seed=None)


def _checked(parts: Iterable[str], amount: float) -> list[str]:
    wanted = list(dict.fromkeys(parts))
    for name in wanted:
        if name not in HEAD_PARTS:
            raise UnknownName.among("part", name, HEAD_PARTS)
    if not 0 <= amount <= 1:
        raise InputError(f"The amount is {amount}; give a number from 0 to 1.")
    return wanted


def _fit(head: Head, other: Head) -> None:
    if head.kind != other.kind or head.weights != other.weights:
        raise InputError(
            "The two heads were made by different weights, so their codes mean different things; "
            "make both anew from their photographs or seeds."
        )


def _between(a: HeadPart, b: HeadPart, amount: float) -> HeadPart:
    if amount in (0.0, 1.0):
        return a if amount == 0.0 else b
    residual = (1 - amount) * a.residual.astype(np.float32) + amount * b.residual.astype(np.float32)
    return HeadPart((1 - amount) * a.codes + amount * b.codes, residual.astype(np.float16))
