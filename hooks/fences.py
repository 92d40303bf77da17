"""What fences of ours have in common: parameters in YAML, an element, errors with page and line."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import yaml
from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from pymdownx.superfences import SuperFencesException


class FenceError(SuperFencesException, PluginError):
    """SuperFences would swallow any other error and show the fence as text."""


def parameters(body: str) -> dict[str, Any]:
    """The `key: value` lines of a fence."""
    try:
        given = yaml.safe_load(body)
    except yaml.YAMLError as error:
        raise ValueError(f"not `key: value` lines: {' '.join(str(error).split())}") from error
    if not isinstance(given, dict):
        raise ValueError("the body must be `key: value` lines")
    if not all(isinstance(key, str) for key in given):
        raise ValueError(f"every key must be a word, received {list(given)}")
    return given


class Fence(ABC):
    """Turns the fences of one language into elements, page after page."""

    language: ClassVar[str]  # the word behind the back-ticks

    def begin(self, path: Path, shown: str) -> None:
        """A page begins: its name stands in errors."""
        self.path, self.shown = path, shown

    def on_page(self, page: Any, config: MkDocsConfig) -> None:
        """The same, for MkDocs."""
        path = Path(page.file.abs_src_path)
        self.begin(path, str(path.relative_to(Path(config.config_file_path).absolute().parent)))

    def register(self, config: MkDocsConfig) -> None:
        """Tell SuperFences of the fence."""
        known = config.mdx_configs.setdefault("pymdownx.superfences", {})
        known["custom_fences"] = [*known.get("custom_fences", []), self.fence()]

    def fence(self) -> dict[str, Any]:
        """What SuperFences needs to know."""
        return {
            "name": self.language,
            "class": self.language,
            "format": self.format,
            "validator": self.check_header,
        }

    def check_header(
        self, language: str, inputs: dict[str, str], options: Any, attrs: Any, md: Markdown
    ) -> bool:
        if inputs:
            raise FenceError(f"{self.shown}: {self.language} takes no options, received {inputs}")
        return True

    def format(
        self, source: str, language: str, class_name: str, options: Any, md: Markdown, **rest: Any
    ) -> str:
        try:
            return self.element(source)
        except (TypeError, ValueError) as error:
            self.refuse(source, error)

    @abstractmethod
    def element(self, body: str) -> str:
        """The HTML of a fence; a TypeError or a ValueError refuses it."""

    def refuse(self, body: str, reason: object) -> NoReturn:
        raise FenceError(f"{self.shown}:{self.line_of(body)}: {self.language}: {reason}")

    def line_of(self, body: str) -> int:
        """The line of the page on which the fence with this body begins."""
        wanted = [line.strip() for line in body.split("\n")]
        lines = [line.strip("> \t") for line in self.path.read_text("utf-8").splitlines()]
        for at, line in enumerate(lines):
            if self.language in line and lines[at + 1 : at + 1 + len(wanted)] == wanted:
                return at + 1
        return 1
