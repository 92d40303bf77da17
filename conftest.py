"""Pages, notebooks and docstrings become tests here; a skipped test fails the run."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from sybil import Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection

from verify.pages.examples import parse_page
from verify.pages.notebooks import parse_notebook

# Otherwise a warning comes once per process, and a page's output depends on what ran before it.
torch.set_warn_always(True)
# Two workers share two cores.
torch.set_num_threads(1)

pages = Sybil(
    parsers=[parse_page],
    patterns=["docs/*/*.md", "docs/*/*/*.md", "README*.md", "CONTRIBUTING.md"],
    name="page",
)
docstrings = Sybil(
    parsers=[DocTestParser()],
    patterns=["convref/*.py", "convref/*/*.py"],
    document_types={".py": PythonDocStringDocument},
    name="docstring",
)
notebooks = Sybil(parsers=[parse_notebook], patterns=["docs/*/*/*.ipynb"], name="notebook")
examples = SybilCollection([pages, docstrings, notebooks])
pytest_collect_file = examples.pytest()


@pytest.fixture
def runs() -> Callable[[Path], bool]:
    """Whether a file's examples are run."""
    return lambda path: any(each.should_parse(path) for each in examples)


skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for test in skipped:
        terminalreporter.write_line(f"skipped, which counts as failed: {test}", red=True)
