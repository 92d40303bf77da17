"""With which versions the site's code was run, as installed, for the foot of every page."""

from __future__ import annotations

import platform
from importlib.metadata import version


def installed() -> list[str]:
    """Name and version of all that an output can depend on."""
    names = {"PyTorch": "torch", "NumPy": "numpy", "convref": "convref"}
    return [
        *(f"{name} {version(package)}" for name, package in names.items()),
        f"Python {platform.python_version()}",
    ]
