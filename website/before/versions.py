"""With which versions the site's code was run, as installed, for the foot of every page."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version

from website.settings import ROOT

RELEASES = ROOT / "verify/releases.json"


def installed() -> list[str]:
    """Name and version of all that an output can depend on."""
    names = {"PyTorch": "torch", "NumPy": "numpy", "convref": "convref"}
    return [
        *(f"{name} {version(package)}" for name, package in names.items()),
        f"Python {platform.python_version()}",
    ]


def also() -> list[str]:
    """Other releases of PyTorch with which pages and comparisons were run, and nothing differed."""
    releases = json.loads(RELEASES.read_text("utf-8"))
    here = version("torch").partition("+")[0]
    return [
        f"PyTorch {release}"
        for release, found in releases.items()
        if release != here and not found["different"]
    ]
