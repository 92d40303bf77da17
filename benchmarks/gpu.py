"""What a GPU does with the same layers, beside the CPU: messages, bits, settings, time.

    python -m benchmarks.gpu [--device cuda] [--out benchmarks/gpu.json]

Each measurement is a function of the device; all go into one JSON, with hardware, versions, date.
Without a GPU nothing is written, unless another device is named: `--device cpu` tries the script.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

import convref
from benchmarks.machine import cpu

RESULTS = Path(__file__).with_name("gpu.json")
ROUNDS = 5
Device = torch.device


def layer(device: Device, channels: int = 256, size: int = 16, batch: int = 8) -> tuple[Any, Any]:
    """An input and a weight that are the same on every device."""
    made = torch.Generator().manual_seed(0)
    image = torch.randn(batch, channels, size, size, generator=made)
    weight = torch.randn(channels, channels, 3, 3, generator=made)
    return image.to(device), weight.to(device)


def exact(image: Any, weight: Any) -> Any:
    """The convolution in float64, and for each cell the sum of absolute terms."""
    x, w = image.cpu().numpy(), weight.cpu().numpy()
    wide = [each.astype(np.float64) for each in (x, w)]
    return convref.conv2d(*wide), convref.conv2d(*map(np.abs, wide))


def error(result: Any, image: Any, weight: Any) -> float:
    """The largest error, by the sum of absolute terms of its cell."""
    right, terms = exact(image, weight)
    return float((np.abs(result.cpu().double().numpy() - right) / terms).max())


@contextmanager
def setting(holder: Any, **values: Any) -> Iterator[None]:
    """Some settings, and afterwards what was before."""
    before = {name: getattr(holder, name) for name in values}
    try:
        for name, value in values.items():
            setattr(holder, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(holder, name, value)


def wait(device: Device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def milliseconds(device: Device, call: Callable[[], Any], repeats: int = 20) -> float:
    """The median of some rounds, once the first calls are over."""
    for _ in range(3):
        call()
    took = []
    for _ in range(ROUNDS):
        wait(device)
        started = time.perf_counter()
        for _ in range(repeats):
            call()
        wait(device)
        took.append((time.perf_counter() - started) / repeats * 1000)
    return round(float(np.median(took)), 4)


# Measurements -------------------------------------------------------------------------------------


def messages(device: Device) -> dict[str, str]:
    """What the same mistakes say."""

    def said(call: Callable[[], Any]) -> str:
        try:
            call()
            wait(device)
        except Exception as raised:  # whatever it is, it is what a user sees
            return f"{type(raised).__name__}: {str(raised).splitlines()[0]}"
        return "nothing"

    on: dict[str, Any] = {"device": device}
    image, weight = torch.zeros(1, 3, 8, 8, **on), torch.zeros(4, 3, 3, 3, **on)
    here, there = torch.zeros(1, 3, 8, 8), torch.nn.Conv2d(3, 4, 3).to(device)
    plain = torch.nn.Conv2d(3, 4, 3, bias=False).to(device)
    return {
        "channels": said(lambda: F.conv2d(image[:, :1], weight)),
        "kernel too large": said(lambda: F.conv2d(image[..., :2, :2], weight)),
        "bias": said(lambda: F.conv2d(image, weight, torch.zeros(3, **on))),
        "groups": said(lambda: F.conv2d(image, weight, groups=2)),
        "double input": said(lambda: there(image.double())),
        "double input, no bias": said(lambda: plain(image.double())),
        "half input": said(lambda: plain(image.half())),
        "integer input": said(lambda: F.conv2d(image.long(), weight.long())),
        "byte input": said(lambda: plain(image.byte())),
        "bool input": said(lambda: F.conv2d(image.bool(), weight.bool())),
        "input on the CPU": said(lambda: there(here)),
        "input on the CPU, no bias": said(lambda: plain(here)),
        "reflect too large": said(lambda: F.pad(image, (8, 8, 8, 8), mode="reflect")),
        "output_padding": said(lambda: F.conv_transpose2d(image[:, :3], weight[:3], None, 1, 0, 1)),
    }


def against_cpu(device: Device) -> dict[str, float]:
    """How far CPU and device are from the sum in float64, and from each other."""
    image, weight = layer(torch.device("cpu"))
    ours = F.conv2d(image, weight)
    theirs = F.conv2d(image.to(device), weight.to(device))
    apart = (ours - theirs.cpu()).abs().max().item()
    return {
        "cpu": error(ours, image, weight),
        "device": error(theirs, image, weight),
        "apart": apart,
        "equal bits": float((ours == theirs.cpu()).double().mean()),
    }


def tf32(device: Device) -> dict[str, float]:
    image, weight = layer(device)
    found = {}
    for allowed in (True, False):
        with setting(torch.backends.cudnn, allow_tf32=allowed):
            found[str(allowed)] = error(F.conv2d(image, weight), image, weight)
    return found | {"default": float(torch.backends.cudnn.allow_tf32)}


def batch(device: Device) -> dict[str, float]:
    """Whether an image's result depends on the others in its batch."""
    image, weight = layer(device, batch=8)
    with setting(torch.backends.cudnn, allow_tf32=False):
        whole = F.conv2d(image, weight)
        alone = torch.cat([F.conv2d(each[None], weight) for each in image])
    return {
        "equal bits": float((whole == alone).double().mean()),
        "apart": (whole - alone).abs().max().item(),
    }


def again(device: Device) -> dict[str, int]:
    """How many of ten runs of a backward pass give other bits, by settings."""
    image, weight = layer(device)
    found = {}
    for name, values in {
        "default": {},
        "deterministic": {"deterministic": True},
        "benchmark": {"benchmark": True},
    }.items():
        with setting(torch.backends.cudnn, allow_tf32=False, **values):
            first, other = None, 0
            for _ in range(10):
                leaf = weight.clone().requires_grad_()
                F.conv2d(image, leaf).square().sum().backward()  # type: ignore[no-untyped-call]
                first = leaf.grad if first is None else first
                assert leaf.grad is not None and first is not None
                other += not torch.equal(first, leaf.grad)
        found[name] = other
    return found


def speed(device: Device) -> dict[str, float]:
    """Milliseconds of layers: dense and depthwise, in two memory formats, searched for or not."""
    image, weight = layer(device, channels=128, size=56)
    one = weight[:, :1].contiguous()
    found = {}
    for name, memory in {
        "contiguous": torch.contiguous_format,
        "channels_last": torch.channels_last,
    }.items():
        x, w, d = (each.contiguous(memory_format=memory) for each in (image, weight, one))
        found[f"dense {name}"] = milliseconds(device, lambda x=x, w=w: F.conv2d(x, w))  # type: ignore[misc]
        found[f"depthwise {name}"] = milliseconds(
            device,
            lambda x=x, d=d: F.conv2d(x, d, groups=128),  # type: ignore[misc]
        )
    with setting(torch.backends.cudnn, benchmark=True):
        found["dense, benchmark"] = milliseconds(device, lambda: F.conv2d(image, weight))
    return found


MEASURED = {
    "messages": messages,
    "against the CPU": against_cpu,
    "TF32": tf32,
    "batch": batch,
    "runs that differ, of 10": again,
    "milliseconds": speed,
}


def measured(device: Device) -> dict[str, Any]:
    named = torch.cuda.get_device_name(device) if device.type == "cuda" else "none"
    versions = {"torch": torch.__version__, "cuda": torch.version.cuda or "none"}
    versions["cudnn"] = str(torch.backends.cudnn.version() or "none")  # type: ignore[no-untyped-call]
    found: dict[str, Any] = {"device": named, "cpu": cpu(), "date": f"{date.today()}"} | versions
    for name, measure in MEASURED.items():
        print(f"{name} ...", flush=True)
        found[name] = measure(device)
    return found


def main() -> int:
    assert __doc__
    parser = argparse.ArgumentParser("benchmarks.gpu", description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    device = torch.device(given.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        print("no CUDA device here: nothing was measured", file=sys.stderr)
        return 1
    given.out.write_text(json.dumps(measured(device), indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
