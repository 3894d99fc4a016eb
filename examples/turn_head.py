"""Turn a sitter's head, give it another's mouth, show somebody who never lived: python examples/turn_head.py [OUT]."""

import sys
from pathlib import Path

import limner
from limner import api

SAMPLES, SITTERS = Path(__file__).parent / "samples", ("beard-092.jpg", "elder-172.jpg")
HANDS = ("croquis", "hatch", "pencil")
SIDES = [(float(yaw), 0.0) for yaw in range(-30, 31, 10)]
FIGURE = '<p><a href="heads-{0}.png"><img src="heads-{0}.png" alt="Heads, {0}"></a></p>'


def show(out: Path) -> str:
    """Write the pictures of heads; return what the demo's page says of them."""
    sitter, other = (limner.photo_to_head(SAMPLES / name) for name in SITTERS)
    walk = list(limner.orbit(sitter, angles_deg=SIDES, size_px=512, styles=HANDS))
    api.write_bytes(out / "heads-film.webp", api.encode_views(walk, kind="webp"))
    mixed = limner.mix_heads(sitter, other, ["mouth", "brows"])
    rows = [list(limner.orbit(h, angles_deg=SIDES[1::2])) for h in (sitter, other, mixed)]
    drawn = list(limner.orbit(mixed, angles_deg=SIDES[1::2], size_px=512, styles=HANDS))
    random = list(limner.orbit(limner.seed_to_head(7), angles_deg=SIDES, styles=HANDS))
    made = {"turned": walk, "swapped-drawn": drawn, "random": random}
    sheets = {n: api.view_sheet(s) for n, s in made.items()} | {"swapped": api.photo_rows(rows)}
    for name, pixels in sheets.items():
        api.write_bytes(out / f"heads-{name}.png", api.encode_pixels(pixels))
    figures = "".join(FIGURE.format(name) for name in sheets)
    return f"<section><h2><span>Heads that turn</span></h2>{figures}</section></main>"


folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo")
folder.mkdir(parents=True, exist_ok=True)
try:
    section, page = show(folder), folder / "index.html"
    if page.is_file():
        page.write_text(page.read_text("utf-8").replace("</main>", section), "utf-8")
    print(f"Turned, mixed and made heads: {folder / 'heads-turned.png'}")
except limner.MissingWeights as error:
    print(f"No heads were turned. {error}")
