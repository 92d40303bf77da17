"""Is a convolution right, and if not, which mistake is in it? Told from its results alone.

`check` calls a function with small whole numbers, smallest case first, and compares what comes with
the definition. Where it differs, the report names the mistake of the catalogue, or the pair, that
gives the same numbers in every case.
"""

from convref.conformance.checking import check
from convref.conformance.mistakes import MISTAKES
from convref.conformance.report import Report
from convref.conformance.suite import OPS, USES

__all__ = ["MISTAKES", "OPS", "USES", "Report", "check"]
