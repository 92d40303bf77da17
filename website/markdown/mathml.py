"""TeX becomes MathML at build: no script in the browser, and bad TeX fails the build."""

from __future__ import annotations

import html
import re

from markdown.postprocessors import Postprocessor
from math_core import LatexError, LatexToMathML

from website.markdown.page import Page, PageError
from website.settings import ROOT

CONVERTER = LatexToMathML(fancy_error=False)
FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\(?P<open>[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>', re.S
)
# A sign after a formula stays on its line.
FOLLOWED = re.compile(
    r"(<math(?![^>]*block)(?:(?!</math>).)*</math>)([,.;:!?)，。、；：！？）”]+)", re.S
)
SIGN = re.compile(r"<(?P<tag>m[ino])(?P<attributes>[^>]*)>(?P<text>[^<]*)<")
STYLE = re.compile(r' style="(?P<style>[^"]*)"')
INVISIBLE = "\u2061\u2062\u2063\u2064\ufe00"
DRAWN = INVISIBLE + (ROOT / "theme/assets/fonts/stix-two-math-subset.txt").read_text("utf-8")
LABEL = {"zh": "公式", "en": "Formula"}

ITALICS = {chr(ord("A") + i): chr(0x1D434 + i) for i in range(26)}
ITALICS |= {chr(ord("a") + i): chr(0x1D44E + i) for i in range(26)} | {"h": "\u210e"}
ITALICS |= {chr(0x391 + i): chr(0x1D6E2 + i) for i in range(25)}
ITALICS |= {chr(0x3B1 + i): chr(0x1D6FC + i) for i in range(25)}
ITALICS |= {"∂": "\U0001d715", "ϵ": "\U0001d716", "ϕ": "\U0001d719"}

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
    if missing := signs(mathml) - set(DRAWN):
        raise ValueError(f"the math font lacks {sorted(missing)}: add it with website/math_font.py")
    return STYLE.sub(named, mathml)


def signs(mathml: str) -> set[str]:
    """The characters that a browser draws with the math font."""
    found = set()
    for match in SIGN.finditer(mathml):
        text = html.unescape(match["text"])
        # A lone letter is drawn in italics, which are characters of their own.
        lone = match["tag"] == "mi" and len(text) == 1 and "normal" not in match["attributes"]
        found |= set(ITALICS.get(text, text) if lone else text)
    return found


class Formulas(Postprocessor):
    """Puts MathML in the place of what pymdownx.arithmatex has marked as TeX."""

    def run(self, text: str) -> str:
        text = FORMULA.sub(self.formula, text)
        return FOLLOWED.sub(r'<span class="formula">\1\2</span>', text)

    def formula(self, match: re.Match[str]) -> str:
        page = Page.of(self.md)
        tex, display = html.unescape(match["tex"]), match["open"] == "["
        try:
            mathml = convert(tex, display=display)
        except (LatexError, ValueError) as error:
            raise PageError(f"{page.at_text(tex)}: {error}, in the formula {tex!r}") from error
        if not display:
            return mathml
        # A wide formula scrolls by itself, by keyboard too.
        label = LABEL[page.language]
        return (
            f'<div class="math-block" role="group" aria-label="{label}" tabindex="0">{mathml}</div>'
        )
