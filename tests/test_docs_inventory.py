"""Nothing escapes: what Markdown renders is what the tests run, and the other way round."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import markdown
import pymdownx.highlight
import pytest
from docblocks import ROOT, parse
from docrules import DOCS, pages
from mkdocs.config import load_config

# How often each source of examples is run; a number that falls means that something escaped.
DOCSTRING_EXAMPLES = 0

PAGES = [
    *(path for x in DOCS for path in pages(x).values() if path.suffix == ".md"),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
]


@cache
def site():
    """The site's own Markdown extensions, with what the hooks add."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    for hook in config.hooks.values():
        if hasattr(hook, "on_config"):
            config = hook.on_config(config)
    return config


def rendered(text: str, path: Path) -> tuple[list[tuple[str, str]], str]:
    """The blocks that the site's Markdown shows, as (language, source), and the HTML."""
    site().hooks["hooks/figures.py"].figures.begin(path, str(path))
    seen: list[tuple[str, str]] = []
    highlight = pymdownx.highlight.Highlight.highlight

    def spy(self, source, language, *arguments, **options):
        if not options.get("inline"):
            seen.append(((language or "").lower(), source))
        return highlight(self, source, language, *arguments, **options)

    pymdownx.highlight.Highlight.highlight = spy
    try:
        converter = markdown.Markdown(
            extensions=site().markdown_extensions, extension_configs=site().mdx_configs
        )
        return seen, converter.convert(text)
    finally:
        pymdownx.highlight.Highlight.highlight = highlight


def same(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip("\n").split("\n"))


def escaped(text: str, path: Path) -> list[str]:
    """What is rendered and not parsed, parsed and not rendered, or of no known kind."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    page = parse(body)
    seen, html = rendered(body, path)
    parsed = Counter(
        (("python" if f.role == "quoted" else f.role), same(f.source))
        for f in page.fences
        if f.role not in ("unknown", "conv-figure")
    )
    shown = Counter((language, same(source)) for language, source in seen)
    problems = [f"rendered, but not tested: {item}" for item in shown - parsed]
    problems += [f"tested, but not rendered: {item}" for item in parsed - shown]
    problems += [
        f"the fence {f.info!r} is of no known kind" for f in page.fences if f.role == "unknown"
    ]
    problems += [f"this text block is nobody's output:\n{f.source}" for f in page.stray]
    blocks = len(re.findall(r"<pre\b", html))
    if blocks != len(seen):
        problems.append(f"{blocks} <pre> elements, but {len(seen)} highlighted blocks")
    figures = len(re.findall(r'<figure\b[^>]*class="conv-figure', html))
    if figures != sum(f.role == "conv-figure" for f in page.fences):
        problems.append(f"{figures} figures are rendered")
    return problems


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_rendered_block_is_tested(path):
    problems = escaped(path.read_text("utf-8"), path)
    assert not problems, f"{path.relative_to(ROOT)}:\n" + "\n".join(problems)
