"""What comes in is a picture, a stroke or a number, or is refused in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.acceptance.studios import TOKEN, Studio, picture_file, unix
from tests.studio import desk


def test_15_a_200_mb_upload_is_refused_in_words(studio: Studio) -> None:
    with studio.client() as client:

        def pieces() -> Iterator[bytes]:
            for _ in range(200):
                yield bytes(1_000_000)

        for headers in ({"Content-Length": "200000000"}, {}):
            answer = client.post("/v1/photos", content=pieces(), headers=headers)
            assert desk.refusal(answer) == (413, "too_large")
        assert client.get("/healthz").json()["ok"]


@unix
def test_15_what_is_too_large_is_not_kept_in_memory(studio: Studio) -> None:
    # The server alone: workers, which never see an upload that is refused, may still be opening their networks.
    with studio.client() as client:

        def send() -> None:
            answer = client.post("/v1/photos", content=iter([bytes(1_000_000)] * 100))
            assert desk.refusal(answer) == (413, "too_large")

        send()
        before = studio.resident_mb(workers=False)
        for _ in range(4):
            send()
        # A picture may have 30 MB: four kept would be 120, and as many as came 400.
        assert studio.resident_mb(workers=False) < before + 60


def test_15_a_form_of_a_thousand_fields_is_refused(studio: Studio) -> None:
    with studio.client() as client:
        fields = {f"field{k}": "x" for k in range(1000)}
        assert desk.refusal(client.post("/v1/photos", data=fields)) == (415, "wrong_type")
        answer = client.post("/v1/photos", files={"file": picture_file()})
        assert desk.refusal(answer) == (415, "wrong_type")


def test_15_a_length_that_lies_is_no_harm(studio: Studio) -> None:
    head = (
        f"POST /v1/photos HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\n"
        f"X-Limner-Token: {TOKEN}\r\nContent-Length: "
    )
    assert studio.raw(f"{head}{10**30}\r\n\r\n".encode()).split()[1] in (b"400", b"413")
    assert b" 400 " in studio.raw(f"{head}-5\r\n\r\n".encode())[:20]
    with studio.client() as client:
        assert client.get("/healthz").json()["ok"]


def _zip() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("a.txt", "a")
    return stream.getvalue()


def _bomb() -> bytes:
    """Return a PNG whose header claims 60,000 × 60,000."""
    data = bytearray(picture_file())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    return bytes(data)


def _polyglot() -> bytes:
    """Return a zip that begins as a GIF does."""
    return b"GIF89a" + _zip()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_zip(), id="zip named .png"),
        pytest.param(_bomb(), id="bomb"),
        pytest.param(_polyglot(), id="polyglot"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", id="svg"),
        pytest.param(b"%PDF-1.7", id="pdf"),
        pytest.param(picture_file()[:200], id="cut"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_16_what_is_no_picture_is_refused_and_not_kept(client: TestClient, data: bytes) -> None:
    answer = client.post("/v1/photos", content=data, headers={"Content-Type": "image/png"})
    assert desk.refusal(answer) == (422, "unreadable_photo")
    assert answer.headers["x-content-type-options"] == "nosniff"
    app = client.app
    shop = app.app.state.shop  # type: ignore[attr-defined]
    assert len(shop.photos) == 0


def test_16_an_svg_is_refused_by_its_type_alone(client: TestClient) -> None:
    answer = client.post("/v1/photos", content=b"<svg/>", headers={"Content-Type": "image/svg+xml"})
    assert desk.refusal(answer) == (415, "wrong_type")


def test_a_hundred_thousand_strokes_are_refused_and_the_open_work_is_untouched(
    studio: Studio,
) -> None:
    stroke = {"points": [[1, 2], [3, 4]]}
    with studio.client() as client:
        for count in (5_001, 100_000):
            wish = {"version": 9, "add": [stroke] * count}
            answer = client.post("/v1/sketches/open/shadow", json=wish)
            assert desk.refusal(answer) == (413, "too_large")
        # version 1 is no older than anything that is known: the refused ones left no trace
        answer = client.post("/v1/sketches/open/shadow", json={"version": 1, "add": [stroke]})
        assert answer.status_code in (200, 503)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_points_that_are_no_numbers_are_refused(client: TestClient, number: str) -> None:
    body = f'{{"version": 1, "add": [{{"points": [[1, 2], [3, {number}]]}}]}}'
    headers = {"Content-Type": "application/json"}
    answer = client.post("/v1/sketches/c/shadow", content=body, headers=headers)
    assert desk.refusal(answer) == (422, "bad_value")
