"""Facts that the explorer's scripts share with Python, as a script: they go this way alone."""

from __future__ import annotations

import json
from typing import Any

from convref import checks, messages, trace
from convref.modes import COPIES
from website.markdown import explorer

# The rules that checks.js can meet: the rest needs arguments that an explorer cannot have.
RULES = (
    "least",
    "groups",
    "same",
    "reach",
    *(mode for mode, copies in COPIES.items() if copies.limit),
    "output padding",
    "transposed size",
)


def facts() -> dict[str, Any]:
    """Name of a constant -> its value."""
    chosen = {rule: messages.MESSAGES[rule] for rule in RULES}
    return {
        "KINDS": explorer.KINDS,
        "LETTERS": {rank: checks.LAYOUT[rank].split(", ") for rank in (1, 2)},
        "LIMITS": explorer.LIMITS,
        "MODES": checks.MODES,
        "SPARE": {m: c.spare for m, c in COPIES.items() if c.spare is not None},
        "MESSAGES": {rule: [error.__name__, text] for rule, (error, text) in chosen.items()},
        "WIDTH": trace.WIDTH,
        "HEAD": trace.HEAD,
    }


def script() -> str:
    """facts.js."""
    lines = [
        f"export const {name} = {json.dumps(value, ensure_ascii=False)};\n"
        for name, value in facts().items()
    ]
    return "// Written from website/before/facts.py at build.\n" + "".join(lines)
