"""Find a Chromium for the browser tests, or install one. Prints its path; the rest goes to stderr.

CHROMIUM in the environment, else one on the PATH, else for root Debian's package, else Playwright's
download, which needs no rights. Nothing asks for more rights than it was given.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = ("chromium", "fonts-noto-cjk")  # without the font, Chinese text is boxes
COMMAND = f"sudo apt-get install {' '.join(PACKAGES)}"


def say(text: str) -> None:
    print(f"chromium: {text}", file=sys.stderr, flush=True)


def works(path: str) -> bool:
    """Whether it starts: Ubuntu's chromium-browser may be a stub that only names a snap."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"{path} does not start: {error}")
        return False
    if done.returncode:
        say(f"{path} does not start: {(done.stderr or done.stdout).strip()[-300:]}")
        return False
    say(f"{path}, {done.stdout.strip()}")
    return True


def find() -> str | None:
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path and works(path)), None)


def run(*command: str) -> bool:
    say(" ".join(command))
    return subprocess.run(command, stdout=sys.stderr).returncode == 0


def install_debian() -> str | None:
    if not shutil.which("apt-get"):
        say("no apt-get here: Debian's package cannot be installed")
        return None
    if os.geteuid() != 0:
        say("not root: Debian's package is left alone")
        return None
    run("apt-get", "update", "-q")  # an old list may do
    install = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y")
    if not run(*install, "--no-install-recommends", *PACKAGES):
        return None
    return find()


def install_playwright() -> str | None:
    if not run(sys.executable, "-m", "playwright", "install", "chromium"):
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and works(path) else None


def main() -> int:
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if path and works(path):
            print(path)
            return 0
        say(f"CHROMIUM={named} is no program that starts: correct or unset it")
        return 1
    path = find() or install_debian() or install_playwright()
    if path is None:
        say(f"none found, none installed. Type {COMMAND}, or set CHROMIUM=/path/to/it")
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
