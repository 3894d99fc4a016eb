"""Bytes and records: a picture's bytes in → `Photo`; records in → PNG, SVG, HP-GL and others, kept whole."""

from limner.files.atomic import sweep, write_bytes
from limner.files.encode import encode_labels, encode_picture
from limner.files.gcode import encode_gcode
from limner.files.hpgl import encode_hpgl
from limner.files.image import read_photo
from limner.files.limits import Limits
from limner.files.ora import encode_ora
from limner.files.svg import encode_outlines, encode_strokes, encode_svg

__all__ = [
    "Limits",
    "encode_gcode",
    "encode_hpgl",
    "encode_labels",
    "encode_ora",
    "encode_outlines",
    "encode_picture",
    "encode_strokes",
    "encode_svg",
    "read_photo",
    "sweep",
    "write_bytes",
]
