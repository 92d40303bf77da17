"""What mkdocs.yml says of each language, read without MkDocs: any stage and any test can ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from markdown import Markdown
from yaml_env_tag import construct_env_tag

ROOT = Path(__file__).resolve().parent.parent
CONFIGS = {"zh": "mkdocs.yml", "en": "mkdocs.en.yml"}


class Loader(yaml.UnsafeLoader):
    """YAML with names of Python objects, and with variables of the environment."""


Loader.add_constructor("!ENV", construct_env_tag)


def settings(language: str) -> dict[str, Any]:
    """All of a language's file, and of the file that it inherits."""
    return read(ROOT / CONFIGS[language])


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader)
    parent = found.pop("INHERIT", None)
    return merged(read(path.parent / parent), found) if parent else found


def nav(names: dict[str, str]) -> list[Any]:
    """The pages of mkdocs.yml in their order, with the names that another language gives."""
    return [{names[name]: pages for name, pages in each.items()} for each in settings("zh")["nav"]]


def merged(general: dict[str, Any], special: dict[str, Any]) -> dict[str, Any]:
    """Mappings entry by entry, anything else as a whole."""
    both = {
        key: merged(general[key], special[key])
        for key in general.keys() & special.keys()
        if isinstance(general[key], dict) and isinstance(special[key], dict)
    }
    return general | special | both


def folders() -> dict[str, str]:
    """Language -> its folder below the site's address."""
    return {row["lang"]: row["folder"] for row in settings("zh")["extra"]["languages"]}


def converter(language: str) -> Markdown:
    """Markdown with the extensions of the site's pages."""
    extensions = settings(language)["markdown_extensions"]
    return Markdown(extensions=list(extensions), extension_configs=extensions)
