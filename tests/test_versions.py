"""What the foot of a page says of versions is what runs here."""

import sys

import numpy
import torch

import hooks.versions
from verify import ROOT


def test_the_versions_are_those_that_run():
    assert hooks.versions.installed()[:2] == [
        f"PyTorch {torch.__version__}",
        f"NumPy {numpy.__version__}",
    ]
    assert hooks.versions.installed()[3] == f"Python {sys.version.split()[0]}"


def test_both_languages_compute_them():
    assert "  - hooks/versions.py\n" in (ROOT / "mkdocs.yml").read_text("utf-8")
    assert "versions" in (ROOT / "theme/main.html").read_text("utf-8")
