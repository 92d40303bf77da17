"""One script in the place of many modules: the explorer's, and the search's worker."""

from __future__ import annotations

from pathlib import Path

from website import node
from website.after import only
from website.settings import ROOT

WORKERS = "assets/javascripts/workers"
LICENCES = "search-licences.txt"


def explorer(site: Path) -> None:
    """Comments are for those who read the source, and stay there."""
    folder = site / "assets/explorer"
    script = node.bundle(folder / "explorer.js", "esm")
    for module in (*folder.glob("*.js"), *folder.glob("*.d.ts")):
        module.unlink()
    (folder / "explorer.js").write_text(script, "utf-8")


def search(site: Path) -> None:
    """The worker takes the place of Material's, and of what that needed: it speaks its protocol, so
    Material's field, list and keys stay."""
    worker = only(site, f"{WORKERS}/search.*.min.js")
    banner = f"/*! Licences: {LICENCES} */"
    worker.write_text(node.bundle(ROOT / "search/worker.js", "iife", banner), "utf-8")
    (site / WORKERS / LICENCES).write_text(node.licences(), "utf-8")
    theirs = site.glob("assets/javascripts/lunr/**/*")
    for file in (*theirs, *site.glob(f"{WORKERS}/*.map")):
        if file.is_file():
            file.unlink()
    for folder in sorted(site.glob("assets/javascripts/lunr/**/"), reverse=True):
        folder.rmdir()
