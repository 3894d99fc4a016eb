"""Heads: a face in a photograph, or a seed, in → a head that can be turned, shown and changed part by part."""

from limner.heads.edit import blend, mix, resample
from limner.heads.encode import encode_photo, from_source, head_crop
from limner.heads.file import decode_head, encode_head, read_head, write_head
from limner.heads.ink import InkHolder, KeyViews
from limner.heads.mesh import Mesh, to_mesh
from limner.heads.paint import paint_map
from limner.heads.render import BACKGROUNDS, HeadRenderer
from limner.heads.sample import sample_head

__all__ = [
    "BACKGROUNDS",
    "HeadRenderer",
    "InkHolder",
    "KeyViews",
    "Mesh",
    "blend",
    "decode_head",
    "encode_head",
    "encode_photo",
    "from_source",
    "head_crop",
    "mix",
    "paint_map",
    "read_head",
    "resample",
    "sample_head",
    "to_mesh",
    "write_head",
]
