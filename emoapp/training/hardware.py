"""What this computer trains fast in."""

from __future__ import annotations

from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")
_BFLOAT16_UNITS = {"avx512_bf16", "amx_bf16"}


def has_bfloat16_units() -> bool:
    """Whether mixed bfloat16 is faster than float32 here.

    Without such units TensorFlow imitates them: a training step took over 30 seconds on an older
    EPYC, and 4.7 in float32. With AMX bfloat16 takes half of float32's time.
    """
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        return True
    try:
        flags = _CPU_INFO.read_text(encoding="utf-8")
    except OSError:  # no Linux
        return False
    return not _BFLOAT16_UNITS.isdisjoint(flags.split())
