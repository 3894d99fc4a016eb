"""Say what share of a picture each part of the portrait covers.

python examples/name_parts.py
"""

from pathlib import Path

import limner

photo = limner.read_photo(Path(__file__).parent / "samples" / "braids-062.jpg")
(face,) = limner.detect_faces(photo)
print(f"Face at {face.box.round().tolist()}, turned {face.yaw_deg:.0f} degrees")

parts = limner.parse_face(photo)
for name in limner.PARTS:
    share = parts.part(name).mean()
    if share > 0:
        print(f"{name:12s} {share:6.1%}")
