"""Build the network: a small residual CNN with a softmax head for each label set it learns from.

It runs on every backend of Keras; the workarounds for TensorFlow's CPU kernels stay in this file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import keras
from keras import layers

INPUT_SIZE = 48


@keras.saving.register_keras_serializable(package="emoapp")
class FusedBatchNormalization(layers.BatchNormalization):
    """Batch normalization that trains through TensorFlow's fused kernel.

    Keras computes it from single operations; on CPUs with bfloat16 units the fused kernel makes
    a whole training step at width 32 1.7 times as fast (355 against 213 images a second, 2 cores).
    The weights are those of the base class; other backends use the base class's code.
    """

    def call(
        self,
        inputs: keras.KerasTensor,
        training: bool | None = None,
        mask: keras.KerasTensor | None = None,
    ) -> keras.KerasTensor:
        """Normalize a batch, and update the moving statistics while training.

        Args:
            inputs: (N, H, W, C).
            training: Whether to normalize by the batch's own statistics.
            mask: Passed on to the base class.

        Returns:
            (N, H, W, C).
        """
        if not training or keras.backend.backend() != "tensorflow" or mask is not None:
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=tf.cast(self.gamma, tf.float32),
            offset=tf.cast(self.beta, tf.float32),
            mean=tf.zeros([0]),
            variance=tf.zeros([0]),
            epsilon=self.epsilon,
            is_training=True,
        )
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + batch * (1.0 - self.momentum))
        return outputs


def _conv_norm(
    x: keras.KerasTensor, channels: int, kernel: int, stride: int = 1, *, norm: type, name: str
) -> keras.KerasTensor:
    x = layers.Conv2D(
        channels,
        kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)
    return norm(momentum=0.97, name=f"{name}_norm")(x)


def _squeeze_excite(x: keras.KerasTensor, channels: int, *, name: str) -> keras.KerasTensor:
    """Weight the channels by the content of the whole image (Hu et al. 2018)."""
    scale = layers.GlobalAveragePooling2D(keepdims=True)(x)
    scale = layers.Conv2D(channels // 8, 1, activation="relu", name=f"{name}_squeeze")(scale)
    scale = layers.Conv2D(channels, 1, activation="sigmoid", name=f"{name}_excite")(scale)
    return layers.Multiply()([x, scale])


def _residual(
    x: keras.KerasTensor, channels: int, stride: int, *, norm: type, skip_rate: float, name: str
) -> keras.KerasTensor:
    """Add a residual block: two 3x3 convolutions and a shortcut (He et al. 2016).

    Args:
        x: Input of the block.
        channels: Channels of its output.
        stride: Factor by which the output is smaller than the input.
        norm: Class of the normalization layers.
        skip_rate: How often the shortcut alone is taken while training, for each image
            independently (Huang et al. 2016, "Deep Networks with Stochastic Depth").
        name: Prefix of the layers' names.
    """
    y = _conv_norm(x, channels, 3, stride, norm=norm, name=f"{name}_conv1")
    y = layers.ReLU()(y)
    y = _conv_norm(y, channels, 3, norm=norm, name=f"{name}_conv2")
    y = _squeeze_excite(y, channels, name=name)
    if skip_rate > 0:
        y = layers.Dropout(skip_rate, noise_shape=(None, 1, 1, 1), name=f"{name}_skip")(y)
    if stride > 1:
        x = layers.AveragePooling2D(stride)(x)
    if x.shape[-1] != channels:
        x = _conv_norm(x, channels, 1, norm=norm, name=f"{name}_shortcut")
    return layers.ReLU()(layers.Add()([x, y]))


def build_model(
    heads: Mapping[str, int],
    *,
    width: int = 32,
    blocks: Sequence[int] = (2, 3, 3),
    dropout: float = 0.4,
    stochastic_depth: float = 0.0,
    fused: bool = True,
    any_size: bool = False,
) -> keras.Model:
    """Build the network with random weights.

    Args:
        heads: Name of each label set -> its number of labels.
        width: Channels of the stem; the stages at 24x24, 12x12 and 6x6 have 2, 4 and 8 times as
            many.
        blocks: Number of residual blocks of each stage.
        dropout: Share of the features dropped before the heads while training.
        stochastic_depth: How often the last residual block is skipped while training; earlier ones
            less, in proportion to their depth.
        fused: Use `FusedBatchNormalization`, for training. Without it the network is made of
            Keras's own layers only, so that Keras alone can load it. The weights are the same, in
            the same order.
        any_size: Take crops of any size that is a multiple of 8, for training on small ones first.

    Returns:
        A model that takes uint8 (N, 48, 48) gray crops, scales them itself, and returns a
        dictionary head name -> logits float32 (N, labels).
    """
    norm = FusedBatchNormalization if fused else layers.BatchNormalization
    if any_size:
        crops = keras.Input((None, None), dtype="uint8", name="crops")
        x = keras.ops.expand_dims(crops, -1)
    else:
        crops = keras.Input((INPUT_SIZE, INPUT_SIZE), dtype="uint8", name="crops")
        x = layers.Reshape((INPUT_SIZE, INPUT_SIZE, 1))(crops)
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(x)
    x = layers.ReLU()(_conv_norm(x, width, 3, norm=norm, name="stem"))
    x = _stages(x, width, blocks, stochastic_depth=stochastic_depth, norm=norm)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    x = layers.Dropout(dropout)(x)
    logits = {
        name: layers.Dense(count, dtype="float32", name=name)(x) for name, count in heads.items()
    }
    return keras.Model(crops, logits, name="emotion")


def _stages(
    x: keras.KerasTensor,
    width: int,
    blocks: Sequence[int],
    *,
    stochastic_depth: float,
    norm: type,
) -> keras.KerasTensor:
    depth = 0
    for stage, count in enumerate(blocks, start=1):
        for block in range(1, count + 1):
            depth += 1
            x = _residual(
                x,
                width * 2**stage,
                stride=2 if block == 1 else 1,
                norm=norm,
                skip_rate=stochastic_depth * depth / sum(blocks),
                name=_block_name(stage, block),
            )
    return x


def _block_name(stage: int | str, block: int | str) -> str:
    return f"stage{stage}_block{block}"


def blocks_of(network: keras.Model) -> tuple[int, ...]:
    """Return the number of residual blocks of each stage.

    Args:
        network: Built by `build_model`.
    """
    widths = [layer.output.shape[-1] for layer in network.layers if isinstance(layer, layers.Add)]
    return tuple(widths.count(width) for width in sorted(set(widths)))


def silence(network: keras.Model, blocks: Sequence[int]) -> None:
    """Make additional blocks pass their input on unchanged at first.

    The scale of their last normalization is set to zero (Goyal et al. 2017, "Accurate, Large
    Minibatch SGD"); it grows while training.

    Args:
        network: Is changed.
        blocks: Number of blocks of each stage of a smaller network; its blocks stay as they are.
    """
    for layer in network.layers:
        if layer.name.endswith("_conv2_norm") and is_beyond(layer, blocks):
            layer.gamma.assign(keras.ops.zeros_like(layer.gamma))


def is_beyond(layer: keras.Layer, blocks: Sequence[int]) -> bool:
    """Return whether a layer belongs to a block that a smaller network does not have.

    Args:
        layer: Layer of the larger network.
        blocks: Number of blocks of each stage of the smaller network.
    """
    found = re.match(_block_name(r"(\d+)", r"(\d+)"), layer.name)
    if found is None:
        return False
    stage, block = map(int, found.groups())
    return block > blocks[stage - 1]
