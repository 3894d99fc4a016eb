"""Draw every sample sitter in three styles; turn three sketches into photographs; all on a contact sheet."""

import runpy
import string
import sys
from pathlib import Path

import limner

HERE = Path(__file__).parent


def sit(source: Path, out: Path) -> dict[str, str]:
    """Draw one sitter; return what the sheet's rows are filled with."""
    photo = limner.read_photo(source)
    faces = limner.detect_faces(photo)
    for style in ("croquis", "hatch", "pencil"):
        drawing = limner.draw(photo, style=style, faces=faces)
        limner.write(drawing, out / f"{source.stem}-{style}.png")
    parts = limner.parse_face(photo, faces=faces)
    lines = limner.extract_lines(photo, semantic=parts)
    plot = limner.trace_lines(lines, page_mm=(150, 150), margin_mm=8, pen_mm=0.4)
    for record, tail in ((parts, "labels.png"), (lines, "lines.png"), (plot, "lines.svg")):
        limner.write(record, out / f"{source.stem}-{tail}")
    (out / source.name).write_bytes(source.read_bytes())
    name, _, number = source.stem.rpartition("-")
    facts = f"{len(plot.strokes)} strokes, {plot.drawn_mm / 1000:.1f} m of ink on 15 cm of paper"
    return {"stem": source.stem, "title": name.replace("-", " "), "number": number, "facts": facts}


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo")
    folder.mkdir(parents=True, exist_ok=True)
    page, row, other = (HERE / "demo_sheet.html").read_text("utf-8").split("<!-- one row -->\n")
    rows = ""
    for picture in sorted((HERE / "samples").glob("*.jpg")):
        rows += string.Template(row).substitute(sit(picture, folder))
    rows += runpy.run_path(str(HERE / "sketch_to_photo.py"))["rows"](other, folder)
    (folder / "index.html").write_text(page.replace("<!-- sitters -->", rows), "utf-8")
    print(f"Open {folder / 'index.html'}")
