"""The built site: its pages, and a server that puts it below its path, as GitHub Pages does."""

from __future__ import annotations

import gzip
import http.server
import os
import re
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("docs", "theme", "website", "search", "convref", "mkdocs.yml", "mkdocs.en.yml")
COMPRESSIBLE = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".map", ".inv"}


@dataclass(frozen=True)
class SitePage:
    """One page of one language; `name` is the same in both."""

    name: str
    language: str

    @property
    def path(self) -> str:
        """Below the site's address."""
        return self.name if self.language == "zh" else f"en/{self.name}"

    @property
    def other(self) -> SitePage:
        return SitePage(self.name, "en" if self.language == "zh" else "zh")

    @property
    def is_text(self) -> bool:
        return self.name != "404.html"

    def __str__(self) -> str:
        return f"{self.language}:{self.name or 'index'}"


@dataclass(frozen=True)
class Look:
    palette: Literal["light", "dark"]
    width: int

    def __str__(self) -> str:
        return f"{self.palette}-{self.width}"


PALETTES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@cache
def site_directory() -> Path:
    """SITE_DIR, which `make browser` has just built, else site/ if it is up to date."""
    named = os.environ.get("SITE_DIR")
    directory = ROOT / (named or "site")
    built = directory / "index.html"
    if not built.exists():
        raise RuntimeError(
            f"no built site in {directory}: run `make browser`, or `make site` first"
        )
    if not named:
        files = (file for name in SOURCES for file in (ROOT / name, *(ROOT / name).rglob("*")))
        newest = max((file for file in files if file.is_file()), key=lambda f: f.stat().st_mtime)
        if newest.stat().st_mtime > built.stat().st_mtime:
            raise RuntimeError(f"site/ is older than {newest.relative_to(ROOT)}: `make site` first")
    return directory


@cache
def pages() -> tuple[SitePage, ...]:
    """Every page that was built, found in the folder: no page can be forgotten here."""
    found = []
    for file in sorted(site_directory().rglob("*.html")):
        path = file.relative_to(site_directory()).as_posix()
        path = path.removesuffix("index.html")
        language = "en" if path.startswith("en/") else "zh"
        found.append(SitePage(path.removeprefix("en/"), language))
    return tuple(found)


@cache
def text_pages() -> tuple[SitePage, ...]:
    return tuple(page for page in pages() if page.is_text)


@cache
def base_path() -> str:
    """The path that the site was built for: its own canonical address tells."""
    html = (site_directory() / "index.html").read_text("utf-8")
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', html)
    assert canonical, "the home page names no canonical address"
    path = urllib.parse.urlsplit(canonical[1]).path
    assert path.endswith("/"), f"the site's address must end with a slash: {canonical[1]}"
    return path


@cache
def compressed(file: Path) -> int:
    """The bytes that a host transfers."""
    body = file.read_bytes()
    return len(gzip.compress(body, compresslevel=6) if file.suffix in COMPRESSIBLE else body)


@dataclass(frozen=True)
class Answer:
    path: str
    status: int
    file: Path


@dataclass
class Served:
    origin: str
    path: str = field(default_factory=base_path)  # below which the site stands
    answers: list[Answer] = field(default_factory=list)

    @property
    def address(self) -> str:
        return self.origin + self.path

    def url(self, page: SitePage) -> str:
        return self.address + page.path

    def wait_until_quiet(self, seconds: float = 0.25) -> None:
        """Workers fetch where the browser's own "network idle" does not look."""
        seen = -1
        while seen != len(self.answers):
            seen = len(self.answers)
            time.sleep(seconds)


class Handler(http.server.SimpleHTTPRequestHandler):
    served: Served
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".woff2": "font/woff2",
    }

    def do_GET(self) -> None:
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        status, file = HTTPStatus.OK, self.find(path)
        if file is None:
            # Only pages get the page that says so: GitHub Pages sends it for everything.
            status, file = HTTPStatus.NOT_FOUND, site_directory() / "404.html"
        body = file.read_bytes()
        self.served.answers.append(Answer(path, status, file))
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def find(self, path: str) -> Path | None:
        if not path.startswith(self.served.path):
            return None
        below = path.removeprefix(self.served.path)
        file = (site_directory() / below).resolve()
        if not file.is_relative_to(site_directory().resolve()):
            return None
        if below == "" or below.endswith("/"):
            file = file / "index.html"
        return file if file.is_file() else None

    def log_message(self, *arguments: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection early is no fault."""


@contextmanager
def serve(path: str | None = None) -> Iterator[Served]:
    """The site, below the path that it was built for or below another."""
    served = Served("", path or base_path())
    handler = type("SiteHandler", (Handler,), {"served": served})
    with Server(("127.0.0.1", 0), handler) as server:
        served.origin = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield served
        server.shutdown()
        thread.join()
