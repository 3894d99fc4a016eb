"""Draw every sample sitter in three styles, with lines, a plot and a semantic map, on one contact sheet.

    python examples/demo.py [OUT_DIR]
"""

import shutil
import string
import sys
from pathlib import Path

import limner

HERE = Path(__file__).parent
STYLES = ("croquis", "hatch", "pencil")


def sit(source: Path, out: Path) -> dict[str, str]:
    """Draw one sitter; return what the sheet's rows are filled with."""
    photo = limner.read_photo(source)
    for style in STYLES:
        limner.write(limner.draw(photo, style=style), out / f"{source.stem}-{style}.png")
    plot = limner.trace_lines(photo)
    limner.write(limner.extract_lines(photo), out / f"{source.stem}-lines.png")
    limner.write(plot, out / f"{source.stem}-lines.svg")
    limner.write(limner.parse_face(photo), out / f"{source.stem}-labels.png")
    shutil.copy(source, out / source.name)
    title, number = source.stem.rsplit("-", 1)
    facts = f"{len(plot.strokes)} strokes, {plot.drawn_mm / 1000:.1f} m of ink"
    return {"stem": source.stem, "title": title.replace("-", " "), "number": number, "facts": facts}


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo")
    folder.mkdir(parents=True, exist_ok=True)
    page, row = (HERE / "demo_sheet.html").read_text("utf-8").split("<!-- one sitter -->\n")
    rows = []
    for picture in sorted((HERE / "samples").glob("*.jpg")):
        rows.append(string.Template(row).substitute(sit(picture, folder)))
        print(f"{picture.stem}: drawn", flush=True)
    (folder / "index.html").write_text(page.replace("<!-- sitters -->", "".join(rows)), "utf-8")
    print(f"Open {folder / 'index.html'}")
