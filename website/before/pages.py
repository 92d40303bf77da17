"""The pages in a folder of their own, each with a line that says where it comes from."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from website.before import notebooks, repository
from website.markdown.page import signed
from website.settings import ROOT

# What GitHub shows as a notebook is for the builder the page that is made of it.
NOTEBOOK = re.compile(r"(\]\([^)\s:]+)\.ipynb(?=[)#])")


def write(source: Path, docs: Path, language: str, address: str, repo_url: str) -> None:
    """Everything below `source`, to be rendered for `address`."""
    for path in sorted(source.rglob("*")):
        target = docs / path.relative_to(source)
        shown = path.relative_to(ROOT).as_posix()
        if path.suffix == ".md":
            text = repository.with_install(path.read_text("utf-8"), language, repo_url)
            put(target, signed(NOTEBOOK.sub(r"\1.md", text), shown))
        elif path.suffix == ".ipynb":
            text = NOTEBOOK.sub(r"\1.md", notebooks.page(path, language))
            put(target.with_suffix(".md"), signed(text, shown))
            # Beside its page, where it has links that work wherever it is opened.
            beside = target.with_suffix("") / target.name
            put(beside, notebooks.portable(path, source, address))
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
