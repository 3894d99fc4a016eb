"""The machine at hand in → the number format that training computes in there."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

__all__ = ["FABRIC", "Format", "choose"]

Format = Literal["bf16", "f32", "f64"]

#: What Lightning Fabric calls each format; in bf16 the weights stay f32 and only products are short.
FABRIC: dict[Format, Literal["bf16-mixed", "32-true", "64-true"]] = {
    "bf16": "bf16-mixed",
    "f32": "32-true",
    "f64": "64-true",
}

_CPUINFO = Path("/proc/cpuinfo")


def choose(
    wanted: Literal["auto", "bf16", "f32", "f64"], *, cuda: bool, cpuinfo: str = ""
) -> Format:
    """Return the number format to train in.

    Parameters
    ----------
    wanted : {"auto", "bf16", "f32", "f64"}
        Anything but "auto" is taken as it is.
    cuda : bool
        Does the training run on a CUDA device?
    cpuinfo : str, optional
        Text of ``/proc/cpuinfo``; read from this machine if left out.

    Notes
    -----
    A CPU with AVX-512 bf16 instructions does such convolutions about twice as fast as f32; one
    without them emulates, ten times slower. So the CPU's own word decides, never habit.

    Examples
    --------
    >>> choose("auto", cuda=False, cpuinfo="flags : avx2 avx512f avx512_bf16")
    'bf16'
    >>> choose("auto", cuda=False, cpuinfo="flags : avx2 fma")
    'f32'
    """
    if wanted != "auto":
        return wanted
    if cuda:
        return "bf16"
    text = cpuinfo or _read(_CPUINFO)
    return "bf16" if "avx512_bf16" in text.split() else "f32"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
