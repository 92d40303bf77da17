"""Each block of a tab set bears its tab's title: on paper, the title must stay with its code."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor


class TabTitles(Treeprocessor):
    """Copies the labels onto the blocks, whose order is the same."""

    def run(self, root: Element) -> None:
        for tabs in root.iter("div"):
            labels = tabs.findall("div[@class='tabbed-labels']/label")
            blocks = tabs.findall("div[@class='tabbed-content']/div[@class='tabbed-block']")
            for label, block in zip(labels, blocks, strict=True):
                block.set("data-title", "".join(label.itertext()))
