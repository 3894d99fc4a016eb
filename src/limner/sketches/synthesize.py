"""The room's networks: crops, codes, ink and a palette in → codes, drawings, photographs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from limner.errors import MissingWeights, UnknownName
from limner.records import Palette, Photo
from limner.sketches.finish import calm, finish
from limner.sketches.parts import NAMES, WINDOWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["DETAIL", "PARTS", "SYNTHESIS", "Engine", "Runs", "grain"]

#: Names of the graphs in the ledger.
PARTS, SYNTHESIS, DETAIL = "sketches-parts", "sketches-synthesis", "sketches-detail"


class Runs(Protocol):
    """What runs a graph: `limner.weights.Session`, or a stand-in."""

    def run(self, weight: Any, inputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return the outputs by name."""
        ...


@lru_cache(maxsize=8)
def grain(seed: int, size_px: int) -> NDArray[np.float32]:
    """Return the noise of a seed, (1, 1, size_px, size_px) float32, read-only."""
    noise = np.random.default_rng([seed, size_px]).standard_normal(
        (1, 1, size_px, size_px), np.float32
    )
    noise.flags.writeable = False
    return noise


class Engine:
    """Encodes, decodes and paints.

    Parameters
    ----------
    session : Runs, optional
        The process's own session if not given.
    """

    def __init__(self, session: Runs | None = None) -> None:
        if session is None:
            from limner.weights import session as default

            session = default()
        self._session = session

    def _run(self, name: str, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        try:
            return self._session.run(name, dict(inputs))
        except UnknownName as error:
            raise MissingWeights(
                f"The network {name} is not installed; sketches can't be turned into photographs without it."
            ) from error

    def _parts(
        self, inks: dict[str, NDArray[np.float32]], codes: dict[str, NDArray[np.float32]]
    ) -> dict[str, NDArray[Any]]:
        """Run the component network; what is not asked for goes in with a batch of none."""
        inputs: dict[str, NDArray[np.float32]] = {}
        for name, window in WINDOWS.items():
            ink = inks.get(name)
            side = (window.side, window.side)
            inputs[f"{name}-ink"] = (
                np.zeros((0, 1, *side), np.float32) if ink is None else ink.reshape(1, 1, *side)
            )
            code = codes.get(name)
            inputs[f"{name}-code"] = (
                np.zeros((0, *window.latent), np.float32)
                if code is None
                else code.reshape(-1, *window.latent)
            )
        return self._run(PARTS, inputs)

    def encode(self, crops: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
        """Return the codes of some components.

        Parameters
        ----------
        crops : dict of str to ndarray of shape (side, side), float32
            Component → its crop of the 256 px sketch; only these are computed.

        Returns
        -------
        dict of str to ndarray of shape (D,), float32
            −1 to 1.
        """
        out = self._parts(crops, {})
        return {n: out[f"{n}-coded"].reshape(-1).astype(np.float32) for n in crops}

    def decode(self, codes: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
        """Return the drawings of codes, component → (K, D) in, (K, h, w) out, 0 to 1."""
        out = self._parts({}, codes)
        return {n: np.clip(out[f"{n}-drawn"][:, 0], 0, 1).astype(np.float32) for n in codes}

    def paint(
        self,
        codes: dict[str, NDArray[np.float32]],
        inks: tuple[NDArray[np.float32], NDArray[np.float32]],
        palette: Palette,
        *,
        size_px: int = 512,
        seed: int = 0,
    ) -> tuple[Photo, NDArray[np.uint8]]:
        """Return a photograph and its class map.

        Parameters
        ----------
        codes : dict of str to ndarray of shape (D,)
            Every component's code.
        inks : tuple of two ndarrays of shape (512, 512), float32
            The ink, and how far it is trusted.
        palette : Palette
            Colours and light.
        size_px : int
            256 or 512.
        seed : int
            Decides grain: strands, pores.

        Returns
        -------
        Photo
            Of `size_px`; a note says so where the last stage is missing and it was enlarged.
        ndarray of shape (128, 128), uint8
            The 19 classes that were painted.
        """
        ink, trust = inks
        small = [cv2.resize(x, (256, 256), interpolation=cv2.INTER_AREA) for x in (ink, trust)]
        inputs = {
            f"{n}-code": codes[n].reshape(1, *WINDOWS[n].latent).astype(np.float32) for n in NAMES
        }
        inputs["ink"] = np.stack([small[0] * small[1], small[1]])[None].astype(np.float32)
        inputs["palette"] = palette.as_code()[None]
        inputs["grain"] = grain(seed, 256)
        made = self._run(SYNTHESIS, inputs)
        classes = made["classes"][0].argmax(0).astype(np.uint8)
        if size_px == 256:
            return Photo(finish(_pixels(made["photo"][0]), classes)), classes
        detail = {
            "features": made["features"],
            "half": made["photo"],
            "ink": np.stack([ink * trust, trust])[None].astype(np.float32),
            "grain": grain(seed, 512),
        }
        try:
            pixels = _pixels(self._run(DETAIL, detail)["photo"][0])
        except MissingWeights:
            whole = finish(_pixels(made["photo"][0]), classes)
            large = cv2.resize(whole, (512, 512), interpolation=cv2.INTER_CUBIC)
            note = "enlarged from 256 px: the network of the last stage is not installed"
            return Photo(np.asarray(large, np.uint8), notes=(note,)), classes
        pixels = calm(pixels, _pixels(made["photo"][0]), classes)
        return Photo(finish(pixels, classes)), classes


def _pixels(photo: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return (3, S, S) in −1 to 1 as (S, S, 3) uint8."""
    return np.asarray(np.rint(np.clip(photo.transpose(1, 2, 0) + 1, 0, 2) * 127.5), np.uint8)
