"""Measure the program's speed next to that of the bare library calls."""
