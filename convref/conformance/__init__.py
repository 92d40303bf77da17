"""Is a convolution right, and if not, which mistake is in it? Told from its results alone.

`check` calls a function with small whole numbers, smallest case first, and compares what comes with
the definition. Where it differs, the report names the mistake of the catalogue, or the pair, that
gives the same numbers in every case. `check_int8` does so in 8 bits, and tells accumulators from
rounding.
"""

from convref.conformance.checking import Report, check
from convref.conformance.mistakes import MISTAKES, Mistake
from convref.conformance.quantised_checking import Int8Report, check_int8
from convref.conformance.quantised_mistakes import INT8_MISTAKES, Explanation, Int8Mistake
from convref.conformance.rounding import ROUNDINGS, SAME, Rounding, fixed_point
from convref.conformance.suite import OPS, USES, Case, answer, cases, smoke

__all__ = [
    "INT8_MISTAKES",
    "MISTAKES",
    "OPS",
    "ROUNDINGS",
    "SAME",
    "USES",
    "Case",
    "Explanation",
    "Int8Mistake",
    "Int8Report",
    "Mistake",
    "Report",
    "Rounding",
    "answer",
    "cases",
    "check",
    "check_int8",
    "fixed_point",
    "smoke",
]
