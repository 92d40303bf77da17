"""`make bench` works: every peer computes what convref does, and the report is whole. No times."""

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from benchmarks.layers import LAYERS, SCALING, Layer, small
from benchmarks.measure import agree, pair
from benchmarks.pads import INPUTS, MODES
from benchmarks.peers import PEERS
from benchmarks.report import goals
from benchmarks.results import Results
from verify import ROOT

# Kernels for a processor of 2008, and OpenBLAS is to say on stderr which it takes.
TUNED = {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_VERBOSE": "2"}


@pytest.fixture(scope="module")
def quick(tmp_path_factory: Any) -> tuple[Results, subprocess.CompletedProcess[str]]:
    """A run of a few seconds, in an environment that somebody has tuned."""
    out = tmp_path_factory.mktemp("bench") / "results.json"
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--out", out],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | TUNED,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return Results(json.loads(out.read_text("utf-8"))), run


def test_every_pair_is_measured(quick: Any) -> None:
    results, _ = quick
    assert results.layers == list(dict.fromkeys(str(small(layer)) for layer in LAYERS))
    for layer in results.data["layers"].values():
        assert list(layer) == ["forward", "memory", "backward", "transposed", "error"]
        assert list(layer["forward"]) == list(PEERS)
        assert list(layer["backward"]) == ["PyTorch"]
        assert list(layer["transposed"]) == ["PyTorch", "onnxruntime"]
        assert all(pair["ratio"] > 0 for pair in layer["forward"].values())
    assert list(results.data["scaling"]) == list(SCALING)
    assert {name: list(modes) for name, modes in results.pads().items()} == {
        name: list(MODES) for name in INPUTS
    }
    assert results.error() < 4 and 0 < results.memory() < 1


def test_the_report_shows_every_layer_peer_and_goal(quick: Any) -> None:
    results, run = quick
    for name in (
        *results.layers,
        *PEERS,
        *SCALING,
        *INPUTS,
        *MODES,
        *(goal.what for goal in goals(results)),
    ):
        assert name in run.stdout, name
    assert "written: " in run.stdout


def test_settings_of_others_are_cleared(quick: Any) -> None:
    assert "Nehalem" not in quick[1].stderr


def test_who_computes_something_else_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Layer(1, 2, 5, 2, 3)
    monkeypatch.setitem(PEERS, "PyTorch", lambda *given: lambda: np.zeros((1, 2, 3, 3), "f4"))
    with pytest.raises(AssertionError, match="PyTorch, forward"):
        pair("forward", layer, "PyTorch", 0)


@pytest.mark.parametrize("wrong", [np.ones((1, 2), "f4"), np.ones(2, "f8"), np.ones(2, "f4") * 2])
def test_shape_dtype_and_values_must_agree(wrong: Any) -> None:
    with pytest.raises(AssertionError):
        agree([np.ones(2, "f4")], [wrong], "")


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_a_part_of_a_layer_is_one_of_its_kind(layer: Any) -> None:
    part = layer.part(2e4)
    assert part.products < layer.products and part.weight[1:] == layer.weight[1:]
    assert part.N == layer.N and part.O % part.groups == part.C % part.groups == 0
    assert layer.part(layer.products) == layer
