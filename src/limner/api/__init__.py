"""The verbs: a file, photo or record goes in → a face, map, line drawing, plot or drawing comes out.

This package composes the rooms and holds no algorithm. It imports none of them before a verb is called, so that
``import limner`` stays light. Every verb takes one positional argument; randomness comes only from `seed`; no verb
keeps state, so all may be called from several threads at once.
"""

from limner.api._about import (
    cache_folder,
    configure,
    find_style,
    information,
    style_names,
    weights_table,
)
from limner.api._compose import (
    Composed,
    compose,
    compose_morph,
    compose_recipe,
    drawn_canvas,
    encode_composed,
    sketch_parts,
)
from limner.api._doctor import Check, doctor
from limner.api._draw import check_wish, draw, drawn_lines, largest_face, paper_names
from limner.api._edit import edit_head, read_labels
from limner.api._heads import (
    camera_facts,
    encode_depth,
    encode_pixels,
    export_head,
    mix_heads,
    photo_to_head,
    read_head,
    seed_to_head,
    view_recipe,
    write_head,
)
from limner.api._licenses import licenses
from limner.api._lines import extract_lines, trace_lines
from limner.api._orbit import Turned, encode_views, orbit, photo_rows, view_holder, view_sheet
from limner.api._photo import detect_faces, parse_face, read_photo
from limner.api._places import Place, list_place, make_folder, place, place_state
from limner.api._score import (
    count_votes,
    keep_scores,
    preference_page,
    score_pair,
    score_styles,
    score_views,
)
from limner.api._score_heads import score_heads
from limner.api._write import (
    KIND_OF_SUFFIX,
    encode,
    encode_outlines,
    kept_metadata,
    make_recipe,
    write,
    write_bytes,
)

__all__ = [
    "KIND_OF_SUFFIX",
    "Check",
    "Composed",
    "Place",
    "Turned",
    "cache_folder",
    "camera_facts",
    "check_wish",
    "compose",
    "compose_morph",
    "compose_recipe",
    "configure",
    "count_votes",
    "detect_faces",
    "doctor",
    "draw",
    "drawn_canvas",
    "drawn_lines",
    "edit_head",
    "encode",
    "encode_composed",
    "encode_depth",
    "encode_outlines",
    "encode_pixels",
    "encode_views",
    "export_head",
    "extract_lines",
    "find_style",
    "information",
    "keep_scores",
    "kept_metadata",
    "largest_face",
    "licenses",
    "list_place",
    "make_folder",
    "make_recipe",
    "mix_heads",
    "orbit",
    "paper_names",
    "parse_face",
    "photo_rows",
    "photo_to_head",
    "place",
    "place_state",
    "preference_page",
    "read_head",
    "read_labels",
    "read_photo",
    "score_heads",
    "score_pair",
    "score_styles",
    "score_views",
    "seed_to_head",
    "sketch_parts",
    "style_names",
    "trace_lines",
    "view_holder",
    "view_recipe",
    "view_sheet",
    "weights_table",
    "write",
    "write_bytes",
    "write_head",
]
