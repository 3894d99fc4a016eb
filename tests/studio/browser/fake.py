"""A server that answers the page's calls with made pictures, quickly and always alike: the page alone is on trial."""

from __future__ import annotations

import io
import json
import mimetypes
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image, ImageDraw, ImageOps
from tests.studio.browser.pictures import SIDE, ball, encode, portrait, shadow, spiral

from limner import studio
from limner.records import CLASS_COLORS, CLASSES

PAGE = Path(studio.__file__).parent / "page"
#: What the real server sends; a page that breaks it is broken.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; worker-src 'self' blob:; font-src 'self'; media-src 'self' blob:; "
    "manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
STYLES = (
    ("croquis", "Croquis: thin, quick contours", "network"),
    ("hatch", "Hatch: bold black strokes", "network"),
    ("pencil", "Pencil: soft shading", "network"),
    ("lines", "Lines: clean, no artist", "lines"),
)
PARTS = ("hair", "skin", "nose", "left-eye", "right-eye", "mouth", "neck", "clothes")


@dataclass
class Memory:
    """What the fake has been told, and how it shall behave."""

    token: str = field(default_factory=lambda: secrets.token_hex(8))
    photos: dict[str, Image.Image] = field(default_factory=dict)
    sketches: dict[str, tuple[int, list[dict[str, Any]]]] = field(default_factory=dict)
    heads: dict[str, Image.Image] = field(default_factory=dict)
    painted: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    full: bool = False
    calls: list[tuple[str, str]] = field(default_factory=list)
    people: int = 1
    body_mb: int = 30
    ready: bool = True
    delay_s: float = 0.0
    away: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, word: str) -> int:
        """Return how many calls had `word` in their path."""
        return sum(word in path for _, path in self.calls)

    def forget(self) -> None:
        """Be a new process: another token, nothing known."""
        self.token = secrets.token_hex(8)
        self.photos.clear()
        self.sketches.clear()
        self.heads.clear()


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, detail: str = "It cannot be.") -> None:
        super().__init__(detail)
        self.status, self.code = status, code


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    memory: Memory

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""

    def send(self, data: bytes, kind: str, status: int = 200, **more: str) -> None:
        """Answer."""
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": POLICY,
            **{k.replace("_", "-"): v for k, v in more.items()},
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def tell(self, value: object, status: int = 200) -> None:
        """Answer with JSON."""
        self.send(json.dumps(value).encode(), "application/json", status)

    def show(self, picture: Image.Image, **facts: object) -> None:
        """Answer with a picture."""
        about = {"width": picture.width, "height": picture.height, "ms": 1, "notes": [], **facts}
        self.send(encode(picture), "image/png", Limner_Facts=json.dumps(about))

    def do_GET(self) -> None:
        """Answer a GET."""
        self.answer(b"")

    def do_DELETE(self) -> None:
        """Forget nothing; say that it was done."""
        self.send(b"", "text/plain", 204)

    def do_POST(self) -> None:
        """Answer a POST."""
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, body: bytes) -> None:
        """Find who answers."""
        path = self.path.split("?")[0]
        with self.memory.lock:
            self.memory.calls.append((self.command, path))
        try:
            if self.memory.away:
                # connections that the browser kept open end too
                raise ConnectionResetError
            if not path.startswith("/v1"):
                self.page(path)
                return
            if self.headers.get("X-Limner-Token") != self.memory.token:
                raise Refusal(403, "wrong_token")
            time.sleep(self.memory.delay_s)
            for pattern, act in ROUTES:
                found = re.fullmatch(pattern, path)
                if found:
                    act(self, *found.groups(), body)
                    return
            raise Refusal(404, "not_found")
        except Refusal as no:
            problem = {"status": no.status, "code": no.code, "detail": str(no), "what_to_do": ""}
            self.send(json.dumps(problem).encode(), "application/problem+json", no.status)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def page(self, path: str) -> None:
        """Answer with a file of the page."""
        if path == "/healthz":
            self.tell({"ok": True})
            return
        file = PAGE / (path.lstrip("/") or "index.html")
        if not file.is_file() or PAGE not in file.resolve().parents:
            raise Refusal(404, "not_found")
        data = file.read_bytes()
        if file.name == "index.html":
            blank = b'<meta name="limner-token" content="">'
            assert blank in data
            data = data.replace(blank, blank[:-2] + self.memory.token.encode() + b'">')
        self.send(data, mimetypes.guess_type(file.name)[0] or "application/octet-stream")

    def state(self, body: bytes) -> None:
        """Tell what there is."""
        known = {"ready": True, "sentence": ""}
        missing = {"ready": False, "sentence": "The network sketches-parts is not installed."}
        self.tell(
            {
                "version": "0.0.fake",
                "warm": True,
                "rooms": {
                    "draw": known,
                    "sketch": known if self.memory.ready else missing,
                    "turn": known if self.memory.ready else missing,
                },
                "limits": {
                    "body_mb": self.memory.body_mb,
                    "megapixels": 60,
                    "photos": 64,
                    "strokes": 5000,
                },
                "styles": [{"name": n, "title": t, "kind": k} for n, t, k in STYLES],
                "parts": list(PARTS),
                "head_parts": ["skin", "nose", "hair", "eyes"],
                "classes": list(CLASSES),
                "class_colors": ["#{:02x}{:02x}{:02x}".format(*color) for color in CLASS_COLORS],
                "components": ["rest", "mouth", "nose", "right-eye", "left-eye"],
            }
        )

    def receive(self, body: bytes) -> None:
        """Take a photograph."""
        try:
            picture = ImageOps.exif_transpose(Image.open(io.BytesIO(body)).convert("RGB"))
        except OSError:
            raise Refusal(422, "unreadable_photo", "This file is no picture.") from None
        name = secrets.token_hex(6)
        self.memory.photos[name] = picture
        self.tell(
            {"photo": name, "width": picture.width, "height": picture.height, "notes": []}, 201
        )

    def photo(self, name: str) -> Image.Image:
        """Return a photograph that was sent."""
        if name not in self.memory.photos:
            raise Refusal(404, "gone")
        return self.memory.photos[name]

    def faces(self, name: str, body: bytes) -> None:
        """Find as many people as were ordered, side by side."""
        width, height = self.photo(name).size
        step = width / max(1, self.memory.people)
        boxes = [
            [step * (k + 0.3), height * 0.3, step * (k + 0.7), height * 0.7]
            for k in range(self.memory.people)
        ]
        faces = [{"index": k, "box": box, "score": 0.9} for k, box in enumerate(boxes)]
        self.tell({"faces": faces, "width": width, "height": height})

    def drawing(self, name: str, body: bytes) -> None:
        """Draw: edges, and the style's name in a corner."""
        wish = json.loads(body)
        if not self.memory.people and not wish["whole_picture"]:
            raise Refusal(422, "no_face", "No face was found.")
        picture = self.photo(name).copy()
        picture.thumbnail((wish["max_side"] or 8000,) * 2)
        grey = ImageOps.autocontrast(ImageOps.grayscale(picture))
        levels = {"croquis": 120, "hatch": 90, "pencil": 0, "lines": 160}
        style = wish["style"] if isinstance(wish["style"], str) else wish["style"]["all"]
        level = levels.get(style, 100)
        made = grey.point(lambda v: 255 if v > level else 20) if level else grey
        ImageDraw.Draw(made).text((8, 8), style, fill=0)
        self.show(made)

    def plot(self, name: str, body: bytes) -> None:
        """Plot a spiral."""
        wish = json.loads(body)
        width, height = wish["page_mm"]
        strokes, lines = spiral(width, height)
        about = {"page_mm": [width, height], "pen_mm": wish["pen_mm"], "minutes": 7.5}
        about |= {"draw_mm": 8123.4, "travel_mm": 1210.1, "travel_mm_lines": lines}
        self.tell({**about, "strokes": strokes})

    def sketch(self, canvas: str, what: str, body: bytes) -> None:
        """Keep the strokes as the real server does; answer with a picture of them."""
        wish = json.loads(body)
        with self.memory.lock:
            version, strokes = self.memory.sketches.get(canvas, (0, []))
            if wish["version"] < version:
                raise Refusal(409, "stale")
            if wish["version"] > version:
                if wish["base"] is not None and wish["base"] != version:
                    raise Refusal(409, "unknown_base")
                strokes = strokes[: wish["keep"]] if wish["base"] is not None else []
                strokes = [*strokes, *wish["add"]]
                self.memory.sketches[canvas] = (wish["version"], strokes)
        if what == "shadow":
            self.show(shadow())
            return
        if not strokes:
            raise Refusal(422, "empty_sketch", "The canvas is blank.")
        self.show(
            portrait(strokes, 256 if what == "preview" else 512),
            ink_kept=0.83,
            version=wish["version"],
        )

    def strokes(self, name: str, body: bytes) -> None:
        """Find two lines in any photograph."""
        lines = [[[100, 200, 1], [200, 180, 0.7]], [[300, 180, 0.7], [400, 200, 1]]]
        self.tell(
            {"strokes": [{"points": line, "width": 2, "part": "hair"} for line in lines], "face": 0}
        )

    def crop(self, name: str, body: bytes) -> None:
        """Crop the middle."""
        self.show(ImageOps.fit(self.photo(name), (SIDE, SIDE)))

    def take(self, body: bytes) -> None:
        """Take everything."""
        wish = json.loads(body)
        self.tell({"strokes": wish["onto"] + wish["from"], "kept": len(wish["onto"])})

    def morph(self, body: bytes) -> None:
        """Answer with the nearer one."""
        wish = json.loads(body)
        self.show(
            portrait((wish["a"] if wish["t"] < 0.5 else wish["b"])["strokes"], wish["size"]),
            ink_kept=0.5,
        )

    def head(self, *rest: Any) -> None:
        """Make a head: a ball of skin."""
        labels = Image.new("L", (256, 256))
        ImageDraw.Draw(labels).ellipse((51, 38, 205, 218), fill=CLASSES.index("skin"))
        self.born(labels)

    def born(self, labels: Image.Image) -> None:
        """Tell of a head with a map."""
        name = secrets.token_hex(5)
        self.memory.heads[name] = labels
        plain = {"from": "seed", "seed": 7, "edited": [], "parts": ["hair"]}
        self.tell({"head": name, **plain, "yaw_deg": 0, "pitch_deg": 0}, 201)

    def map_of(self, name: str) -> Image.Image:
        """Return the map of a head, the same from every side."""
        if name not in self.memory.heads:
            raise Refusal(404, "gone")
        return self.memory.heads[name]

    def paint(self, name: str, body: bytes) -> None:
        """Keep a painted map."""
        if self.memory.full:
            raise Refusal(422, "bad_value", "The head carries 12 painted maps already.")
        before, after = self.map_of(name), Image.open(io.BytesIO(body)).convert("RGB")
        planes = after.split()
        assert len({p.tobytes() for p in planes}) == 1, "bare ids are grey"
        if planes[0].tobytes() == before.tobytes():
            self.tell({"head": name}, 201)
            return
        self.born(planes[0])
        made = list(self.memory.heads)[-1]
        self.memory.painted.append((name, made, parse_qs(urlsplit(self.path).query)))

    def head_file(self, name: str, body: bytes) -> None:
        """Answer with a file that opens again."""
        self.send(b"head" + self.map_of(name).tobytes(), "application/octet-stream")

    def open_head(self, body: bytes) -> None:
        """Open such a file."""
        self.born(Image.frombytes("L", (256, 256), body[4:]))

    def view(self, name: str, body: bytes) -> None:
        """Show a ball that turns."""
        wish = json.loads(body)
        side, yaw = wish["size"], wish["yaw_deg"]
        labels = self.map_of(name).resize((side, side), Image.Resampling.NEAREST)
        labels.putpalette(bytes(v for color in CLASS_COLORS for v in color))
        if wish["show"] == "labels":
            self.show(labels.convert("RGB"), yaw_deg=yaw, pitch_deg=wish["pitch_deg"])
            return
        self.show(ball(side, yaw), yaw_deg=yaw, pitch_deg=wish["pitch_deg"])


ROUTES: tuple[tuple[str, Callable[..., None]], ...] = (
    (r"/v1/state", Handler.state),
    (r"/v1/photos", Handler.receive),
    (r"/v1/photos/(\w+)/faces", Handler.faces),
    (r"/v1/photos/(\w+)/drawing", Handler.drawing),
    (r"/v1/photos/(\w+)/plot", Handler.plot),
    (r"/v1/photos/(\w+)/strokes", Handler.strokes),
    (r"/v1/photos/(\w+)/crop", Handler.crop),
    (r"/v1/photos/(\w+)/picture", Handler.crop),
    (r"/v1/sketches/([\w-]+)/(shadow|preview|photo)", Handler.sketch),
    (r"/v1/strokes/take", Handler.take),
    (r"/v1/morph", Handler.morph),
    (r"/v1/heads", Handler.head),
    (r"/v1/heads/file", Handler.open_head),
    (r"/v1/heads/(\w+)/edit", Handler.head),
    (r"/v1/heads/(\w+)/paint", Handler.paint),
    (r"/v1/heads/(\w+)/file", Handler.head_file),
    (r"/v1/heads/(\w+)/view", Handler.view),
)


class Fake:
    """The server in a thread; `stop` and `start` again are a crash and a restart."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Listen, on the same port as before."""
        self.memory.away = False
        handler = type("Bound", (Handler,), {"memory": self.memory})
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        self.memory.away = True
        self.server.shutdown()
        self.server.server_close()
