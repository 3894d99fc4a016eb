"""Compose the gallery's pictures: sample sitters and sketches → docs/gallery/*.webp.

    python docs/pictures.py [FOLDER]

Every sitter is drawn in every style that there is, every sketch becomes a photograph, a head is turned; the drawings
are kept in FOLDER (``out/gallery``), and one that is there already is not made again. Delete the folder after a network
or a style has changed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

import limner
from limner import api

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "docs" / "gallery"
SITTERS = sorted((ROOT / "examples" / "samples").glob("*.jpg"))
SKETCHES = sorted(p for p in (ROOT / "examples" / "sketches").iterdir() if p.suffix != ".md")
HERO = ("curls-001", "beard-092")
PAPER = (243, 239, 230)
#: The longest side that is drawn: twice that of a tile, so that strokes keep their edges.
DRAWN_PX = 900
HANDS = ("croquis", "hatch", "pencil")
SIDES = [(-25.0, 0.0), (0.0, 0.0), (25.0, 0.0)]
SWAPS = (
    ("curls-001", "beard-092", "hair"),
    ("beard-092", "long-hair-041", "eyes"),
    ("elder-172", "curls-001", "mouth"),
)
SEEDS = (1, 3, 7, 12)
TURNS = [(float(yaw), 0.0) for yaw in (-30, -15, 0, 15, 30)]


def draw_sitter(source: Path, out: Path) -> None:
    """Write what is missing of a sitter: each style, the lines, the map of parts."""
    missing = [s for s in limner.style_names() if not (out / f"{source.stem}-{s}.png").is_file()]
    rest = [t for t in ("lines", "labels") if not (out / f"{source.stem}-{t}.png").is_file()]
    if not missing and not rest:
        return
    photo = limner.read_photo(source, max_side_px=DRAWN_PX)
    faces = limner.detect_faces(photo)
    for style in missing:
        limner.write(
            limner.draw(photo, style=style, faces=faces), out / f"{source.stem}-{style}.png"
        )
    if rest:
        parts = limner.parse_face(photo, faces=faces)
        limner.write(parts, out / f"{source.stem}-labels.png")
        lines = limner.extract_lines(photo, semantic=parts)
        limner.write(lines, out / f"{source.stem}-lines.png")
    print(f"{source.stem}: drawn", flush=True)


def compose_sketch(source: Path, out: Path) -> list[Path]:
    """Return a sketch and its photographs, ever less bound to the lines; make those that are missing."""
    made = [out / f"sketch-{source.stem}-{percent}.png" for percent in (100, 60, 30)]
    for path in made:
        if not path.is_file():
            share = int(path.stem.rpartition("-")[2]) / 100
            found = limner.compose(source, confidence=share)
            limner.write(found.photo, path, recipe=found.recipe)
    return [source, *made]


def turn(source: Path, out: Path) -> list[Path]:
    """Return the views of a sitter's head, drawn beneath; make them if they are missing."""
    kinds = ("photo", "pencil")
    paths = [[out / f"turn-{kind}-{k}.png" for k in range(len(TURNS))] for kind in kinds]
    if not all(p.is_file() for row in paths for p in row):
        head = limner.photo_to_head(source)
        views = limner.orbit(head, angles_deg=TURNS, size_px=512, styles=("pencil",))
        for k, turned in enumerate(views):
            limner.write(turned.view.photo, paths[0][k])
            limner.write(turned.drawings["pencil"], paths[1][k])
    return [p for row in paths for p in row]


def nobody(seed: int, out: Path) -> list[Path]:
    """Return somebody who never lived, from three sides and in three hands; make what is missing."""
    paths = [out / f"nobody-{seed}-{k}.png" for k in range(len(SIDES) + len(HANDS))]
    if not all(p.is_file() for p in paths):
        head = limner.seed_to_head(seed)
        views = list(limner.orbit(head, angles_deg=SIDES, styles=HANDS))
        pictures: list[limner.Photo | limner.Drawing] = [v.view.photo for v in views]
        pictures += [views[k].drawings[hand] for k, hand in enumerate(HANDS)]
        for path, picture in zip(paths, pictures, strict=True):
            limner.write(picture, path)
    return paths


def swapped(out: Path) -> list[Path]:
    """Return three sitters, each beside parts of another from three sides; make what is missing."""
    found = []
    for source, other, part in SWAPS:
        paths = [out / f"swap-{source}-{other}-{part}-{k}.png" for k in range(len(SIDES))]
        if not all(p.is_file() for p in paths):
            first, second = (
                limner.photo_to_head(p) for s in (source, other) for p in SITTERS if p.stem == s
            )
            turn = limner.HeadRenderer(limner.mix_heads(first, second, [part]))
            for path, (yaw, pitch) in zip(paths, SIDES, strict=True):
                limner.write(turn.view(yaw_deg=yaw, pitch_deg=pitch).photo, path)
        found += [next(p for p in SITTERS if p.stem == source), *paths]
    return found


def tile(path: Path, side_px: int) -> Image.Image:
    """Return one square picture; what is not square lies on paper."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    scale = side_px / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    square = Image.new("RGB", (side_px, side_px), PAPER)
    place = (side_px - size[0]) // 2, (side_px - size[1]) // 2
    square.paste(picture.resize(size, Image.Resampling.LANCZOS), place)
    return square


def sheet(
    name: str, paths: Sequence[Path], *, columns: int, side_px: int, gap_px: int = 12
) -> None:
    """Write pictures as one sheet, row by row, on paper."""
    rows = -(-len(paths) // columns)
    step = side_px + gap_px
    page = Image.new("RGB", (gap_px + columns * step, gap_px + rows * step), PAPER)
    for k, path in enumerate(paths):
        page.paste(tile(path, side_px), (gap_px + k % columns * step, gap_px + k // columns * step))
    page.save(GALLERY / f"{name}.webp", quality=80, method=6)


def in_every_style(source: Path, out: Path) -> Iterable[Path]:
    """Yield a sitter's photograph, then the drawings."""
    yield source
    yield from (out / f"{source.stem}-{style}.png" for style in limner.style_names())


def main(out: Path) -> None:
    """Make what is missing and write all sheets."""
    out.mkdir(parents=True, exist_ok=True)
    for source in SITTERS:
        draw_sitter(source, out)
    hero = [p for s in SITTERS if s.stem in HERO for p in in_every_style(s, out)]
    sheet("hero", hero, columns=4, side_px=300)
    every = [p for s in SITTERS for p in in_every_style(s, out)]
    sheet("every-style", every, columns=len(every) // len(SITTERS), side_px=230, gap_px=8)
    for name in (*limner.style_names(), "lines", "labels"):
        tiles = [out / f"{s.stem}-{name}.png" for s in SITTERS]
        sheet("parts" if name == "labels" else name, tiles, columns=3, side_px=420)
    try:
        sheet(
            "sketches",
            [p for s in SKETCHES for p in compose_sketch(s, out)],
            columns=4,
            side_px=320,
        )
        sheet("heads", turn(SITTERS[0], out), columns=len(TURNS), side_px=300)
        sheet("nobody", [p for s in SEEDS for p in nobody(s, out)], columns=6, side_px=256)
        sheet("swapped", swapped(out), columns=4, side_px=256)
    except limner.MissingWeights as error:
        print(error)


if __name__ == "__main__":
    api.configure(threads=1)
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "gallery")
