"""What the mutation run changes: the kinds that mutmut lacks are there, each once."""

import subprocess
import sys

TRIED = """
import sys
sys.path.insert(0, "tests")
import mutants
mutants.try_more()
from mutmut.mutation.file_mutation import mutate_file_contents
source = "def f(a, b):\\n    return max(a - 1, 0) if a and b else a.min()\\n"
print(mutate_file_contents("f.py", source).code)
"""


def test_smaller_numbers_the_other_end_and_or_for_and_are_tried():
    ran = subprocess.run([sys.executable, "-c", TRIED], capture_output=True, text=True, check=True)
    for changed in (
        "max(a - 0, 0) if a and b else a.min()",
        "max(a - 1, (-1)) if a and b else a.min()",
        "min(a - 1, 0) if a and b else a.min()",
        "max(a - 1, 0) if a and b else a.max()",
        "max(a - 1, 0) if a or b else a.min()",
    ):
        assert ran.stdout.count(f"return {changed}\n") == 1, changed
