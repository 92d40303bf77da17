"""What the foot of a page says of versions is what runs here."""

import sys
from pathlib import Path

import numpy
import pytest
import torch

from verify import ROOT
from website import build
from website.before import versions
from website.settings import CONFIGS, settings


def test_the_versions_are_those_that_run() -> None:
    assert versions.installed()[:2] == [
        f"PyTorch {torch.__version__}",
        f"NumPy {numpy.__version__}",
    ]
    assert versions.installed()[3] == f"Python {sys.version.split()[0]}"


def test_both_languages_tell_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in build.variables("zh", Path("docs")).items():
        monkeypatch.setenv(name, value)
    for language in CONFIGS:
        told = settings(language)["extra"]["versions"]
        assert told == ", ".join(versions.installed()), language
    assert "config.extra.versions" in (ROOT / "theme/main.html").read_text("utf-8")
