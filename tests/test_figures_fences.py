"""`conv-figure` fences: a drawing, its caption, its buttons; and errors with page and line."""

import re
import shlex
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from markdown.treeprocessors import Treeprocessor

from convref.__main__ import main
from convref.figures import KINDS
from website.markdown import figures
from website.markdown.fences import FenceError
from website.markdown.page import signed
from website.settings import converter

GALLERY = Path(__file__).resolve().parent.parent / "docs/en/reference/figures.md"
GOOD = "```conv-figure\nfigure: window\nsize: 5\nkernel: 3\n```\n\nA *window*.\n"


def rendered(page: str, language: str = "en") -> str:
    return converter(language).convert(signed(page, "docs/page.md"))


def test_fence_and_paragraph_become_a_figure() -> None:
    indented = "".join(f"    {line}\n" for line in GOOD.splitlines())
    page = f'{GOOD}\n!!! note\n\n{indented}\n=== "A"\n\n{indented}'
    html = rendered(page)
    assert html.count('<figure class="conv-figure"><div class="conv-figure-drawing"') == 3
    for number in (1, 2, 3):
        assert f'aria-label="Figure {number}" aria-describedby="figure-{number}"' in html
        assert f'<figcaption id="figure-{number}">A <em>window</em>.</figcaption>' in html
    assert "conv-figure\n" not in html and "wzxhzdk" not in html


def test_only_wide_drawings_scroll() -> None:
    assert "tabindex" not in rendered(GOOD)
    assert 'tabindex="0" role="group"' in rendered(GOOD.replace("5", "20"))


@pytest.mark.parametrize(
    ("page", "line", "message"),
    [
        (GOOD.replace("3", "9"), 3, "reaches over"),
        (GOOD.replace("kernel", "kernels"), 3, "'kernels'"),
        (GOOD.replace("figure: ", "name: "), 3, "the first line must be"),
        (GOOD.replace("size: 5", "size: [5"), 3, "not `key: value` lines"),
        (GOOD.replace("A *window*.", ""), 3, "a paragraph must follow"),
        (GOOD.replace("A *window*.", "- A"), 3, "a paragraph must follow"),
        (GOOD.replace("```\n\n", "```\n"), 3, "a paragraph must follow"),
        (GOOD.replace("A *window*.", GOOD), 3, "a paragraph must follow"),
        (GOOD + "\n!!! note\n\n    ```conv-figure\n    figure: x\n    ```\n\n    A\n", 13, "'x'"),
    ],
)
def test_a_wrong_fence_fails_with_page_and_line(page: str, line: int, message: str) -> None:
    with pytest.raises(FenceError, match=re.escape(message)) as error:
        rendered(f"# Title\n\n{page}")
    assert str(error.value).startswith(f"docs/page.md:{line}: conv-figure: ")


def test_options_of_a_fence_are_refused() -> None:
    with pytest.raises(FenceError, match="no options"):
        rendered(GOOD.replace("conv-figure", 'conv-figure title="x"'))


def test_numbers_are_those_that_the_drawing_shows() -> None:
    body = "figure: transposed\ninput: [1, 2]\nweight: [10, -20.5]"
    still = {"1", "2", "10", "20.5", "20", "41", "0.5"}
    assert figures.numbers(body) == still
    assert figures.numbers(f"{body}\nanimate: true") == still | {"0"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["图 1 的动画", "上一步", "播放", "下一步"]),
        ("en", ["Animation of Figure 1", "Step back", "Play", "Step forward"]),
    ],
)
def test_an_animation_gets_buttons_in_the_language_of_the_page(
    language: str, words: list[str]
) -> None:
    moving = GOOD.replace("size: 5", "size: 5\nanimate: true\nat: 1")
    html = rendered(moving, language)
    controls = html[html.index('<div class="conv-figure-controls"') : html.index("<figcaption")]
    assert re.findall(r'aria-label="([^"]*)"', controls) == words
    assert '<output aria-live="off">2 / 3</output>' in controls
    assert controls.count("hidden") == 1 + 3 and "style" not in controls
    assert html.index("</svg></div><div") < html.index("<figcaption")
    assert "controls" not in rendered(GOOD, language)


def test_the_gallery_has_every_kind_and_the_command_that_draws_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fence = r"```conv-figure\n(.*?)\n```.*?```console\n\$ convref (.*?) -o \S+\n```"
    pairs = re.findall(fence, GALLERY.read_text("utf-8"), re.S)
    for body, command in pairs:
        main(shlex.split(command))
        figure = figures.drawn(body).standalone("--loop" in command)
        # A file names its parameters, in the order in which they were given.
        texts = [re.sub("<desc>.*</desc>", "", each) for each in (capsys.readouterr().out, figure)]
        assert texts[0].strip() == texts[1], body
    assert {figures.parsed(body)[0] for body, _ in pairs} == set(KINDS)


def test_lines_are_counted_in_the_file_with_its_front_matter() -> None:
    front, rest = "---\ndescription: A page.\n---\n", "\n# Title\n\n" + GOOD.replace("3", "9")
    handed = signed(front + rest, "docs/page.md").removeprefix(front)  # as a builder does
    assert handed.endswith(rest)
    with pytest.raises(FenceError) as error:
        converter("en").convert(handed)
    assert str(error.value).startswith("docs/page.md:7: conv-figure: ")


def test_a_page_that_is_converted_next_counts_anew() -> None:
    markdown = converter("en")
    for _ in range(2):
        assert 'id="figure-1"' in markdown.reset().convert(GOOD)


def test_a_conversion_within_the_page_asks_for_no_caption_of_its_own() -> None:
    """mkdocstrings converts docstrings while the page is converted, with the same extensions."""

    class Within(Treeprocessor):
        def run(self, root: Element) -> None:
            inner.append(converter("en").convert("A docstring."))

    inner: list[str] = []
    markdown = converter("en")
    markdown.treeprocessors.register(Within(markdown), "within", 30)
    assert 'id="figure-1"' in markdown.convert(GOOD)
    assert inner == ["<p>A docstring.</p>"]
