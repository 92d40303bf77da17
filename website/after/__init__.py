"""Functions over the folder that the builder has left. Each says so if it does not find what it is
for: another version of the theme, or another builder, shall not lose it in silence.
"""

from __future__ import annotations

from pathlib import Path


class AfterError(Exception):
    """What a finished folder lacks."""


def only(site: Path, pattern: str) -> Path:
    """The one file of this form."""
    found = sorted(site.glob(pattern))
    if len(found) != 1:
        raise AfterError(f"{len(found)} files are named {pattern}, and one should be")
    return found[0]
