"""Settings of a training run."""

from __future__ import annotations

from dataclasses import dataclass

HISTORY_FILE = "history.csv"
"""Written after each epoch, in the folder of the run."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How strongly training images are changed.

    Attributes:
        rotation: Standard deviation of the rotation, degrees.
        scale: Largest change of size, as a logarithm: 0.15 is 86% to 116%.
        shift: Largest shift in each direction, pixels of the crop.
        degrade_probability: Share of the images that are blurred, noisy, dark or compressed as
            webcams make them.
        erase_probability: Share of the images of which a rectangle is replaced by noise.
    """

    rotation: float = 9.0
    scale: float = 0.15
    shift: float = 5.0
    degrade_probability: float = 0.25
    erase_probability: float = 0.5


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """All settings that determine a model; written into its description.

    The defaults train the shipped network from random weights; models/README.md lists the runs
    that the shipped model is the result of.

    Attributes:
        epochs: Number of epochs.
        batch_size: Images a step.
        learning_rate: Peak rate: reached after the warm-up, then lowered along a half cosine to 1%
            of it.
        warmup_epochs: Epochs until the peak rate.
        weight_decay: Decoupled weight decay (AdamW).
        ema_momentum: Share of the old value kept in the running average of the weights, at each
            step.
        label_smoothing: Probability spread evenly over all classes, for labels chosen by a single
            person.
        patience: Epochs without a better validation accuracy before training stops early; only
            those of the last of `sizes` count, and only they choose the weights.
        width: Channels of the stem; the three stages have 2, 4 and 8 times as many.
        blocks: Residual blocks of each stage.
        dropout: Share of the features dropped before the heads.
        stochastic_depth: How often the last residual block is skipped while training; earlier ones
            less, in proportion to their depth (Huang et al. 2016, "Deep Networks with Stochastic
            Depth").
        sizes: Side of the training images in pixels, each for an equal part of the epochs: small
            images first save time (Tan and Le 2021, "EfficientNetV2"). Multiples of 8; the last is
            48.
        mixup_alpha: Two images are laid over each other, and their labels too, in a proportion
            drawn from Beta(alpha, alpha) (Zhang et al. 2018, "mixup"); 0 for never.
        cutmix_alpha: A rectangle of an image is replaced by another image's, and the labels mixed
            by area (Yun et al. 2019, "CutMix"); 0 for never. With mixup, each for half of the
            mixed batches.
        mix_probability: Share of the batches that mixup or CutMix change, where either is on.
        rotation: See `Augmentation`.
        scale: See `Augmentation`.
        shift: See `Augmentation`.
        degrade_probability: See `Augmentation`.
        erase_probability: See `Augmentation`.
        distillation_weight: Share of the teachers' probabilities in the targets, where there are
            teachers.
        mixed_bfloat16: Compute in bfloat16 where that is safe.
        seed: Seed of all random numbers.
    """

    epochs: int = 36
    batch_size: int = 128
    learning_rate: float = 2e-3
    warmup_epochs: float = 3.0
    weight_decay: float = 0.02
    ema_momentum: float = 0.999
    label_smoothing: float = 0.1
    patience: int = 12
    width: int = 32
    blocks: tuple[int, int, int] = (2, 3, 3)
    dropout: float = 0.4
    stochastic_depth: float = 0.0
    sizes: tuple[int, ...] = (48,)
    mixup_alpha: float = 0.0
    cutmix_alpha: float = 0.0
    mix_probability: float = 1.0
    rotation: float = 9.0
    scale: float = 0.15
    shift: float = 5.0
    degrade_probability: float = 0.25
    erase_probability: float = 0.5
    distillation_weight: float = 0.5
    mixed_bfloat16: bool = True
    seed: int = 1

    @property
    def augmentation(self) -> Augmentation:
        """The settings of the augmentation alone."""
        return Augmentation(
            self.rotation,
            self.scale,
            self.shift,
            self.degrade_probability,
            self.erase_probability,
        )
