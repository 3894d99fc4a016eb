"""What a user asks to keep of a photograph's own metadata: its bytes in → an EXIF block that fits a drawing of it.

Nothing is kept unless it is asked for. What describes the file and not the scene, its size, turn, thumbnail, colour
profile and the maker's private notes, is never kept: it would be untrue of the drawing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from limner.files.decode import decode, guarded
from limner.files.limits import usual_limits
from limner.files.sniff import sniff
from limner.files.source import fetch

if TYPE_CHECKING:
    from limner.files.limits import Limits
    from limner.files.source import ByteSource

__all__ = ["keepsake"]

#: Description, make, model, date, artist, copyright.
_TOLD = (270, 271, 272, 306, 315, 33432)
_EXIF, _GPS = 0x8769, 0x8825
#: The maker's notes, the size in px, the pointer to still another block.
_UNTRUE = (0x927C, 0xA002, 0xA003, 0xA005)
#: A JPEG's segment holds no more.
_MOST_BYTES = 65_000


def keepsake(source: ByteSource, *, limits: Limits | None = None) -> bytes:
    """Return what may be kept of a photograph's EXIF: who, when, where, with what.

    Parameters
    ----------
    source : path, bytes or binary stream
        The photograph.
    limits : Limits, optional
        As for `read_photo`.

    Returns
    -------
    bytes
        For `encode_picture`; empty if there is nothing to keep, or it is damaged.

    Raises
    ------
    UnreadablePhoto
        If it is no picture.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> told, file = Image.Exif(), io.BytesIO()
    >>> told[315] = "Ada"
    >>> told[274] = 6
    >>> Image.new("RGB", (32, 32)).save(file, "JPEG", exif=told)
    >>> kept = Image.Exif()
    >>> kept.load(keepsake(file.getvalue()))
    >>> dict(kept)
    {315: 'Ada'}
    """
    limits = limits or usual_limits()
    data, name = fetch(source, limits)
    image = decode(data, sniff(data, name), name, frame=0, limits=limits)
    with guarded(name):
        try:
            found = image.getexif()
            kept = Image.Exif()
            for tag in _TOLD:
                if tag in found:
                    kept[tag] = found[tag]
            for block in (_EXIF, _GPS):
                inside = {k: v for k, v in found.get_ifd(block).items() if k not in _UNTRUE}
                if inside:
                    kept[block] = inside
            told = kept.tobytes() if len(kept) else b""
        # A damaged block raises whatever its bytes lead to.
        except (OSError, SyntaxError, ValueError, LookupError, TypeError, AttributeError):
            return b""
    return told if len(told) <= _MOST_BYTES else b""
