"""Turn a photograph into pen strokes on an A5 sheet: SVG for a look, HPGL and G-code for the machine.

python examples/plot_portrait.py [OUT_DIR]
"""

import sys
from pathlib import Path

import limner

sitter = Path(__file__).parent / "samples" / "beard-092.jpg"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

plot = limner.trace_lines(limner.read_photo(sitter), page_mm=(148, 210), margin_mm=12, pen_mm=0.4)
for suffix in (".svg", ".hpgl", ".gcode"):
    limner.write(plot, out / f"plot{suffix}")
print(f"{len(plot.strokes)} strokes in {len(plot.layers)} layers: {', '.join(plot.layers)}")
print(f"{plot.drawn_mm / 1000:.1f} m drawn, {plot.travel_mm / 1000:.1f} m in the air")
