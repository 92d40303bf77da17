"""Serve the whole site on 127.0.0.1 and rebuild it when a page, the theme or the package changes.

python tools/serve.py [--port 8000]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse

from mkdocs.livereload import LiveReloadServer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.build import CONFIGS, ROOT, BuildError, assemble, build_languages

HOST = "127.0.0.1"
SHARED = ("convref", "hooks", "search", "theme", *CONFIGS.values())
CLIENT = """\
const epoch = Number(document.currentScript.dataset.epoch);
let poll;
const wait = async () => {
  poll = new AbortController();
  try {
    const answer = await fetch(`/livereload/${epoch}/0`, { signal: poll.signal });
    if (Number(await answer.text()) > epoch) location.reload();
    else setTimeout(wait, answer.ok ? 0 : 2000);
  } catch (error) {
    if (error.name !== "AbortError") setTimeout(wait, 2000);
  }
};
// Hidden tabs do not wait: a browser opens only six connections to one host.
document.addEventListener("visibilitychange", () => (document.hidden ? poll?.abort() : wait()));
if (!document.hidden) wait();
"""


class Server(LiveReloadServer):
    """MkDocs' server, with its script as a file: the site's content policy allows no inline one."""

    def _serve_request(self, environ: dict[str, Any], start_response: StartResponse) -> Any:
        if environ["PATH_INFO"] != "/livereload.js":
            return super()._serve_request(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/javascript; charset=utf-8")])
        return [CLIENT.encode()]

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        script = b'<script src="/livereload.js" data-epoch="%d"></script></body>' % epoch
        return script.join(content.rsplit(b"</body>", 1))


def free_server(port: int, root: Path) -> Server:
    """A server bound to `port`, or to the next free one."""
    for candidate in range(port, port + 100):
        server = Server(lambda: None, HOST, candidate, str(root))
        try:
            server.server_bind()
            server.server_activate()
        except OSError:
            server.server_close()
            print(f"port {candidate} is busy, trying {candidate + 1}", flush=True)
        else:
            return server
    raise SystemExit(f"no free port between {port} and {port + 99}")


def state(paths: Iterable[str]) -> dict[Path, int]:
    """The files below `paths` with their times of change."""
    files: dict[Path, int] = {}
    for name in paths:
        top = ROOT / name
        for path in [top, *top.rglob("*")]:
            if path.is_file() and "__pycache__" not in path.parts:
                files[path] = path.stat().st_mtime_ns
    return files


class Site:
    """The built site: rebuilt where something changed, and left as it is when that fails."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.out = work / "site"
        self.seen: dict[str, dict[Path, int]] = {}

    def refresh(self) -> None:
        now = {language: state((f"docs/{language}", *SHARED)) for language in CONFIGS}
        # The search of both languages has its synonyms from both glossaries; that can wait.
        changed = [language for language in CONFIGS if now[language] != self.seen.get(language)]
        self.seen = now
        if not changed:
            return
        print(time.strftime("%H:%M:%S"), end=" ", flush=True)
        try:
            build_languages(self.work, changed)
            assemble(self.work, self.out)
        except BuildError as error:
            print(f"{error}\nthe last good site is still served", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    with tempfile.TemporaryDirectory(prefix="convref-") as folder:
        site = Site(Path(folder))
        server = free_server(port, site.out)
        address = f"http://{HOST}:{server.server_port}/"
        os.environ["SITE_URL"] = address
        server.builder = site.refresh
        site.refresh()
        if not site.out.exists():
            raise SystemExit("the first build failed: nothing to serve yet")
        missing = site.out / "404.html"
        server.error_handler = lambda code: missing.read_bytes() if code == 404 else None
        for name in ("docs", *SHARED):
            server.watch(str(ROOT / name))
        # Bound already, lest the port be lost during the first build; serve() would bind again.
        server.server_bind = server.server_activate = lambda: None  # type: ignore[method-assign]
        print(f"\n    {address}        Ctrl-C ends it\n", flush=True)
        try:
            server.serve()
        except KeyboardInterrupt:
            print("\nended")
        finally:
            server.shutdown()


if __name__ == "__main__":
    main()
