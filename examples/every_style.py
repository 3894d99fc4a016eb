"""Draw one sitter in every style that there is, on one row: python examples/every_style.py [OUT]."""

import sys
from pathlib import Path

import limner

SITTER = Path(__file__).parent / "samples" / "curls-001.jpg"
FIGURE = '<figure><a href="{0}"><img src="{0}" alt="{1}"></a><figcaption>{1}</figcaption></figure>'
SECTION = '<section><h2><span>Every style</span></h2><div class="row">{}</div></section></main>'

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo")
folder.mkdir(parents=True, exist_ok=True)
photo = limner.read_photo(SITTER)
faces = limner.detect_faces(photo)
figures = ""
for style in limner.style_names():
    name = f"style-{style}.png"
    limner.write(limner.draw(photo, style=style, faces=faces), folder / name)
    figures += FIGURE.format(name, style)
    print(f"{style}: drawn", flush=True)
if (page := folder / "index.html").is_file():
    page.write_text(page.read_text("utf-8").replace("</main>", SECTION.format(figures)), "utf-8")
