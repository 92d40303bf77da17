"""Numbers in prose carry an expression that the tests evaluate; readers never see it.

`15<!--= size(16, kernel=3) -->` is shown as 15; a code span can carry one too, which gives a
text, and so can a formula. Removing the comment while Markdown is parsed keeps it out of headings,
page titles, tables of contents and the search index too.
"""

from __future__ import annotations

import re
from typing import Any

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from mkdocs.config.defaults import MkDocsConfig

MARK = re.compile(
    r"(?P<shown>[-−+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?|`[^`\n]+`|\$\$[^$]+\$\$|\$[^$\n]+\$)"
    r"<!--=\s*(?P<expression>.+?)\s*-->"
)


class RemoveMarks(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        text = MARK.sub(r"\g<shown>", "\n".join(lines))
        if "<!--=" in text:
            at = text.index("<!--=")
            raise ValueError(
                f"a mark must follow a number, code or a formula: {text[at - 20 : at + 40]!r}"
            )
        return text.split("\n")


class Marks(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # After fenced code is stashed (25), before raw HTML is (20).
        md.preprocessors.register(RemoveMarks(md), "convref_marks", 22)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    extensions: list[Any] = config.markdown_extensions
    extensions.append(Marks())
    return config
