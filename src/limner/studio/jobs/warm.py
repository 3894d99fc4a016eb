"""The first thing a worker does: nothing in → networks opened, so that the first request is quick."""

from __future__ import annotations

import logging

__all__ = ["warm_up"]

_log = logging.getLogger("limner.studio")


def warm_up() -> None:
    """Open what the rooms need, as far as it is installed."""
    from limner.errors import LimnerError
    from limner.studio.jobs import draw, sketch

    for room in (draw, sketch):
        try:
            room.warm_up()
        except LimnerError as error:
            # the room itself will say so when it is asked
            _log.debug("%s is not warm: %s", room.__name__, error)
