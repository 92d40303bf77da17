"""Build the whole site: Chinese at the root, English under en/. Any warning fails.

    python tools/build.py [--out site]

The public address comes from SITE_URL; without it, the site is built for http://127.0.0.1:8000/.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools import node  # noqa: E402

CONFIGS = {"zh": "mkdocs.yml", "en": "mkdocs.en.yml"}


class BuildError(Exception):
    """What MkDocs said."""


def build_languages(work: Path, languages: Iterable[str] = tuple(CONFIGS)) -> None:
    """Build each language into its own folder below `work`, side by side."""
    started = time.monotonic()
    try:
        node.modules()  # once, before two builds want it
    except node.NodeError as error:
        raise BuildError(str(error)) from error
    running = {language: start(language, work) for language in languages}
    failures = []
    for language, process in running.items():
        said, _ = process.communicate()
        if process.returncode:
            failures.append(f"{CONFIGS[language]}:\n{said}")
        else:
            pages = len(list((work / language).rglob("index.html")))
            seconds = time.monotonic() - started
            print(f"built {language}: {pages} pages, {seconds:.1f} s", flush=True)
    if failures:
        raise BuildError("\n".join(failures))


def start(language: str, work: Path) -> subprocess.Popen[str]:
    """Run MkDocs in a fresh process, which sees changed hooks and a changed package."""
    print(f"building {language} ...", flush=True)
    config, site = ROOT / CONFIGS[language], work / language
    environment = os.environ | {
        "NO_MKDOCS_2_WARNING": "1",  # a notice about a date, not about this site
        "PYTHONDONTWRITEBYTECODE": "1",  # no new files in folders that the server watches
    }
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "mkdocs", "build", "--strict"),
            *("--config-file", str(config), "--site-dir", str(site)),
        ],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def assemble(work: Path, out: Path) -> None:
    """Put the languages together, and replace what was there only when all is complete."""
    out = out.resolve()
    if out.exists() and any(out.iterdir()) and not (out / "404.html").exists():
        raise BuildError(f"{out} is not empty and holds no built site: not overwritten")
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        shutil.copytree(work / "zh", fresh, dirs_exist_ok=True)
        shutil.copytree(work / "en", fresh / "en")
        fresh.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        fresh.rename(out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def build(out: Path) -> None:
    """Build both languages anew and assemble the whole site in `out`."""
    with tempfile.TemporaryDirectory() as work:
        build_languages(Path(work))
        assemble(Path(work), out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="folder to write")
    arguments = parser.parse_args()
    try:
        build(arguments.out)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"site in {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
