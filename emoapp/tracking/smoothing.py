"""Average a face's probabilities over time, independently of the frame rate."""

from __future__ import annotations

import math

import numpy as np


class Smoother:
    """Exponential moving average with a time constant; each track needs its own.

    A step change is covered to 63% after one time constant, to 95% after three.

    Args:
        time_constant_s: See the attributes.

    Attributes:
        time_constant_s: Seconds; 0 for no average. May be changed between two measurements.

    Raises:
        ValueError: `time_constant_s` is negative.
    """

    def __init__(self, time_constant_s: float) -> None:
        if time_constant_s < 0:
            raise ValueError(f"time_constant_s: expected 0 or more, got {time_constant_s}")
        self.time_constant_s = time_constant_s
        self._value: np.ndarray | None = None
        self._t = 0.0

    def update(self, value: np.ndarray, t: float) -> np.ndarray:
        """Add a measurement.

        Args:
            value: float array.
            t: Time of the measurement, seconds.

        Returns:
            The average, of the same shape.
        """
        if self._value is None or self.time_constant_s == 0:
            self._value = value
        else:
            share = -math.expm1(-max(0.0, t - self._t) / self.time_constant_s)
            self._value = self._value + np.float32(share) * (value - self._value)
        self._t = t
        return self._value
