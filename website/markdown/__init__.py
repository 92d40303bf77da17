"""What the site adds to Markdown, as one extension: `website.markdown` in mkdocs.yml.

It holds for any program that reads Markdown with Python-Markdown, and knows nothing of a builder.
Fences are not among these: mkdocs.yml names their functions itself.
"""

from __future__ import annotations

from typing import Any

from markdown import Extension, Markdown

from website.markdown.error_outputs import ErrorOutputs
from website.markdown.figures import Captions
from website.markdown.marks import Marks
from website.markdown.mathml import Formulas
from website.markdown.page import NAME, Page
from website.markdown.parts import Parts
from website.markdown.tab_titles import TabTitles


class Site(Extension):
    """All steps, in the order in which they work on a page."""

    def __init__(self, **given: Any) -> None:
        self.config = {"language": ["en", "the language of the pages: zh or en"]}
        super().__init__(**given)

    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(Page(md, self.getConfig("language")), NAME, 100)
        # After fenced code is stashed (25), before raw HTML is (20).
        md.preprocessors.register(Marks(md), "convref_marks", 22)
        # Before inline Markdown (20), which then works in captions as in paragraphs.
        md.treeprocessors.register(Captions(md), "convref_figures", 21)
        # After inline Markdown, whose result a title is.
        md.treeprocessors.register(TabTitles(md), "convref_tab_titles", 0)
        # After all pieces of HTML are back in their places.
        md.postprocessors.register(Formulas(md), "convref_mathml", 3)
        md.postprocessors.register(ErrorOutputs(md), "convref_error_outputs", 2)
        md.postprocessors.register(Parts(md), "convref_parts", 1)


def makeExtension(**given: Any) -> Site:
    return Site(**given)
