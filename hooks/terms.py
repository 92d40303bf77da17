"""The glossary's Chinese terms become words for the search, so that 互相关 is not cut in two."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import jieba
from mkdocs.config.defaults import MkDocsConfig

HEADING = re.compile(r"^###\s+(?P<title>.+?)\s*\{#[\w-]+\}\s*$", re.M)
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
FREQUENT = 100_000  # above every word of the dictionary that could cut a term in two


def terms(glossary: str) -> list[str]:
    titles = (match["title"] for match in HEADING.finditer(glossary))
    return [term for title in titles for term in CHINESE.findall(title)]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    jieba.setLogLevel(logging.WARNING)
    glossary = Path(config.config_file_path).parent / "docs/zh/reference/glossary.md"
    for term in terms(glossary.read_text("utf-8")):
        jieba.add_word(term, freq=FREQUENT)
    return config
