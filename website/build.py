"""Build the whole site: Chinese at the root, English under en/. Any warning fails.

    python -m website.build [--out site] [--builder properdocs] [language ...]

The public address comes from SITE_URL; without it, the site is built for http://127.0.0.1:8000/.
Each language goes through three stages: what is written before the builder, the builder, which only
renders Markdown and templates, and what is done to the folder that it leaves.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from urllib.parse import urlsplit

from website import addresses, messages, node
from website.after import AfterError, bundles, lighter, names, search, security, styles, theme
from website.before import cards, facts, pages, repository, versions
from website.markdown.page import PageError
from website.settings import CONFIGS, ROOT, folders

# The program that renders. ProperDocs, a fork that keeps this version of MkDocs alive, gives the
# same bytes, which `make second` compares: this line changes when MkDocs or its theme ends.
BUILDER = "mkdocs"


class BuildError(Exception):
    """What a stage said."""


# The stages ---------------------------------------------------------------------------------------


def before(language: str, docs: Path) -> None:
    """Write all that the builder reads of a language, below `docs`."""
    address = addresses.of_language(language)
    pages.write(ROOT / "docs" / language, docs, language, address, repository.repository())
    cards.write(docs)
    pages.put(docs / "assets/explorer/facts.js", facts.script())
    pages.put(docs / messages.ROWS, messages.rows(language))


def render(language: str, docs: Path, site: Path, builder: str) -> None:
    """Run the builder, in a process of its own."""
    config = ROOT / CONFIGS[language]
    done = subprocess.run(
        [
            *(sys.executable, "-m", builder, "build", "--strict"),
            *("--config-file", str(config), "--site-dir", str(site)),
        ],
        cwd=ROOT,
        env=os.environ | variables(language, docs),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode:
        said, _, _ = done.stdout.partition("Traceback (most recent call last)")
        raise BuildError(said if "ERROR" in said else done.stdout)


def variables(language: str, docs: Path) -> dict[str, str]:
    """What mkdocs.yml asks of the environment, and what the builder itself reads there."""
    return {
        "DOCS": str(docs),
        "SITE_URL": addresses.of_language(language),
        "SITE_PATH": urlsplit(addresses.public()).path,
        "REPO_URL": repository.repository(),
        "VERSIONS": ", ".join(versions.installed()),
        "ALSO": ", ".join(versions.also()),
        "NO_MKDOCS_2_WARNING": "1",  # CONTRIBUTING.md says what it says
        "PYTHONDONTWRITEBYTECODE": "1",  # no new files in folders that the server watches
    }


def after(site: Path) -> None:
    """Finish the folder that the builder has left."""
    bundles.explorer(site)
    bundles.search(site)
    search.index(site)
    styles.one_sheet(site)
    lighter.styles(site)
    lighter.script(site)
    renamed = names.after_contents(site)
    for path in sorted(site.rglob("*.html")):
        html = path.read_text("utf-8")
        html = theme.lean(html)
        html = names.in_page(html, renamed)
        # Last: the hashes are of the scripts as they are published.
        html = security.secured(html, path.relative_to(site).as_posix())
        path.write_text(html, "utf-8")


# The command --------------------------------------------------------------------------------------


def build_language(language: str, work: Path, builder: str) -> str:
    """One language below `work`; or what went wrong, and then the last good one stays there."""
    fresh = work / f"{language}-fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        before(language, fresh / "docs")
        render(language, fresh / "docs", fresh / "site", builder)
        after(fresh / "site")
    except (AfterError, BuildError, PageError, node.NodeError) as error:
        return f"{CONFIGS[language]}:\n{error}"
    shutil.rmtree(work / language, ignore_errors=True)
    fresh.rename(work / language)
    return ""


def build_languages(work: Path, languages: Iterable[str], builder: str) -> None:
    """Build each language into its own folder below `work`, side by side."""
    started = time.monotonic()
    node.modules()  # once, before two builds want it
    failures = []
    with ProcessPoolExecutor() as pool:
        running = {}
        for language in languages:
            print(f"building {language} ...", flush=True)
            running[pool.submit(build_language, language, work, builder)] = language
        for future in as_completed(running):
            language = running[future]
            if failure := future.result():
                failures.append(failure)
                continue
            count = len(list((work / language / "site").rglob("index.html")))
            print(
                f"built {language}: {count} pages, {time.monotonic() - started:.1f} s", flush=True
            )
    if failures:
        raise BuildError("\n".join(failures))


def assemble(work: Path, out: Path) -> None:
    """Put the languages together, and replace what was there only when all is complete."""
    out = out.resolve()
    if out.exists() and any(out.iterdir()) and not (out / "404.html").exists():
        raise BuildError(f"{out} is not empty and holds no built site: not overwritten")
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for language, folder in folders().items():
            shutil.copytree(work / language / "site", fresh / folder, dirs_exist_ok=True)
        fresh.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        fresh.rename(out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def parse() -> argparse.Namespace:
    assert __doc__
    parser = argparse.ArgumentParser("website.build", description=__doc__.splitlines()[0])
    parser.add_argument("languages", nargs="*", default=list(CONFIGS), metavar="language")
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="folder to write")
    parser.add_argument("--work", type=Path, help="where to keep each language by itself")
    parser.add_argument("--builder", default=BUILDER, help=f"program that renders, {BUILDER}")
    return parser.parse_args()


def main() -> int:
    arguments = parse()
    with tempfile.TemporaryDirectory() as folder:
        work = arguments.work or Path(folder)
        try:
            repository.repository()
            build_languages(work, arguments.languages, arguments.builder)
            assemble(work, arguments.out)
        except (BuildError, ValueError, node.NodeError) as error:
            print(error, file=sys.stderr)
            return 1
    print(f"site in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
