"""The theme's stylesheet and script, without what makes a browser style a whole page again.

A rule that ends in "any element" is tried at every element, and a change on which it depends
restyles all that are below. On a page of ten thousand elements each such pass is felt on a phone.
"""

from __future__ import annotations

from pathlib import Path

from website.after import AfterError, only

STYLES = (
    # Labels and blocks by their own names, so that other elements need not be asked.
    (".tabbed-labels>:", ".tabbed-labels>label:"),
    (".tabbed-content>:", ".tabbed-content>.tabbed-block:"),
    # These hang on the class of anything above.
    ("table:not([class]) td>:", "td>:"),
    ("table:not([class]) th>:", "th>:"),
    # Whatever follows a table, and so whatever is put anywhere; type.css has the distance.
    (".md-typeset table:not([class])+*{margin-top:1.5em}", ""),
    # On a phone, code in a part of a page reaches from side to side as it does outside of one.
    (".md-content__inner>.", ":is(.md-content__inner,.part)>."),
    # Set while a page starts, too; site.js does the same where somebody switches.
    (
        "[data-md-color-switching] *,[data-md-color-switching] :after,"
        "[data-md-color-switching] :before{transition-duration:0s!important}",
        "",
    ),
)
# A second tag for what main.html says: browsers heed the first alone, but restyle for any.
SCRIPTS = (('name:"color-scheme"', 'name:"second-color-scheme"'),)


def replaced(text: str, changes: tuple[tuple[str, str], ...], name: str) -> str:
    for old, new in changes:
        if old not in text:
            raise AfterError(f"website/after/lighter.py: {name} has no {old!r} any more")
        text = text.replace(old, new)
    return text


def script(site: Path) -> None:
    """The theme's bundle, without the pointer to a map that is no longer true."""
    file = only(site, "assets/javascripts/bundle.*.min.js")
    text, _, _ = file.read_text("utf-8").rpartition("//# sourceMappingURL")
    file.write_text(replaced(text, SCRIPTS, file.name), "utf-8")
    only(site, "assets/javascripts/bundle.*.min.js.map").unlink()


def styles(site: Path) -> None:
    file = site / "assets/styles/site.css"
    file.write_text(replaced(file.read_text("utf-8"), STYLES, file.name), "utf-8")
