"""A `conv-figure` fence becomes a drawing with a caption, the paragraph that follows it.

    ```conv-figure
    figure: window
    size: 5
    kernel: 3
    ```

    What the reader shall see in it.

The drawing holds no words, so both languages share the fence; the caption is its description. An
animated one stands still until the reader plays it (theme/assets/scripts/figures.js).
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from benchmarks import plot
from convref.figures import Figure, draw
from website.markdown.fences import fence, parameters, refusal
from website.markdown.page import Page

DRAWING = '<div class="conv-figure-drawing"'
NAMES = {"zh": "图", "en": "Figure"}
WORDS = {
    "zh": ("{} 的动画", "上一步", "播放", "暂停", "下一步"),
    "en": ("Animation of {}", "Step back", "Play", "Pause", "Step forward"),
}
CONTROLS = """\
<div class="conv-figure-controls" role="group" aria-label="{group}" data-search-exclude hidden>
<button type="button" data-step="-1" aria-label="{back}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M15.5 6 9.5 12l6 6"/></svg></button>
<button type="button" data-play="{play}" data-pause="{pause}" aria-label="{play}"><svg viewBox="0 0 24 24" aria-hidden="true"><path class="play" d="M8 5v14l11-7z"/><path class="pause" d="M7 5h4v14H7zM13 5h4v14h-4z"/></svg></button>
<button type="button" data-step="1" aria-label="{forward}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="m8.5 6 6 6-6 6"/></svg></button>
<output aria-live="off">{shown} / {frames}</output>
</div>"""  # noqa: E501
NATURAL = 460  # wider drawings scroll on a phone, since scaled down their numbers were too small


# Beside the kinds of convref.figures, which draw convolutions: drawings of what was measured.
MEASURED = {"speed": plot.speed, "scaling": plot.scaling}


def parsed(body: str) -> tuple[str, dict[str, Any]]:
    """The kind of a figure and its parameters, from the body of its fence."""
    given = parameters(body)
    if next(iter(given), None) != "figure":
        raise ValueError("the first line must be `figure: <kind>`")
    return given.pop("figure"), given


def drawn(body: str) -> Figure:
    """The figure of a fence."""
    kind, given = parsed(body)
    return MEASURED[kind](**given) if kind in MEASURED else draw(kind, **given)


def numbers(body: str) -> set[str]:
    """The numerals that a figure shows, without signs."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn(body).svg)
    return set(re.findall(r"\d+(?:\.\d+)?", " ".join(texts)))


def scrolled(figure: Figure, name: str) -> str:
    """Attributes that let a wide drawing scroll, by keyboard too."""
    wide = figure.box().width > NATURAL
    return f' tabindex="0" role="group" aria-label="{name}"' if wide else ""


@fence
def figure(body: str, page: Page) -> str:
    """The element of a fence, without its caption."""
    page.figures.append(body)
    count = len(page.figures)
    name = f"{NAMES[page.language]} {count}"
    drawing = drawn(body)
    svg = drawing.named(name, f"figure-{count}").svg
    scroll = scrolled(drawing, name)
    element = f'{DRAWING} id="drawing-{count}" data-search-exclude{scroll}>{svg}</div>'
    return element + (controls(drawing, name, page.language) if drawing.frames > 1 else "")


def controls(figure: Figure, name: str, language: str) -> str:
    """Buttons for an animation, out of sight until the script that serves them has come."""
    group, back, play, pause, forward = WORDS[language]
    return CONTROLS.format(
        group=group.format(name),
        back=back,
        play=play,
        pause=pause,
        forward=forward,
        shown=figure.canvas.shown + 1,
        frames=figure.frames,
    )


class Captions(Treeprocessor):
    """Puts each drawing and the paragraph after it into one <figure>."""

    def run(self, root: Element) -> None:
        # Those of this conversion: mkdocstrings converts docstrings in the midst of a page.
        left = {count for each in self.md.htmlStash.rawHtmlBlocks if (count := number(each))}
        for parent in list(root.iter()):
            for element in list(parent):
                count = self.drawing(element)
                if count is None:
                    continue
                place = list(parent).index(element)
                caption = parent[place + 1] if place + 1 < len(parent) else None
                if caption is None or caption.tag != "p" or self.drawing(caption) is not None:
                    break
                parent.remove(caption)
                caption.tag = "figcaption"
                caption.set("id", f"figure-{count}")
                element.tag = "figure"
                element.set("class", "conv-figure")
                element.append(caption)
                left.discard(count)
        if left:
            page = Page.of(self.md)
            reason = "a paragraph must follow as the caption, with a blank line between"
            raise refusal(page, "conv-figure", page.figures[min(left) - 1], reason)

    def drawing(self, element: Element) -> int | None:
        """The number of the figure that an element stands for."""
        match = HTML_PLACEHOLDER_RE.fullmatch((element.text or "").strip())
        return number(self.md.htmlStash.rawHtmlBlocks[int(match[1])]) if match else None


def number(stashed: object) -> int | None:
    """The number of the drawing in a piece of HTML, if it is one."""
    found = re.match(DRAWING + r' id="drawing-(\d+)"', str(stashed))
    return int(found[1]) if found else None
