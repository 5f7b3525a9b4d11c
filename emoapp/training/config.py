"""The numbers of a training run, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """What decides how a model comes out; written into its description.

    The defaults train the shipped network from random weights; models/README.md has the runs that
    the shipped model went through.
    """

    epochs: int = 36
    batch_size: int = 128
    learning_rate: float = 2e-3
    """Peak rate: reached after the warm-up, then lowered along a half cosine to 1% of it."""
    warmup_epochs: float = 3.0
    weight_decay: float = 0.02
    ema_momentum: float = 0.999
    """Share of the old value kept in the running average of the weights, at each step."""
    label_smoothing: float = 0.1
    """Probability spread evenly over all classes, for labels given by one person only."""
    patience: int = 12
    """Epochs without a better validation accuracy before training stops early."""
    width: int = 32
    """Channels of the stem; the three stages have 2, 4 and 8 times as many."""
    blocks: tuple[int, int, int] = (2, 3, 3)
    """Residual blocks of each stage."""
    dropout: float = 0.4
    camera: float = 0.25
    """Share of the training images that are degraded the way webcams do."""
    hidden: float = 0.5
    """Share of the training images with a part of the face hidden."""
    soft_share: float = 0.5
    """Share of the teachers' answers in what is learned, where there are teachers."""
    mixed_bfloat16: bool = True
    seed: int = 1
