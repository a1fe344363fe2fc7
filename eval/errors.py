"""What can go wrong while measuring."""

from __future__ import annotations


class EvalError(Exception):
    """Base of everything the eval package raises on purpose."""


class DatasetUnusable(EvalError):
    """A set of questions cannot be read; the message names the file and the line."""
