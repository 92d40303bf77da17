"""Colours and rules of the figures: their only home, for pages and for files alike."""

import re
from typing import Final

__all__: list[str] = []

# Fills carry `text` at 4.5:1 or more, lines stand out from `paper` at 3:1 or more, and hue is never
# the only difference: padding is dashed, inserted zeros are dotted, the window is a thick outline.
PALETTES: Final = {
    "light": {
        "paper": "#fff",  # what lies behind a figure
        "text": "#16202c",  # numbers in cells, labels
        "muted": "#56616e",  # second-rank labels, indices
        "line": "#76828f",  # cell borders
        "input": "#d3e5f6",  # fill of input cells
        "padding": "#f3f0e8",  # fill of padding cells
        "window": "#c2410c",  # outline of the window, arrows that belong to it
        "window-fill": "#fde0cc",  # fill of the cells under the window
        "weight": "#e9daf2",  # fill of weight cells
        "output": "#cbeadd",  # fill of output cells
        "output-line": "#0f766e",  # outline of the output cell in question
    },
    "dark": {
        "paper": "#10151d",
        "text": "#eef2f7",
        "muted": "#b3bdc9",
        "line": "#7d8b9c",
        "input": "#1d3f66",
        "padding": "#262b35",
        "window": "#ff9d5c",
        "window-fill": "#5e3113",
        "weight": "#4a2f5c",
        "output": "#124a3d",
        "output-line": "#5eead4",
    },
}

RULES: Final = """\
.cf { stroke: none; }
.cf text { fill: var(--cf-text); }
.cf .cf-muted { fill: var(--cf-muted); }
.cf .cf-strong { font-weight: 700; }
.cf .cf-sign { fill: var(--cf-muted); font-size: 1.3em; }
.cf rect { stroke: var(--cf-line); stroke-width: 1; }
.cf .cf-input { fill: var(--cf-input); }
.cf .cf-padding { fill: var(--cf-padding); stroke-dasharray: 3 2.5; }
.cf .cf-zero { fill: var(--cf-paper); stroke-dasharray: 1 2; }
.cf .cf-weight { fill: var(--cf-weight); }
.cf .cf-output { fill: var(--cf-output); }
.cf .cf-tap { fill: var(--cf-window-fill); }
.cf .cf-window { fill: none; stroke: var(--cf-window); stroke-width: 3; }
.cf .cf-now { fill: none; stroke: var(--cf-output-line); stroke-width: 3; }
.cf .cf-edge { fill: none; stroke: var(--cf-text); stroke-width: 2; }
.cf .cf-link { fill: none; stroke: var(--cf-line); stroke-width: 1.2; stroke-dasharray: 2 3; }
.cf .cf-arc { fill: none; stroke: var(--cf-window); stroke-width: 1.4; }
.cf .cf-head { fill: var(--cf-window); }
.cf .cf-tie { stroke: var(--cf-window); stroke-width: 2; }
.cf .cf-dot { fill: var(--cf-window-fill); stroke: var(--cf-window); stroke-width: 1.5; }
.cf rect.cf-head { stroke: var(--cf-window); stroke-width: 1.5; }
.cf .cf-cut { stroke: var(--cf-text); stroke-width: 1.5; stroke-linecap: round; }
.cf .cf-wire { stroke: var(--cf-line); stroke-width: 1.25; }
.cf .cf-measure { stroke: var(--cf-muted); stroke-width: 1.25; }
.cf .cf-later { stroke-width: 1.75; stroke-dasharray: 5 4; }
.cf .cf-mark { fill: none; stroke: var(--cf-window); stroke-width: 1.5; }
.cf .cf-side { stroke: var(--cf-line); stroke-width: 1; stroke-linejoin: round; }
.cf .cf-plane { fill: var(--cf-paper); }
.cf .cf-plus { fill: var(--cf-text); stroke: none; }
.cf .cf-minus { fill: var(--cf-window); stroke: none; }
.cf .cf-label { fill: var(--cf-paper); stroke: none; }
.cf .cf-net { stroke: var(--cf-line); stroke-width: 0.35; }
"""

FONTS: Final = 'ui-monospace, Consolas, Menlo, "DejaVu Sans Mono", monospace'
SECONDS: Final = 1.2  # of one frame


def variables(palette: str) -> str:
    """A palette as CSS variables, for `RULES` in a page."""
    return " ".join(f"--cf-{name}: {colour};" for name, colour in PALETTES[palette].items())


def resolved(palette: str) -> str:
    """The rules with the colours themselves: programs beside browsers know no variables."""
    colours = PALETTES[palette]
    rules = (
        f".cf {{ font-family: {FONTS}; background: {colours['paper']}; }}\n{RULES}"
        ".cf .cf-paper { fill: var(--cf-paper); stroke: none; }"
    )
    return re.sub(r"var\(--cf-([\w-]+)\)", lambda name: colours[name[1]], one_line(rules))


def standing() -> str:
    """The style of a file: light, and dark on screens that ask for it; paper stays light."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{ {resolved('dark')} }}"
    return f"{resolved('light')} {dark}"


def moving(frames: int, shown: int, loop: bool) -> str:
    """One frame after the other, from the one that is shown without motion back to it."""
    turns = [(turn, (shown + turn) % frames) for turn in range(1, frames)]
    delays = " ".join(
        f'.cf [data-frame="{frame}"] {{ animation-delay: {turn * SECONDS:g}s; }}'
        for turn, frame in turns
    )
    return one_line(f"""
@keyframes cf-turn {{
  from {{ visibility: visible; }} {100 / frames:.4g}%, to {{ visibility: hidden; }}
}}
@media screen and (prefers-reduced-motion: no-preference) {{
  .cf [data-frame] {{
    display: inline; visibility: hidden;
    animation: cf-turn {frames * SECONDS:g}s step-end {"infinite" if loop else 1};
  }}
  .cf [data-frame="{shown}"] {{ visibility: visible; }}
  {delays}
  .cf:hover [data-frame] {{ animation-play-state: paused; }}
}}""")


def one_line(css: str) -> str:
    """A style sheet without line breaks."""
    return " ".join(css.split())
