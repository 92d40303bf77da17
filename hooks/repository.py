"""The address of the repository, named once when the site is built for hosting: REPO_URL.

With it come the link in the header, "edit this page" and "report an error" under every page, and
the line that installs without a clone. Without it there is none of them.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError

# Where a page says how convref is installed from a clone, the way without one follows.
INSTALL = "```console\n$ pip install .\n```\n"
WITHOUT_CLONE = {
    "zh": "不克隆仓库，也可以直接从它的地址安装：",
    "en": "Without a clone, from the repository's address:",
}
REPORT = {
    "zh": ("页面有误：{page}", "页面：{address}\n版本：{versions}\n\n哪里不对，应该是什么：\n"),
    "en": (
        "Error on the page: {page}",
        "Page: {address}\nVersions: {versions}\n\nWhat is wrong, and what would be right:\n",
    ),
}


class Forge(NamedTuple):
    """How a host of repositories writes its addresses, on the branch `main`."""

    edit: str
    issue: str
    title: str
    text: str


GITHUB = Forge("edit/main", "issues/new", "title", "body")
GITLAB = Forge("-/edit/main", "-/issues/new", "issue[title]", "issue[description]")


def repository() -> str:
    """The address from the environment, or nothing."""
    address = os.environ.get("REPO_URL", "").strip().removesuffix("/").removesuffix(".git")
    if address and urlsplit(address).scheme not in ("http", "https"):
        raise ConfigurationError(f"REPO_URL must be an http(s) address, received {address!r}")
    return address


def forge(address: str) -> Forge:
    return GITLAB if "gitlab" in (urlsplit(address).hostname or "") else GITHUB


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    if address := repository():
        config.repo_url = address
        config.repo_name = urlsplit(address).path.strip("/")
        config.edit_uri = f"{forge(address).edit}/docs/{config.theme['language']}/"
    return config


def on_page_markdown(markdown: str, page: Any, config: MkDocsConfig, files: Any) -> str:
    if not config.repo_url:
        return markdown
    line = f"{WITHOUT_CLONE[config.theme['language']]}\n\n```console\n$ pip install git+{{}}\n```\n"
    return markdown.replace(INSTALL, f"{INSTALL}\n{line.format(config.repo_url)}")


def report(page: Any, config: MkDocsConfig) -> str:
    """A new issue about a page; a script adds the section that is being read to its address."""
    title, text = REPORT[config.theme["language"]]
    names = forge(config.repo_url)
    query = {
        names.title: title.format(page=page.title),
        names.text: text.format(
            address=page.canonical_url, versions=", ".join(config.extra["versions"])
        ),
    }
    return f"{config.repo_url}/{names.issue}?{urlencode(query)}"


def on_page_context(
    context: dict[str, Any], page: Any, config: MkDocsConfig, nav: Any
) -> dict[str, Any]:
    if config.repo_url:
        context["report"] = report(page, config)
    return context
