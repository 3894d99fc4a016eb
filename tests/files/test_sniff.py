from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limner.errors import UnreadablePhoto
from limner.files.sniff import READ, sniff

BRANDS = b"\0\0\0\x18ftyp%s\0\0\0\0mif1%s"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"II*\0\x08\0\0\0\x0c\0", "tiff"),
        (b"MM\0*\0\0\0\x08", "tiff"),
        (b"II+\0\x08\0\0\0", "tiff"),
        (BRANDS % (b"heic", b"heic"), "heic"),
        (BRANDS % (b"mif1", b"heic"), "heic"),
    ],
)
def test_what_is_read_is_known_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert sniff(head, "x.txt") == kind
    assert kind in READ


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0", "EPS"),
        (b"\xc5\xd0\xd3\xc6", "EPS"),
        (b"8BPS\0\1", "PSD"),
        (b"%PDF-1.7", "PDF"),
        (b"junk\n%PDF-1.7", "PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- by hand -->\n<SVG >", "SVG"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"Dear diary,\n", "text file"),
        ("é".encode() * 3000, "text file"),
        (b"BM\x36\0", "BMP"),
        (b"SIMPLE  =                    T", "FITS"),
        (bytes(128) + b"DICM", "DICOM"),
        (BRANDS % (b"avif", b"avif"), "AVIF"),
        (BRANDS % (b"crx ", b"crx "), "CR3"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp41mp42", "video"),
        (b"II*\0\x10\0\0\0CR\2\0", "CR2"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"PK\x03\x04", "zip"),
        (b"P6\n4 4\n255\n", "PNM"),
        (bytes(500), "zeros"),
        (b"\x9f\x80\x01\x02", "no picture that Limner knows"),
    ],
)
def test_a_stranger_is_named_and_a_remedy_given(head: bytes, words: str) -> None:
    with pytest.raises(UnreadablePhoto) as caught:
        sniff(head, "photo.jpg")
    message = str(caught.value)
    assert message.startswith("photo.jpg is ")
    assert words in message
    assert message.count(".") >= 3, "a second sentence says what to do"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_known_kind_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnreadablePhoto):
        assert sniff(data, "x") in READ
