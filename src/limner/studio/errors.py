"""What went wrong, as HTTP says it: an exception in → status, code and two sentences (problem+json).

The one table from Limner's errors to statuses stands here, as that of exit codes stands in ``limner.cli``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from limner import errors
from limner.studio.jobs.hand import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

__all__ = ["REMEDIES", "STATUSES", "Problem", "install", "problem_of"]

_log = logging.getLogger("limner.studio")

#: What each of Limner's errors is to HTTP: status, code; the first match counts.
STATUSES: tuple[tuple[type[BaseException], int, str], ...] = (
    (errors.NoFace, 422, "no_face"),
    (errors.EmptySketch, 422, "empty_sketch"),
    (errors.UnreadablePhoto, 422, "unreadable_photo"),
    (errors.UnknownName, 422, "unknown_name"),
    (errors.BadShape, 422, "bad_value"),
    (errors.InputError, 422, "bad_value"),
    (errors.OutputError, 422, "bad_value"),
    (errors.MissingExtra, 415, "wrong_type"),
    (errors.WeightsError, 503, "missing_weights"),
)

#: What to do, by code: never empty, so that a page can always say it.
REMEDIES: dict[str, str] = {
    "bad_json": "Send a JSON object, as /docs describes it.",
    "bad_request": "Send the request again as /docs describes it.",
    "wrong_host": "Open the address that limner studio printed when it started.",
    "wrong_origin": "Open the studio's own page; other pages may not use it.",
    "wrong_token": "Load the page again: the studio was started anew since.",
    "gone": "Send it again: the studio keeps things in memory only, and not for long.",
    "not_found": "See /docs for what there is.",
    "not_allowed": "See /docs for the method that this address takes.",
    "too_slow_body": "Send it again over a faster way, or send less.",
    "stale": "Nothing: a newer request took this one's place.",
    "unknown_base": "Send all strokes, with base null and keep 0.",
    "too_large": "Send less; /v1/limits tells how much is taken.",
    "wrong_type": "Send the file's own bytes: JPEG, PNG, WebP, GIF or TIFF.",
    "bad_value": "Change the value and send it again.",
    "unreadable_photo": "Save it anew as JPEG or PNG and send that.",
    "no_face": "Choose a picture with a face, or ask for the whole picture.",
    "empty_sketch": "Draw a stroke first.",
    "unknown_name": "Choose one of the names that there are.",
    "busy": "Try again in a moment.",
    "worker_died": "Try again; if it happens each time, report the picture that does it.",
    "missing_weights": "Run limner doctor; it tells what is not installed.",
    "too_slow": "Try a smaller picture.",
    "fault": "Try again, and report it with what the terminal shows.",
}

_TITLES = {
    400: "Bad request",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    408: "Request timeout",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported type",
    422: "Cannot be used",
    499: "Client closed request",
    500: "Fault",
    503: "Unavailable",
    504: "Too slow",
}
_CODES = {400: "bad_request", 404: "not_found", 405: "not_allowed", 415: "wrong_type"}


class Problem(HTTPException):
    """An answer that is no result.

    Parameters
    ----------
    status : int
    code : str
        A key of `REMEDIES`.
    detail : str
        A sentence: what came, what was wanted.
    headers : mapping, optional
        More headers of the answer.

    Examples
    --------
    >>> Problem(404, "gone", "There is no such photograph.").as_json()["code"]
    'gone'
    """

    def __init__(
        self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        """Let a problem travel back from a worker process."""
        return Problem, (self.status_code, self.code, self.detail, self.headers)

    def as_json(self) -> dict[str, object]:
        """Return the body of the answer."""
        return {
            "status": self.status_code,
            "code": self.code,
            "title": _TITLES.get(self.status_code, "Error"),
            "detail": self.detail,
            "what_to_do": REMEDIES.get(self.code, REMEDIES["fault"]),
        }

    def response(self) -> JSONResponse:
        """Return the answer."""
        return JSONResponse(
            self.as_json(),
            self.status_code,
            headers=dict(self.headers or {}),
            media_type="application/problem+json",
        )


def problem_of(error: BaseException) -> Problem:
    """Return what `error` is to HTTP.

    Examples
    --------
    >>> from limner.errors import NoFace
    >>> problem_of(NoFace("Nobody.")).status_code
    422
    """
    if isinstance(error, Problem):
        return error
    for kind, status, code in STATUSES:
        if isinstance(error, kind):
            return Problem(status, code, str(error))
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, MemoryError):
        return Problem(413, "too_large", "The memory ran out over this.")
    said = str(error) if isinstance(error, Fault) else f"{type(error).__name__}: {error}"
    first_line = said.splitlines()[0].rstrip(".")
    return Problem(500, "fault", f"A fault of Limner itself: {first_line[:300]}.")


def _of_http(error: HTTPException) -> Problem:
    status = error.status_code
    sentence = {
        400: "The body is not what was wanted: a JSON object.",
        404: "There is nothing at this address.",
        405: "This address does not take that method.",
    }.get(status, str(error.detail))
    return Problem(status, _CODES.get(status, "bad_request"), sentence, error.headers)


def _of_validation(error: RequestValidationError) -> Problem:
    """Return the first thing that is wrong with a request's values, in words."""
    first = error.errors()[0]
    where = ".".join(str(p) for p in first.get("loc", ())[1:]) or "the body"
    what = str(first.get("msg", "is wrong"))
    if first.get("type") == "json_invalid":
        return Problem(400, "bad_json", f"The body is no JSON: {first['ctx']['error']}.")
    if first.get("type") == "too_long":
        most = first.get("ctx", {}).get("max_length")
        return Problem(413, "too_large", f"{where} holds more than {most}, the most that is taken.")
    given = first.get("input")
    shown = f" (got {given!r:.60})" if isinstance(given, str | int | float | bool) else ""
    return Problem(422, "bad_value", f"{where}: {what[:1].lower()}{what[1:]}{shown}.")


def install(app: FastAPI) -> None:
    """Make `app` answer every exception as a problem."""

    def on_validation(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - only these are sent here
        return _of_validation(error).response()

    def on_any(request: Request, error: Exception) -> JSONResponse:
        problem = problem_of(error)
        if problem.code == "fault":
            _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return problem.response()

    app.add_exception_handler(RequestValidationError, on_validation)
    for kind in (HTTPException, errors.LimnerError, Exception):
        app.add_exception_handler(kind, on_any)
