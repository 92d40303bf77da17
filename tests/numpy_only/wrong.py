"""Functions that `convref check` finds by name: a right one, and some that are no use at all."""

import ctypes
import os
import time
from typing import Any

import numpy as np

import convref

__all__ = ["crashing", "hanging", "printing", "segfault", "unbiased"]


def printing(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
    print("what a function prints does not come between the results")
    return convref.conv2d(input, weight, bias, **options)


def unbiased(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
    return convref.conv2d(input, weight, None, **options)


def crashing(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
    if options["groups"] > 1:
        os._exit(7)
    return convref.conv2d(input, weight, bias, **options)


def segfault(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
    return ctypes.string_at(0)


def hanging(input: Any, weight: Any, bias: Any, **options: Any) -> Any:
    if bias is None and options["dilation"] != (1, 1):
        time.sleep(600)
    return convref.conv2d(input, weight, bias, **options)


def listed(array: Any) -> Any:
    return np.asfortranarray(array)
