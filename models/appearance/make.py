"""Make appearance.npz: python models/appearance/make.py FER2013.zip."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from emoapp.profiles.appearance import FILE, gradients
from emoapp.training.data import load_split

COMPONENTS = 200


def main(path: Path) -> None:
    """Fit the mean and the whitening to the faces of Training, and write them.

    Args:
        path: FER-2013 as Kaggle gives it.
    """
    described = gradients(load_split(path, "Training").images)
    mean = described.mean(axis=0)
    centered = described - mean
    covariance = (centered.T @ centered / len(centered)).astype(np.float64)
    variances, directions = np.linalg.eigh(covariance)
    strongest = slice(None, -COMPONENTS - 1, -1)
    projection = directions[:, strongest] / np.sqrt(variances[strongest])
    np.savez_compressed(
        FILE, mean=mean.astype(np.float16), projection=projection.astype(np.float16)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
