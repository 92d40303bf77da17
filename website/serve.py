"""Serve the whole site on 127.0.0.1 and rebuild it when a page, the theme or the package changes.

python -m website.serve [--port 8000]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from website.settings import CONFIGS, ROOT

HOST = "127.0.0.1"
SHARED = ("benchmarks", "convref", "search", "theme", "website", *CONFIGS.values())
LOOK = 0.5  # seconds between two looks for changes
# A file of its own: the site's content policy allows no inline script.
CLIENT = """\
const seen = Number(document.currentScript.dataset.build);
let source;
const listen = () => {
  source = new EventSource("/reload");
  source.onmessage = (event) => Number(event.data) > seen && location.reload();
};
// Hidden tabs do not listen: a browser opens only six connections to one host.
document.addEventListener("visibilitychange", () => (document.hidden ? source?.close() : listen()));
if (!document.hidden) listen();
"""


class Site:
    """The built site: rebuilt where something changed, and left as it is when that fails."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.out = work / "site"
        self.seen: dict[str, dict[Path, int]] = {}
        self.build = 0  # how often it has been built
        self.fresh = threading.Condition()

    def refresh(self) -> None:
        now = {language: state((f"docs/{language}", *SHARED)) for language in CONFIGS}
        # The search of both languages has its synonyms from both glossaries; that can wait.
        changed = [language for language in CONFIGS if now[language] != self.seen.get(language)]
        self.seen = now
        if not changed:
            return
        print(time.strftime("%H:%M:%S"), end=" ", flush=True)
        # A fresh process, which sees a changed package and changed stages.
        places = ("--work", str(self.work), "--out", str(self.out))
        command = [sys.executable, "-m", "website.build", *places, *changed]
        if subprocess.run(command, cwd=ROOT).returncode:
            print("the last good site is still served", file=sys.stderr, flush=True)
            return
        with self.fresh:
            self.build += 1
            self.fresh.notify_all()

    def next_build(self, last: int) -> int:
        """The number of the build after the `last`, or the same again if none comes for long."""
        with self.fresh:
            self.fresh.wait_for(lambda: self.build > last, timeout=10)
            return self.build

    def watch(self) -> None:
        while True:
            time.sleep(LOOK)
            self.refresh()


def state(paths: Iterable[str]) -> dict[Path, int]:
    """The files below `paths` with their times of change."""
    files: dict[Path, int] = {}
    for name in paths:
        top = ROOT / name
        for path in [top, *top.rglob("*")]:
            if path.is_file() and "__pycache__" not in path.parts:
                files[path] = path.stat().st_mtime_ns
    return files


class Server(ThreadingHTTPServer):
    """One that knows its site."""

    daemon_threads = True

    def __init__(self, port: int, site: Site) -> None:
        self.site = site
        super().__init__((HOST, port), Handler)


class Handler(SimpleHTTPRequestHandler):
    """Files of the site; pages also get the script that loads them again after a build."""

    server: Server
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".woff2": "font/woff2",
    }

    def translate_path(self, path: str) -> str:
        self.directory = str(self.server.site.out)
        return super().translate_path(path)

    def do_GET(self) -> None:
        if self.path == "/reload":
            return self.tell_builds()
        if self.path == "/reload.js":
            return self.answer(CLIENT.encode(), "text/javascript")
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if path.is_dir():
            return super().do_GET()  # which leads to the address with a slash
        if not path.exists():
            missing = self.server.site.out / "404.html"
            return self.answer(self.listening(missing), "text/html", HTTPStatus.NOT_FOUND)
        body = self.listening(path) if path.suffix == ".html" else path.read_bytes()
        return self.answer(body, self.guess_type(path))

    def listening(self, path: Path) -> bytes:
        """A page that listens for the next build."""
        script = '<script src="/reload.js" data-build="%d"></script></body>'
        parts = path.read_text("utf-8").rsplit("</body>", 1)
        return (script % self.server.site.build).join(parts).encode()

    def answer(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        text = kind.startswith("text/")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def tell_builds(self) -> None:
        """An event with the number of the build at once, and with that of every later one."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        site = self.server.site
        told = -1
        while True:
            now = site.next_build(told)
            # Without news a comment, which finds out whether anybody still listens.
            event = f"data: {now}\n\n" if now > told else ":\n\n"
            told = now
            try:
                self.wfile.write(event.encode())
            except OSError:
                return

    def log_request(self, *arguments: object) -> None:
        """Requests are no news."""


def free_server(port: int, site: Site) -> Server:
    """A server at `port`, or at the next free one."""
    for candidate in range(port, port + 100):
        try:
            return Server(candidate, site)
        except OSError:
            print(f"port {candidate} is busy, trying {candidate + 1}", flush=True)
    raise SystemExit(f"no free port between {port} and {port + 99}")


def main() -> None:
    assert __doc__
    parser = argparse.ArgumentParser("website.serve", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    with tempfile.TemporaryDirectory(prefix="convref-") as folder:
        site = Site(Path(folder))
        # Bound before the first build, lest the port be lost during it.
        with free_server(port, site) as server:
            address = f"http://{HOST}:{server.server_address[1]}/"
            os.environ["SITE_URL"] = address
            try:
                site.refresh()
                if not site.out.exists():
                    raise SystemExit("the first build failed: nothing to serve yet")
                print(f"\n    {address}        Ctrl-C ends it\n", flush=True)
                threading.Thread(target=site.watch, daemon=True).start()
                server.serve_forever()
            except KeyboardInterrupt:
                print("\nended")


if __name__ == "__main__":
    main()
