"""The theme's stylesheet and script, without what makes a browser style a whole page again.

A rule that ends in "any element" is tried at every element, and a change on which it depends
restyles all that are below. On a page of ten thousand elements each such pass is felt on a phone.
"""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files

from hooks import hashed

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
            raise PluginError(f"hooks/lighter.py: {name} has no {old!r} any more")
        text = text.replace(old, new)
    return text


@event_priority(-50)  # after the theme's files are all there
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The bundle under a name of its own, since no cache may give the theme's for it."""
    theirs = [file for file in files if file.src_uri.startswith("assets/javascripts/bundle.")]
    [script] = [file for file in theirs if file.src_uri.endswith(".js")]
    text, _, _ = script.content_string.rpartition("//# sourceMappingURL")
    ours = hashed.named(
        config,
        "assets/javascripts/bundle.#.min.js",
        replaced(text, SCRIPTS, script.src_uri),
    )
    for file in theirs:
        files.remove(file)
    files.append(ours)
    config.extra["bundle"] = {"theirs": script.src_uri, "ours": ours.src_uri}
    return files


@event_priority(-200)  # after hooks/styles.py has put the stylesheet together
def on_post_build(config: MkDocsConfig) -> None:
    file = Path(config.site_dir) / "assets/styles/site.css"
    file.write_text(replaced(file.read_text("utf-8"), STYLES, file.name), "utf-8")
