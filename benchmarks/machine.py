"""What the times depend on: processor, system, versions, and the environment of one thread."""

import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

THREADS: Final = tuple(
    f"{name}_THREADS" for name in ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "VECLIB_MAXIMUM")
)
# Somebody's choice of kernels for another program slows NumPy here.
TUNED: Final = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
PACKAGES: Final = ("convref", "numpy", "torch", "onnxruntime", "onnx", "scipy")


def one_thread() -> None:
    """Clean the environment. Libraries read it when they are loaded."""
    assert "numpy" not in sys.modules, "too late"
    os.environ |= dict.fromkeys(THREADS, "1")
    for name in TUNED:
        os.environ.pop(name, None)


def cpu() -> str:
    """The processor's name, as the system gives it."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.M) if info.exists() else None
    if found:
        return found[1]
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.check_output(command, text=True).strip()
    return platform.processor() or platform.machine()


def described() -> dict[str, object]:
    return {
        "cpu": cpu(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {
            "Python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
    }
