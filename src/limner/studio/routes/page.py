"""The page's own files: a path in → a file of the folder ``page/``, and nothing else on this disk."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fastapi import APIRouter, Request, Response

from limner.studio.errors import Problem

__all__ = ["FOLDER", "TOKEN_MARK", "Pages", "router"]

FOLDER = Path(__file__).resolve().parent.parent / "page"

#: What index.html holds where the token belongs.
TOKEN_MARK = '<meta name="limner-token" content="">'  # noqa: S105 - a mark, no token

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}

router = APIRouter(include_in_schema=False)


class Pages:
    """The files of a folder, by the path that a browser asks for.

    Parameters
    ----------
    folder : Path
    token : str
        Put into index.html.

    Notes
    -----
    A path is looked up in a list of what there is, never joined to a folder's name: no path leads out.
    """

    def __init__(self, folder: Path, token: str) -> None:
        self._folder, self._token = folder, token
        self._files = self._found()

    def _found(self) -> dict[str, Path]:
        return {
            path.relative_to(self._folder).as_posix(): path
            for path in self._folder.rglob("*")
            if path.suffix in _TYPES and path.is_file() and not path.is_symlink()
        }

    def read(self, path: str) -> tuple[bytes, str]:
        """Return a file and its media type.

        Raises
        ------
        Problem
            404 if there is none.
        """
        name = path or "index.html"
        if name not in self._files:
            self._files = self._found()  # while the page is being written, files come and go
        try:
            data = self._files[name].read_bytes()
        except (KeyError, OSError):
            raise Problem(404, "not_found", "There is nothing at this address.") from None
        if name == "index.html":
            told = TOKEN_MARK.replace('""', f'"{self._token}"')
            data = data.replace(TOKEN_MARK.encode(), told.encode())
        return data, _TYPES[self._files[name].suffix]


@router.get("/{path:path}")
def show(path: str, request: Request) -> Response:
    """Return a file of the page."""
    pages = request.app.state.pages
    assert isinstance(pages, Pages)  # noqa: S101 - the app's own
    data, kind = pages.read(path)
    tag = f'"{hashlib.sha256(data).hexdigest()[:24]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=kind, headers=headers)
