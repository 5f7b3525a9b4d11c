"""The numbers of a training run, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

HISTORY_FILE = "history.csv"
"""What a training run writes after each epoch, in the folder of the run."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How strongly training images are changed.

    rotation: standard deviation of the rotation, degrees.
    scale: the largest change of size, as a logarithm: 0.15 is 86% to 116%.
    shift: the largest shift in each direction, pixels of the crop.
    degrade_probability: share of the images that are blurred, noisy, dark or compressed as
        webcams make them.
    erase_probability: share of the images of which a rectangle is replaced by noise.
    """

    rotation: float = 9.0
    scale: float = 0.15
    shift: float = 5.0
    degrade_probability: float = 0.25
    erase_probability: float = 0.5


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
    stochastic_depth: float = 0.0
    """How often the last residual block is skipped while training; earlier ones less, in
    proportion to their depth (Huang et al. 2016, "Deep Networks with Stochastic Depth")."""
    sizes: tuple[int, ...] = (48,)
    """Side of the training images in pixels, each for an equal part of the epochs: small images
    first save time (Tan and Le 2021, "EfficientNetV2"). Multiples of 8; end with 48."""
    mixup_alpha: float = 0.0
    """Two images are laid over each other, and their labels too, in a proportion drawn from
    Beta(alpha, alpha) (Zhang et al. 2018, "mixup"); 0 for never."""
    cutmix_alpha: float = 0.0
    """A rectangle of an image is replaced by another image's, and the labels mixed by area (Yun et
    al. 2019, "CutMix"); 0 for never. With mixup, each for half of the mixed batches."""
    mix_probability: float = 1.0
    """Share of the batches that mixup or cutmix change, where either is on."""
    rotation: float = 9.0
    """Standard deviation of the rotation of training images, degrees."""
    scale: float = 0.15
    """The largest change of size, as a logarithm: 0.15 is 86% to 116%."""
    shift: float = 5.0
    """The largest shift in each direction, pixels."""
    degrade_probability: float = 0.25
    """Share of the training images that are degraded the way webcams do."""
    erase_probability: float = 0.5
    """Share of the training images with a part of the face hidden."""
    distillation_weight: float = 0.5
    """Share of the teachers' answers in what is learned, where there are teachers."""
    mixed_bfloat16: bool = True
    seed: int = 1

    @property
    def augmentation(self) -> Augmentation:
        return Augmentation(
            self.rotation,
            self.scale,
            self.shift,
            self.degrade_probability,
            self.erase_probability,
        )
