"""Numbers in prose carry an expression that the tests evaluate; readers never see it.

`15<!--= size(16, kernel=3) -->` is shown as 15; a code span can carry one too, which gives a
text, and so can a formula. Removing the comment while Markdown is parsed keeps it out of headings,
page titles, tables of contents and the search index too.
"""

from __future__ import annotations

import re

from markdown.preprocessors import Preprocessor

from website.markdown.page import Page, PageError

MARK = re.compile(
    r"(?P<shown>[-−+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|`[^`\n]+`|\$\$[^$]+\$\$|\$[^$\n]+\$)"
    r"<!--=\s*(?P<expression>.+?)\s*-->"
)


class Marks(Preprocessor):
    """Takes the expressions out."""

    def run(self, lines: list[str]) -> list[str]:
        text = MARK.sub(r"\g<shown>", "\n".join(lines))
        if "<!--=" in text:
            at = text.index("<!--=")
            place = Page.of(self.md).at_text(text[at:])
            near = text[max(0, at - 20) : at + 40]
            raise PageError(f"{place}: a mark must follow a number, code or a formula: {near!r}")
        return text.split("\n")
