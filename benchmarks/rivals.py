"""Draw one artist's test people with several trained runs: runs in → folders that `limner score styles` reads, scored.

    python benchmarks/rivals.py --data PACKS -o FOLDER with=runs/with without=runs/without pix2pix=runs/pix2pix

Each run is a folder of `limner train style`, `style-pix2pix`, `style-cyclegan`, `style-adain` or `style-paper`; its
newest averaged weights draw, never those that some validation picked. FOLDER/<style> holds photograph → drawing,
FOLDER/<style>-again reconstruction: the lines are the artist's own drawing's, all else is the photograph's.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from limner.api import score_styles
from limner.train import recipe as recipes
from limner.train.data.drawings import STYLES
from limner.train.data.packs import Pack
from limner.train.data.style_sheets import build_shelf, relined
from limner.train.loops import checkpoint
from limner.train.loops import task as tasks

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

Pictures = dict[str, "NDArray[np.uint8]"]


def keep(folder: Path, drawings: Pictures) -> None:
    """Write a folder of PNGs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, pixels in drawings.items():
        Image.fromarray(pixels).save(folder / f"{name}.png")


def opened(run: Path, data: Path) -> tuple[Any, torch.nn.Module, dict[str, float]]:
    """Return a run's task, its averaged weights, and how long it was taught."""
    task: Any = tasks.load(recipes.read(run / "recipe.toml"), data)
    state = checkpoint.newest(run / "checkpoints")
    if state is None:
        raise SystemExit(f"{run} holds no checkpoint; train it first.")
    net = task.nets[task.ships]
    net.load_state_dict(state["ema"])
    told = {"hours": round(state["seconds"] / 3600, 3), "steps": state["step"]}
    return task, net.eval().requires_grad_(requires_grad=False), told


def sheets_of(data: Path, style: str, number: int) -> tuple[Pictures, Pictures, Pictures, Pictures]:
    """Return photographs, test sheets, the same with the drawing's lines, and the artist's train drawings."""
    cache, k = Path("runs/cache"), STYLES.index(style)
    train, test = (
        build_shelf(data, data / "labels", cache, s, photographs=False, lines="learned")
        for s in ("train", "test")
    )
    measure = {
        train.ids[i]: np.ascontiguousarray(train.sheet(int(i))[..., 1])
        for i in np.flatnonzero(train.style == k)[:number]
    }
    chosen = np.flatnonzero(test.style == k)[: len(measure)]
    first = {test.ids[i]: np.array(test.sheet(int(i))) for i in chosen}
    pack = Pack(data / "fs2k.tar")
    photos = {name: pack.rgb("photo", name) for name in first}
    again = {n: relined(s, of_drawing=True, engine="learned") for n, s in first.items()}
    return photos, first, again, measure


def main() -> None:
    """Draw, score, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", metavar="NAME=RUN")
    parser.add_argument("--data", type=Path, required=True, help="folder of packs, with labels")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--style", default="croquis", choices=STYLES[:3])
    parser.add_argument("--number", type=int, default=150)
    given = parser.parse_args()
    photos, first, again, measure = sheets_of(given.data, given.style, given.number)
    about = {}
    for side, sheets in ((given.style, first), (f"{given.style}-again", again)):
        keep(given.out / side / "real", measure)
        keep(given.out / side / "photos", photos)
        own = {n: np.ascontiguousarray(s[..., 1]) for n, s in sheets.items()}
        keep(given.out / side / "artist", own)
    for row in given.runs:
        name, _, run = row.partition("=")
        task, net, about[name] = opened(Path(run), given.data)
        k = STYLES.index(given.style)
        for side, sheets in ((given.style, first), (f"{given.style}-again", again)):
            keep(given.out / side / name, {n: task.draw(net, s, k) for n, s in sheets.items()})
    scores, contact = score_styles(given.out, number=given.number)
    Image.fromarray(contact).save(given.out / "sheet.png")
    print(json.dumps({"runs": about, "scores": [s.as_json() for s in scores]}, indent=1))


if __name__ == "__main__":
    main()
