"""Compose the gallery's pictures: the folder that `make demo` filled in → docs/gallery/*.webp.

    python docs/pictures.py [DEMO_DIR]

Where a drawing is missing its photograph stands in, so that the pages are whole before the first demo.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "docs" / "gallery"
SAMPLES = ROOT / "examples" / "samples"
STYLES = ("croquis", "hatch", "pencil")
PAPER = (243, 239, 230)


def tile(demo: Path, stem: str, tail: str, side_px: int) -> Image.Image:
    """Return one square picture of a sitter; `tail` is a file's ending, ``.jpg`` the photograph itself."""
    made = demo / f"{stem}{tail}"
    with Image.open(made if made.is_file() else SAMPLES / f"{stem}.jpg") as opened:
        return opened.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)


def sheet(rows: list[list[Image.Image]], gap_px: int = 16) -> Image.Image:
    """Return the pictures in rows, on paper."""
    side = rows[0][0].width
    width = gap_px + len(rows[0]) * (side + gap_px)
    page = Image.new("RGB", (width, gap_px + len(rows) * (side + gap_px)), PAPER)
    for r, row in enumerate(rows):
        for c, picture in enumerate(row):
            page.paste(picture, (gap_px + c * (side + gap_px), gap_px + r * (side + gap_px)))
    return page


def main(demo: Path) -> None:
    """Write the hero and the gallery's sheets."""
    stems = sorted(p.stem for p in SAMPLES.glob("*.jpg"))
    tails = [".jpg", *(f"-{style}.png" for style in STYLES)]
    hero = [[tile(demo, stem, tail, 340) for tail in tails] for stem in stems[1:3]]
    sheet(hero).save(GALLERY / "hero.webp", quality=84, method=6)
    for name, ending in (
        *((s, f"-{s}.png") for s in STYLES),
        ("lines", "-lines.png"),
        ("parts", "-labels.png"),
    ):
        tiles = [tile(demo, stem, ending, 440) for stem in stems]
        sheet([tiles[:3], tiles[3:]]).save(GALLERY / f"{name}.webp", quality=82, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "demo")
