"""What kind of file it is: its first bytes in → a format that Limner reads, or the name of another and what to do."""

from __future__ import annotations

import re

from limner.errors import UnreadablePhoto

__all__ = ["READ", "sniff"]

#: Formats that are decoded; every other is refused before any decoder sees it.
READ = ("jpeg", "png", "webp", "gif", "tiff", "heic")

_AS_JPEG = "Export it as JPEG or PNG and give that."
_DEVELOP = "Develop it in a photo program, export it as JPEG and give that."
_STILL = "Export one frame as JPEG or PNG and give that."
_UNPACK = "Unpack it and give a picture from it."

#: Magic bytes, where they stand, and the format that they mean.
_OURS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
)
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_OTHERS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%!PS", "a PostScript (EPS) file", _AS_JPEG),
    (0, b"\xc5\xd0\xd3\xc6", "an EPS file", _AS_JPEG),
    (0, b"8BPS", "a Photoshop (PSD) file", _AS_JPEG),
    (0, b"gimp xcf", "a GIMP (XCF) file", _AS_JPEG),
    (0, b"BM", "a BMP picture", _AS_JPEG),
    (0, b"\0\0\1\0", "an icon (ICO) file", _AS_JPEG),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture", _AS_JPEG),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture", _AS_JPEG),
    (0, b"\xff\x0a", "a JPEG XL picture", _AS_JPEG),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture", _AS_JPEG),
    (0, b"SIMPLE  =", "a FITS file", _AS_JPEG),
    (128, b"DICM", "a DICOM file", _AS_JPEG),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR picture", _AS_JPEG),
    (0, b"#?RADIANCE", "a Radiance HDR picture", _AS_JPEG),
    (0, b"qoif", "a QOI picture", _AS_JPEG),
    (0, b"DDS ", "a DDS texture", _AS_JPEG),
    (0, b"FUJIFILMCCD-RAW", "a camera raw (RAF) file", _DEVELOP),
    (0, b"IIU\0", "a camera raw (RW2) file", _DEVELOP),
    (0, b"IIRO", "a camera raw (ORF) file", _DEVELOP),
    (0, b"\x1aE\xdf\xa3", "a video", _STILL),
    (0, b"PK\x03\x04", "a zip archive", _UNPACK),
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (0, b"Rar!", "a RAR archive", _UNPACK),
    (0, b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (0, b"\x7fELF", "a program", "Give a picture."),
    (0, b"MZ", "a program", "Give a picture."),
)

#: ISO base media brands: Apple's and others' pictures share the container with films.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}


def sniff(data: bytes, name: str) -> str:
    """Return which of `READ` the bytes are, by content and never by name.

    Parameters
    ----------
    data : bytes
        The file, or at least its first kilobyte.
    name : str
        How the message calls the file.

    Returns
    -------
    str
        One of `READ`.

    Raises
    ------
    UnreadablePhoto
        If it is anything else, naming what it is and what to do.

    Examples
    --------
    >>> sniff(b"GIF89a...", "holiday.jpg")
    'gif'
    >>> sniff(b"8BPS....", "me.jpg")
    Traceback (most recent call last):
    limner.errors.UnreadablePhoto: me.jpg is a Photoshop (PSD) file, whatever its name says. Export it as JPEG ...
    """
    for at, magic, kind in _OURS:
        if data.startswith(magic, at):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return _media(data, name)
    if data.startswith(_TIFF):
        if data[8:10] == b"CR":
            raise _refusal(name, "a camera raw (CR2) file", _DEVELOP)
        return "tiff"
    raise _refusal(name, *_stranger(data))


def _refusal(name: str, what: str, remedy: str) -> UnreadablePhoto:
    return UnreadablePhoto(f"{name} is {what}, whatever its name says. {remedy}")


def _media(data: bytes, name: str) -> str:
    """Tell HEIC from AVIF, raw and film by the brands of the first box."""
    length = min(int.from_bytes(data[:4], "big"), 512)
    brands = {data[8:12], *(data[i : i + 4] for i in range(16, length, 4))}
    if brands & _AVIF_BRANDS:
        raise _refusal(name, "an AVIF picture", _AS_JPEG)
    if b"crx " in brands:
        raise _refusal(name, "a camera raw (CR3) file", _DEVELOP)
    if brands & _HEIC_BRANDS:
        return "heic"
    raise _refusal(name, "a video", _STILL)


def _stranger(data: bytes) -> tuple[str, str]:
    for at, magic, what, remedy in _OTHERS:
        if data.startswith(magic, at):
            return what, remedy
    if b"%PDF-" in data[:1024]:
        return "a PDF document", "Export the page as JPEG or PNG and give that."
    if data.startswith(b"RIFF"):
        return "a video or sound", _STILL
    if re.match(rb"P[1-7]\s", data):
        return "a PNM picture", _AS_JPEG
    if not any(data[:4096]):
        return "nothing but zeros", "Copy or download it again."
    return _writing(data)


def _writing(data: bytes) -> tuple[str, str]:
    """Name what looks like text, else give up."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if re.search(rb"<svg[\s>:]", head) or head.startswith(b"<!doctype svg"):
        return "an SVG drawing", _AS_JPEG
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page", "Download the picture itself, not the page that shows it."
    # Cut inside a letter is still text: drop up to three last bytes.
    for cut in range(4):
        try:
            text = data[: 4096 - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        if all(c.isprintable() or c.isspace() for c in text):
            return "a text file", "Give a picture: JPEG, PNG, WebP, GIF or TIFF."
        break
    return "no picture that Limner knows", "Give a JPEG, PNG, WebP, GIF or TIFF."
