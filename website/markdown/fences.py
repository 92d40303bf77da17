"""What fences of ours have in common: parameters in YAML, an element, errors with page and line.

mkdocs.yml names them in `custom_fences`, each with its function and with `check_header`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import yaml
from markdown import Markdown
from pymdownx.superfences import SuperFencesException

from website.markdown.page import Page, PageError


class FenceError(SuperFencesException, PageError):  # type: ignore[misc]
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


def fence(element: Callable[[str, Page], str]) -> Callable[..., str]:
    """A function of a body and its page, as SuperFences calls it; what it raises has a place."""

    @wraps(element)
    def written(
        source: str, language: str, class_name: str, options: Any, md: Markdown, **rest: Any
    ) -> str:
        page = Page.of(md)
        try:
            return element(source, page)
        except (TypeError, ValueError) as error:
            raise refusal(page, language, source, error) from error

    return written


def refusal(page: Page, language: str, body: str, reason: object) -> FenceError:
    return FenceError(f"{page.at_fence(language, body)}: {language}: {reason}")


def check_header(
    language: str, inputs: dict[str, str], options: Any, attrs: Any, md: Markdown
) -> bool:
    if inputs:
        path = Page.of(md).path
        raise FenceError(f"{path}: {language} takes no options, received {inputs}")
    return True
