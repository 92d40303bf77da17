"""`make serve`: pages that load themselves again after a build, whatever the content policy."""

import http.client
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from website import serve
from website.after.security import policy

PAGE = "<!doctype html><p>One</p></body>"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[serve.Server]:
    site = serve.Site(tmp_path)
    (site.out / "learn").mkdir(parents=True)
    for name in ("index.html", "learn/index.html", "404.html"):
        (site.out / name).write_text(f"{name}{PAGE}", "utf-8")
    (site.out / "a.js").write_text("1", "utf-8")
    with serve.free_server(0, site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def asked(server: serve.Server, path: str) -> http.client.HTTPResponse:
    host, port = server.server_address[:2]
    connection = http.client.HTTPConnection(str(host), port, timeout=5)  # a comment comes after 10
    connection.request("GET", path)
    return connection.getresponse()


def test_pages_listen_and_other_files_do_not(server: serve.Server) -> None:
    for path in ("/", "/learn/", "/learn/?h=stride", "/learn/index.html"):
        answer = asked(server, path)
        body = answer.read().decode()
        assert answer.status == 200 and "One" in body
        assert '<script src="/reload.js" data-build="0"></script></body>' in body
    assert asked(server, "/a.js").read() == b"1"
    assert "javascript" in asked(server, "/reload.js").headers["Content-Type"]
    assert asked(server, "/learn").headers["Location"].endswith("/learn/")


def test_what_is_missing_gets_the_page_that_says_so(server: serve.Server) -> None:
    for path in ("/nowhere/", "/learn/nowhere.html", "/../../etc/passwd"):
        answer = asked(server, path)
        assert answer.status == 404 and answer.read().startswith(b"404.html")


def test_a_build_is_told_to_those_who_listen(
    server: serve.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = asked(server, "/reload")
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.readline() == b"data: 0\n"
    built = []

    def run(command: list[str], cwd: Path) -> object:
        built.append(command)
        return type("Done", (), {"returncode": len(built) - 1})

    monkeypatch.setattr(subprocess, "run", run)
    states = iter([{"zh": 1}, {"en": 1}] * 2 + [{"zh": 2}, {"en": 1}])
    monkeypatch.setattr(serve, "state", lambda paths: next(states))
    server.site.refresh()
    assert answer.readline() == b"\n" and answer.readline() == b"data: 1\n"
    assert built[0][-2:] == ["zh", "en"]
    server.site.refresh()
    assert len(built) == 1, "nothing has changed"
    server.site.refresh()
    assert built[1][-1] == "zh" and "en" not in built[1]
    assert server.site.build == 1, "a build that failed is none"


def test_the_content_policy_lets_the_script_in() -> None:
    """From the site itself, and without a line in the page."""
    rules = dict(part.split(" ", 1) for part in policy(PAGE).split("; "))
    assert rules["script-src"] == rules["default-src"] == "'self'"
    assert "connect-src" not in rules and "EventSource" in serve.CLIENT
