"""Put two sitters into one picture and draw both.

python examples/two_people.py [OUT_DIR]
"""

import sys
from pathlib import Path

import numpy as np

import limner

samples = Path(__file__).parent / "samples"
out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

left, right = (limner.read_photo(samples / n) for n in ("fringe-087.jpg", "long-hair-041.jpg"))
both = limner.Photo(np.concatenate([left.pixels, right.pixels], axis=1))
for number, face in enumerate(limner.detect_faces(both), start=1):
    print(f"Face {number} of score {face.score:.2f} at x {face.box[0]:.0f} to {face.box[2]:.0f}")
limner.write(limner.draw(both, style="croquis"), out / "two-people.png")
