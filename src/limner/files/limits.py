"""How much a picture may be: a few numbers in → `Limits`, which the reader checks before it decodes."""

from __future__ import annotations

import os
from dataclasses import dataclass

from limner.errors import InputError, UnreadablePhoto

__all__ = ["Limits", "usual_limits"]

#: The environment's names for what a process refuses.
_SETTINGS = {"max_megabytes": "LIMNER_MAX_MEGABYTES", "max_megapixels": "LIMNER_MAX_MEGAPIXELS"}

#: Above this, Pillow refuses by itself, whatever we say.
_PILLOW_MEGAPIXELS = 178.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reader refuses before it spends memory.

    Parameters
    ----------
    max_megabytes : float
        Size of the file, in millions of bytes.
    max_megapixels : float
        Width times height that the header claims, in millions; at most 178.
    min_side_px : int
        Smallest width and height.

    Raises
    ------
    InputError
        If a limit is not positive or above what Pillow decodes.

    Examples
    --------
    >>> Limits().check_size("a.jpg", (60_000, 60_000))
    Traceback (most recent call last):
    limner.errors.UnreadablePhoto: a.jpg is 60000 × 60000 px, 3600 megapixels; at most 60 are read. Scale it down first.
    """

    max_megabytes: float = 30.0
    max_megapixels: float = 60.0
    min_side_px: int = 16

    def __post_init__(self) -> None:
        """Refuse limits that cannot be kept."""
        if not (self.max_megabytes > 0 and self.max_megapixels > 0 and self.min_side_px > 0):
            raise InputError(f"{self} holds a limit that is not positive.")
        if self.max_megapixels > _PILLOW_MEGAPIXELS:
            raise InputError(
                f"A limit of {self.max_megapixels:g} megapixels was asked for; "
                f"the decoders take at most {_PILLOW_MEGAPIXELS:g}."
            )

    @property
    def max_bytes(self) -> int:
        """Largest number of bytes of a file."""
        return int(self.max_megabytes * 1_000_000)

    def check_size(self, name: str, size_px: tuple[int, int]) -> None:
        """Refuse a picture that is too small or too large.

        Parameters
        ----------
        name : str
            How the message calls the picture.
        size_px : tuple of int
            Width and height that it has or claims.

        Raises
        ------
        UnreadablePhoto
            If a side is under `min_side_px` or the area over `max_megapixels`.
        """
        width, height = size_px
        if min(size_px) < self.min_side_px:
            raise UnreadablePhoto(
                f"{name} is {width} × {height} px, which is too small; "
                f"each side must have at least {self.min_side_px} px."
            )
        megapixels = width * height / 1e6
        if megapixels > self.max_megapixels:
            raise UnreadablePhoto(
                f"{name} is {width} × {height} px, {megapixels:.0f} megapixels; "
                f"at most {self.max_megapixels:g} are read. Scale it down first."
            )


def usual_limits(
    *, max_megabytes: float | None = None, max_megapixels: float | None = None
) -> Limits:
    """Return the limits that hold: those given, else those of the environment, else the defaults.

    Parameters
    ----------
    max_megabytes : float, optional
        None asks the environment's LIMNER_MAX_MEGABYTES; without it, 30.
    max_megapixels : float, optional
        None asks the environment's LIMNER_MAX_MEGAPIXELS; without it, 60.

    Returns
    -------
    Limits
        Checked.

    Raises
    ------
    InputError
        If a limit is not a positive number, or above what the decoders take.

    Examples
    --------
    >>> usual_limits(max_megabytes=5).max_megabytes
    5
    """
    usual = Limits()
    return Limits(
        max_megabytes=_from_environment("max_megabytes", usual.max_megabytes)
        if max_megabytes is None
        else max_megabytes,
        max_megapixels=_from_environment("max_megapixels", usual.max_megapixels)
        if max_megapixels is None
        else max_megapixels,
    )


def _from_environment(limit: str, usual: float) -> float:
    said = os.environ.get(_SETTINGS[limit])
    if not said:
        return usual
    try:
        return float(said)
    except ValueError:
        raise InputError(
            f"The environment's {_SETTINGS[limit]} is {said!r}; wanted a number such as 60."
        ) from None
