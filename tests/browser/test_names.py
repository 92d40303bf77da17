"""A file whose name carries a hash carries that of its own content: no cache gives an older one."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import material

from tests.browser.served import site_directory, text_pages

HASH = re.compile(r"[.-]([0-9a-f]{8,})(?=\.)")
THEME = Path(material.__file__).parent / "templates"
CONFIG = re.compile(r'<script id="__config" type="application/json">(.*?)</script>', re.S)
EXPLORER = re.compile(r'<script type="module" src="([^"]*assets/explorer/[^"]*)"')


def belied(directory: Path) -> list[str]:
    """Files whose name has another hash than their content, and that the theme did not name so."""
    found = []
    for file in sorted(directory.rglob("*")):
        if not (file.is_file() and (hash := HASH.search(file.name))):
            continue
        content = file.read_bytes()
        given = THEME / file.relative_to(directory).as_posix().removeprefix("en/")
        as_given = given.is_file() and given.read_bytes() == content
        if not as_given and not sha256(content).hexdigest().startswith(hash[1]):
            found.append(str(file.relative_to(directory)))
    return found


def test_hashes_in_names_are_of_the_content(tmp_path: Path) -> None:
    assert belied(site_directory()) == []
    given = next(THEME.glob("assets/javascripts/bundle.*.min.js"))
    changed = tmp_path / given.relative_to(THEME)
    changed.parent.mkdir(parents=True)
    changed.write_bytes(given.read_bytes() + b"\n")
    assert belied(tmp_path) == [str(changed.relative_to(tmp_path))]


def test_pages_name_the_scripts_that_there_are() -> None:
    """The search's worker and the explorer, by names with a hash."""
    explorers = 0
    for page in text_pages():
        folder = site_directory() / page.path
        html = (folder / "index.html").read_text("utf-8")
        config = CONFIG.search(html)
        assert config, page
        scripts = [json.loads(config[1])["search"], *EXPLORER.findall(html)]
        assert len(scripts) == 1 + ("<conv-explorer" in html), page
        explorers += len(scripts) - 1
        for script in scripts:
            assert (folder / script).is_file() and HASH.search(script), f"{page}: {script}"
    assert explorers > 10
