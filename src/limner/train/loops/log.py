"""Numbers and contact sheets of a training in → a CSV, TensorBoard's events and pictures."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from PIL import Image

from limner.files.atomic import write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Log"]

_HEADER = ("step", "pictures", "name", "value")


class Log:
    """The log of one run; a context manager.

    Parameters
    ----------
    folder : Path
        The run's. Holds ``metrics.csv`` (one row a number: step, pictures, name, value),
        ``samples/`` and, if asked for, ``tensorboard/``.
    step : int
        Rows after this step are of a stretch that is trained again: they are taken out.
    tensorboard : bool
        Also write TensorBoard's event files.
    """

    def __init__(self, folder: Path, *, step: int, tensorboard: bool) -> None:
        self.folder = folder
        path = folder / "metrics.csv"
        write_bytes(path, _until(path, step))
        self._stream = path.open("a", newline="", encoding="utf-8")
        self._rows = csv.writer(self._stream, lineterminator="\n")
        self._board: Any = _board(folder / "tensorboard", step) if tensorboard else None

    def __enter__(self) -> Log:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the files."""
        self._stream.close()
        if self._board is not None:
            self._board.close()

    def numbers(self, step: int, pictures: int, values: Mapping[str, float]) -> None:
        """Append a row for each number, sorted by name; floats are written to the last bit."""
        for name, value in sorted(values.items()):
            self._rows.writerow((step, pictures, name, repr(float(value))))
            if self._board is not None:
                self._board.add_scalar(name, value, step)
        self._stream.flush()

    def sheet(self, step: int, pixels: NDArray[np.uint8]) -> Path:
        """Keep a contact sheet, (H, W, 3) uint8, as ``samples/step-<step>.png``."""
        path = self.folder / "samples" / f"step-{step:08d}.png"
        path.parent.mkdir(exist_ok=True)
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG")
        write_bytes(path, stream.getvalue())
        if self._board is not None:
            self._board.add_image("sheet", pixels, step, dataformats="HWC")
        return path


def _until(path: Path, step: int) -> bytes:
    """Return the CSV with its header and only whole rows up to `step`."""
    lines = [",".join(_HEADER)]
    if path.exists():
        text = path.read_text("utf-8")
        whole = text[: text.rfind("\n") + 1].splitlines()  # a row cut by a kill has no end
        lines += [line for line in whole[1:] if int(line.split(",", 1)[0]) <= step]
    return "".join(f"{line}\n" for line in lines).encode()


def _board(folder: Path, step: int) -> Any:
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(folder), purge_step=step + 1)
