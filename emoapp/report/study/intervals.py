"""Compute what Student's t intervals need, without SciPy."""

from __future__ import annotations

import math

import numpy as np

_INTEGRATION_STEPS = 20_000


def variance(values: np.ndarray) -> float:
    """Return the variance (n - 1) of values; 0 of a single one."""
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def welch_df(of_x: float, of_y: float, n_x: int, n_y: int) -> float:
    """Return the degrees of freedom of a difference of means, by Welch and Satterthwaite.

    Args:
        of_x: Variance of the first mean, of `n_x` values.
        of_y: Variance of the second mean, of `n_y` values.
        n_x: See `of_x`.
        n_y: See `of_y`.
    """
    below = of_x**2 / max(1, n_x - 1) + of_y**2 / max(1, n_y - 1)
    return (of_x + of_y) ** 2 / below if below else float(n_x + n_y - 2)


def t_quantile(probability: float, df: float) -> float:
    """Return the quantile of Student's t distribution, without SciPy.

    With t = sqrt(df) tan(angle), the density becomes proportional to cos(angle) ** (df - 1), which
    is summed up.

    Args:
        probability: 0.5 to 1, without 1.
        df: Degrees of freedom, 1 or more.
    """
    angles = np.linspace(0, math.pi / 2, _INTEGRATION_STEPS + 1)
    density = np.cos(angles) ** (df - 1)
    areas = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    angle = float(np.interp(2 * probability - 1, areas / areas[-1], angles))
    return math.sqrt(df) * math.tan(angle)
