"""Vectors as texts: half-precision numbers in base 64, as a backup holds lines of JSON."""

from __future__ import annotations

import base64

import numpy as np

from indexer.ports import Vector


def packed(vector: Vector) -> str:
    """Return a vector as a text."""
    return base64.b64encode(np.asarray(vector, "<f2").tobytes()).decode("ascii")


def unpacked(text: str) -> Vector:
    """Return the vector of a text."""
    row: Vector = np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32)
    return row
