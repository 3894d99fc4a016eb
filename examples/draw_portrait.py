"""Draw one photograph in one style.

python examples/draw_portrait.py [OUT_DIR]
"""

import sys
from pathlib import Path

import limner

sitter = Path(__file__).parent / "samples" / "curls-001.jpg"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

photo = limner.read_photo(sitter)
drawing = limner.draw(photo, style="pencil")
limner.write(drawing, out / "portrait.png")
print(f"{drawing.style}, {drawing.size_px[0]} by {drawing.size_px[1]} px: {out / 'portrait.png'}")
