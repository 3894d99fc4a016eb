"""What a file says of its own making: a `Recipe` in → XMP packet, RDF and one-line text that name the tool and how."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from limner.errors import BadShape

if TYPE_CHECKING:
    from limner.records import Recipe

__all__ = ["as_text", "creator", "rdf", "xmp_packet"]

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"

#: What XML 1.0 cannot hold, and lone surrogates, which UTF-8 cannot.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def creator(recipe: Recipe) -> str:
    """Return the tool's name and version.

    Examples
    --------
    >>> from limner.records import Recipe
    >>> creator(Recipe("draw", version="1.2.0"))
    'Limner 1.2.0'
    """
    return f"Limner {_fit(recipe.version)}".strip()


def as_text(recipe: Recipe) -> str:
    r"""Return the recipe's JSON as text that XML and UTF-8 can hold.

    Examples
    --------
    >>> from limner.records import Recipe
    >>> as_text(Recipe("draw", {"note": "\ufffe"}))[:33]
    '{"settings":{"note":"\\ufffe"},"so'
    """
    return _fit(recipe.as_json())


def _fit(text: str) -> str:
    # In JSON an escape reads back as the same character.
    return _UNFIT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def rdf(recipe: Recipe) -> str:
    """Return the RDF that stands inside an SVG's metadata or an XMP packet.

    Parameters
    ----------
    recipe : Recipe

    Returns
    -------
    str
        One ``rdf:RDF`` element; equal recipes give equal text.

    Raises
    ------
    BadShape
        If the recipe's source type is no single word of the IPTC list's form.

    References
    ----------
    IPTC Photo Metadata Standard 2023.2, "Digital Source Type"; Adobe XMP specification, part 1.
    """
    if not re.fullmatch(r"[A-Za-z]+", recipe.source_type):
        raise BadShape(
            f"The recipe's source type is {recipe.source_type!r}; wanted a word such as "
            "'algorithmicMedia'."
        )
    tool, text = html.escape(creator(recipe)), html.escape(as_text(recipe))
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        ' xmlns:limner="urn:limner:recipe">'
        f"<xmp:CreatorTool>{tool}</xmp:CreatorTool>"
        f"<Iptc4xmpExt:DigitalSourceType>{_SOURCE_TYPES}{recipe.source_type}"
        "</Iptc4xmpExt:DigitalSourceType>"
        f"<limner:Recipe>{text}</limner:Recipe>"
        "</rdf:Description></rdf:RDF>"
    )


def xmp_packet(recipe: Recipe) -> bytes:
    """Return the XMP packet for a PNG, JPEG or WebP.

    Parameters
    ----------
    recipe : Recipe

    Returns
    -------
    bytes
        UTF-8.
    """
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf(recipe)}</x:xmpmeta><?xpacket end="r"?>'
    )
    return packet.encode("utf-8")
