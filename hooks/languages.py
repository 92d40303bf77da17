"""Two sites that know of each other: addresses, and the same page in the other language."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.utils import get_relative_url

# Language -> its folder below the public address, and its own name.
LANGUAGES = {"zh": ("", "中文"), "en": ("en/", "English")}


def public_address() -> str:
    return os.environ.get("SITE_URL", "http://127.0.0.1:8000/").rstrip("/") + "/"


@event_priority(100)  # before any plugin reads site_url
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    folder, _ = LANGUAGES[config.theme["language"]]
    config.site_url = public_address() + folder
    # One scope for both languages: the palette chosen in one holds in the other.
    config.extra["scope"] = urlsplit(public_address()).path
    return config


def alternates(url: str, language: str) -> list[dict[str, Any]]:
    """The page `url` of the site in `language`, once per language."""
    here = LANGUAGES[language][0] + url
    return [
        {
            "lang": lang,
            "name": name,
            "address": public_address() + folder + url,
            "link": get_relative_url(folder + url or ".", here),
            "current": lang == language,
        }
        for lang, (folder, name) in LANGUAGES.items()
    ]


def on_page_context(
    context: dict[str, Any], page: Any, config: MkDocsConfig, nav: Any
) -> dict[str, Any]:
    url = "" if page.url == "./" else page.url
    context["languages"] = alternates(url, config.theme["language"])
    return context


def on_template_context(
    context: dict[str, Any], template_name: str, config: MkDocsConfig
) -> dict[str, Any]:
    """404.html is served at any depth: its links are absolute paths."""
    context["languages"] = [
        row | {"link": urlsplit(row["address"]).path}
        for row in alternates("", config.theme["language"])
    ]
    return context
