"""A browser is found, or installed with the rights that one has."""

import os
import shutil
from pathlib import Path

import pytest

from website import chromium


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that would be run on a machine with apt-get and sudo, and without a browser."""
    commands: list[tuple[str, ...]] = []

    def fails(*command: str) -> bool:
        commands.append(command)
        return False

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "run", fails)
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    return commands


def test_nobody_but_root_installs_a_package(
    ran: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert chromium.main() == 1
    assert [command[1:] for command in ran] == [("-m", "playwright", "install", "chromium")]
    assert "Type sudo apt-get install chromium fonts-noto-cjk, or" in capsys.readouterr().err


def test_root_installs_one(ran: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert chromium.main() == 1
    assert [command[0] for command in ran[:2]] == ["apt-get", "env"]
    assert ran[1][-2:] == chromium.PACKAGES and "sudo" not in str(ran)


def test_a_named_one_must_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\necho Chromium 1.2.3\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    assert chromium.main() == 0 and capsys.readouterr().out == f"{program}\n"
    program.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    assert chromium.main() == 1 and "is no program that starts" in capsys.readouterr().err
