"""What the search is built with is installed whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from website import node
from website.settings import ROOT


def installing(
    monkeypatch: pytest.MonkeyPatch, cache: Path, fail: BaseException | None
) -> list[Path]:
    """npm, replaced: it writes half of what it should, then fails if it shall."""
    places: list[Path] = []

    def npm(*command: object, cwd: Path, **rest: object) -> str:
        assert "ci" in command and (cwd / "package-lock.json").exists()
        (cwd / "node_modules").mkdir()
        places.append(cwd)
        if fail:
            raise fail
        return ""

    monkeypatch.setattr(node, "CACHE", cache)
    monkeypatch.setattr(node, "run", npm)
    return places


def test_installed_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    places = installing(monkeypatch, tmp_path, None)
    first = node.modules()
    assert first.is_dir() and first.is_relative_to(tmp_path)
    assert node.modules() == first
    assert len(places) == 1


def test_another_lock_file_is_another_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installing(monkeypatch, tmp_path / "cache", None)
    first = node.modules()
    for name in node.LISTS:
        (tmp_path / name).write_bytes((ROOT / name).read_bytes() + b"\n")
    monkeypatch.setattr(node, "ROOT", tmp_path)
    assert node.modules() != first


@pytest.mark.parametrize("stop", [node.NodeError("npm error ENOTFOUND"), KeyboardInterrupt()])
def test_interrupted_is_done_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stop: BaseException
) -> None:
    installing(monkeypatch, tmp_path, stop)
    with pytest.raises(type(stop)):
        node.modules()
    places = installing(monkeypatch, tmp_path, None)
    assert node.modules().is_dir()
    assert len(places) == 1, "what was half installed was taken for the whole"


def test_without_network_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installing(monkeypatch, tmp_path, node.NodeError("npm error code ENOTFOUND"))
    with pytest.raises(node.NodeError, match=r"needs the network.*\n.*ENOTFOUND"):
        node.modules()
