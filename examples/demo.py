"""Draw every sample sitter in three styles; turn three sketches into photographs; all on a contact sheet."""

import shutil
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
    shutil.copy(source, out)
    name, _, number = source.stem.rpartition("-")
    facts = f"{len(plot.strokes)} strokes, {plot.drawn_mm / 1000:.1f} m of ink on 15 cm of paper"
    return {"stem": source.stem, "title": name.replace("-", " "), "number": number, "facts": facts}


def imagine(source: Path, out: Path) -> dict[str, str]:
    """Turn one sketch into photographs, ever less bound by its lines; return what the sheet's row is filled with."""
    shutil.copy(source, out)
    shares = []
    for percent in (100, 60, 30):
        made = limner.compose(source, confidence=percent / 100)
        limner.write(made.photo, out / f"sketch-{source.stem}-{percent}.png", recipe=made.recipe)
        shares.append(f"{made.ink_kept:.0%}")
    limner.write(
        limner.Photo(made.guide[..., None].repeat(3, 2)), out / f"sketch-{source.stem}-shadow.png"
    )
    facts = f"{', '.join(shares)} of the ink is found again"
    return {
        "stem": source.stem,
        "file": source.name,
        "title": source.stem.replace("-", " "),
        "facts": facts,
    }


def imagined(row: str, out: Path) -> str:
    """Return the sheet's rows of sketches, or a sentence that says why there are none."""
    rows = ""
    for source in sorted((HERE / "sketches").glob("*.*")):
        try:
            rows += string.Template(row).substitute(imagine(source, out))
        except limner.MissingWeights as error:
            print(f"No sketches: {error}", flush=True)
            return f"<section><p>{error}</p></section>\n"
        print(f"{source.stem}: imagined", flush=True)
    return rows


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo")
    folder.mkdir(parents=True, exist_ok=True)
    page, both = (HERE / "demo_sheet.html").read_text("utf-8").split("<!-- one sitter -->\n")
    row, sketched = both.split("<!-- one sketch -->\n")
    rows = ""
    for picture in sorted((HERE / "samples").glob("*.jpg")):
        rows += string.Template(row).substitute(sit(picture, folder))
        print(f"{picture.stem}: drawn", flush=True)
    rows += imagined(sketched, folder)
    (folder / "index.html").write_text(page.replace("<!-- sitters -->", rows), "utf-8")
    print(f"Open {folder / 'index.html'}")
