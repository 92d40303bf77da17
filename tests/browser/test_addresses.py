"""What a page tells others of itself: its card, and its repository, if that was named."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import served
from tests.browser.served import ROOT, Served, SitePage, serve, site_directory, text_pages

REPOSITORY = "https://github.com/somebody/convref"
PATH = "/docs/"


def html_of(page: SitePage, directory: Path | None = None) -> str:
    return (directory or site_directory()).joinpath(page.path, "index.html").read_text("utf-8")


def properties(html: str) -> dict[str, str]:
    found = re.findall(
        r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', html
    )
    return {name: unescape(value) for name, value in found}


def test_every_page_has_a_card() -> None:
    pictures = set()
    for page in text_pages():
        html = html_of(page)
        card = properties(html)
        address = re.search(r'rel="canonical" href="([^"]+)"', html)
        assert address and card["og:url"] == address[1], page
        assert card["og:title"] and card["og:title"] in unescape(html.split("</title>")[0]), page
        assert len(card["og:description"]) > 20, page
        assert card["og:locale"] == {"zh": "zh_CN", "en": "en_GB"}[page.language], page
        root = card["og:url"].removesuffix(page.path)
        picture = site_directory() / card["og:image"].removeprefix(root)
        data = picture.read_bytes()
        assert data.startswith(b"\x89PNG"), page
        size = struct.unpack(">II", data[16:24])
        assert size == (int(card["og:image:width"]), int(card["og:image:height"])), page
        assert len(data) < 150 * 1024, f"{page}: networks refuse heavy pictures"
        pictures.add(data)
    assert len(pictures) > 10, "the pages' cards are all the same"


def test_pages_name_no_tool_and_wait_for_no_script() -> None:
    for page in text_pages():
        html = html_of(page)
        assert 'name="generator"' not in html and "_mkdocstrings.css" not in html, page
        scripts = re.findall(r"<script [^>]*src=[^>]*>", html)
        assert len(scripts) > 2, page
        assert all("defer" in each or 'type="module"' in each for each in scripts), page


def test_without_an_address_nothing_speaks_of_it() -> None:
    """A site for hosting may be what is tested here: then its address is everywhere."""
    named = bool(os.environ.get("REPO_URL"))
    for page in text_pages():
        html = html_of(page)
        for sign in ("md-source", "page-links", "data-report"):
            assert (sign in html) == named, f"{page}: {sign}"
        assert named or "pip install git+" not in html, page


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The site as it is built for hosting, with the repository's address."""
    out = tmp_path_factory.mktemp("hosted") / "site"
    subprocess.run(
        [sys.executable, "-m", "website.build", "--out", str(out)],
        cwd=ROOT,
        env=os.environ | {"REPO_URL": REPOSITORY, "SITE_URL": f"https://site.invalid{PATH}"},
        check=True,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(served, "site_directory", lambda: out)
        with serve(PATH) as server:
            yield server


@pytest.mark.xdist_group("hosted")  # one build for both
@pytest.mark.parametrize("language", ["zh", "en"])
def test_with_an_address(hosted: Served, fresh_page: Page, language: str) -> None:
    page = SitePage("learn/stride/", language)
    asked: list[str] = []
    fresh_page.on("request", lambda request: asked.append(request.url))
    fresh_page.goto(hosted.url(page), wait_until="networkidle")
    assert asked and all(url.startswith(hosted.origin) for url in asked), asked
    expect(fresh_page.locator("header a.md-source")).to_have_attribute("href", REPOSITORY)
    edit = fresh_page.locator(".page-links a[rel=edit]")
    expect(edit).to_have_attribute(
        "href", f"{REPOSITORY}/edit/main/docs/{language}/learn/stride.md"
    )
    report = reported(fresh_page.locator(".page-links a[data-report]").get_attribute("href"))
    address = f"https://site.invalid{PATH}{page.path}"
    assert fresh_page.locator("h1").inner_text().strip("¶⚑ \n") in report["title"]
    assert address in report["body"] and "PyTorch 2.13" in report["body"], report
    place = fresh_page.locator("h2#by-hand a.report")
    assert f"{address}#by-hand\n" in reported(place.get_attribute("href"))["body"]
    fresh_page.goto(hosted.url(SitePage("", language)))
    expect(fresh_page.locator("article")).to_contain_text(f"pip install git+{REPOSITORY}")


def reported(address: str | None) -> dict[str, str]:
    assert address
    parts = urllib.parse.urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{REPOSITORY}/issues/new"
    return dict(urllib.parse.parse_qsl(parts.query))
