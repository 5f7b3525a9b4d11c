"""What numpy raises when it reads a damaged .npz file."""

from __future__ import annotations

import struct
import tokenize
import zipfile
import zlib

NPZ_ERRORS = (
    # numpy's own, of what is no such file or lacks an array
    *(OSError, ValueError, KeyError, TypeError, EOFError),
    # of the zip file: damaged, in a format or with a password that Python has no code for
    *(zipfile.BadZipFile, zlib.error, struct.error, RuntimeError),
    # of the header of an array: no Python literal, or the shape of a huge one
    *(tokenize.TokenError, MemoryError),
)
"""A single flipped bit may lead to any of them. `NotImplementedError` is a `RuntimeError`."""
