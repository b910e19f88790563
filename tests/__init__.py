"""The tests; they mirror the rooms of the code."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The checkout."""
