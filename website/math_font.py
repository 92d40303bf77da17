"""Cut the font for formulas out of STIX Two Math: python -m website.math_font STIX...Regular.ttf

Run only when `stix-two-math-subset.txt`, the list of its characters, changes. It needs fonttools
and brotli, which nothing else here does. The build refuses a formula with any other character.
"""

import subprocess
import sys
from pathlib import Path

FONT = Path(__file__).parent.parent / "theme/assets/fonts/stix-two-math-subset.woff2"

subprocess.run(
    [
        *(sys.executable, "-m", "fontTools.subset", sys.argv[1]),
        f"--text-file={FONT.with_suffix('.txt')}",
        f"--output-file={FONT}",
        "--flavor=woff2",
        "--layout-features=flac,dtls",  # flat accents, dotless letters; no drawings for scripts
        "--no-hinting",
        "--name-IDs=0,1,2,13,14",
    ],
    check=True,
)
