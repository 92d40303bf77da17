"""What finds, runs and compares: the pages, calls drawn at random, changes of the package."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
