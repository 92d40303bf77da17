"""TeX becomes MathML at build: no script in the browser, and bad TeX fails the build."""

from __future__ import annotations

import html
import re
from typing import Any

from math_core import LatexError, LatexToMathML
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

CONVERTER = LatexToMathML(fancy_error=False)
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\(?P<open>[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>', re.S
)
STYLE = re.compile(r' style="(?P<style>[^"]*)"')
LABEL = {"zh": "公式", "en": "Formula"}

# The content policy forbids style attributes: each one that the converter writes has a class.
CLASSES = {
    "text-align: right;justify-items: end;padding-right: 0;": "tex-right",
    "text-align: left;justify-items: start;padding-left: 0;": "tex-left",
    "text-align: left;justify-items: start;padding-right: 0;": "tex-case",
    "text-align: left;justify-items: start;padding-right: 0;padding-left:1em;": "tex-case-next",
}


def convert(tex: str, *, display: bool) -> str:
    def named(match: re.Match[str]) -> str:
        try:
            return f' class="{CLASSES[match["style"]]}"'
        except KeyError:
            raise ValueError(f"no class stands for the style {match['style']!r}") from None

    mathml = CONVERTER.convert_with_local_state(tex, displaystyle=display)
    return STYLE.sub(named, mathml)


def on_page_content(content: str, page: Any, config: MkDocsConfig, files: Any) -> str:
    label = LABEL[config.theme["language"]]

    def formula(match: re.Match[str]) -> str:
        tex, display = html.unescape(match["tex"]), match["open"] == "["
        try:
            mathml = convert(tex, display=display)
        except (LatexError, ValueError) as error:
            raise PluginError(f"{page.file.src_uri}: {error}, in the formula {tex!r}") from error
        if not display:
            return mathml
        # A wide formula scrolls by itself, by keyboard too.
        return (
            f'<div class="math-block" role="group" aria-label="{label}" tabindex="0">{mathml}</div>'
        )

    return FORMULA.sub(formula, content)
