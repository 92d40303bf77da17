"""Is a convolution right, and if not, which mistake is in it? Told from its results alone.

`check` calls a function with small whole numbers, smallest case first, and compares what comes with
the definition. Where it differs, the report names the mistake of the catalogue, or the pair, that
gives the same numbers in every case. `check_int8` does so in 8 bits, and tells accumulators from
rounding. `write_vectors` writes the same calls as files, for what cannot be called from Python, and
`checked` reads what was made of them.
"""

from convref.conformance.checking import check
from convref.conformance.mistakes import MISTAKES
from convref.conformance.quantised import INT8_USES
from convref.conformance.quantised_checking import Int8Report, check_int8
from convref.conformance.quantised_mistakes import INT8_MISTAKES
from convref.conformance.report import Report
from convref.conformance.rounding import ALIASES, ROUNDINGS, fixed_point
from convref.conformance.suite import OPS, USES
from convref.conformance.vectors import checked, write_vectors

__all__ = [
    "ALIASES",
    "INT8_MISTAKES",
    "INT8_USES",
    "MISTAKES",
    "OPS",
    "ROUNDINGS",
    "USES",
    "Int8Report",
    "Report",
    "check",
    "check_int8",
    "checked",
    "fixed_point",
    "write_vectors",
]
