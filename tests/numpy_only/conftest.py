"""These tests run without PyTorch too, where the rules of the pages' conftest do not reach."""

from collections.abc import Generator

import pytest

import tests.numpy_only.cases  # noqa: F401 its profiles of Hypothesis are for every file here


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = "skipped, which counts as failed"
    return report
