"""These tests run where Paddle and MindSpore are, without the rules of the pages' conftest."""

import contextlib
import warnings
from collections.abc import Generator

import numpy as np
import pytest

# Paddle misses a compiler cache; warnings of our own calls are errors, as everywhere.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import mindspore
    import paddle  # noqa: F401

# MindSpore 2.10 was compiled for NumPy 1: beside NumPy 2 its first look at a tuple fails, and only
# the first.
with contextlib.suppress(SystemError):
    mindspore.ops.Squeeze((0,))(mindspore.Tensor(np.ones((1, 2), "f4")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = "skipped, which counts as failed"
    return report
