"""Make appearance.npz: python models/appearance/make.py FER2013.zip."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from emoapp.profiles.appearance import FILE, gradients
from emoapp.training.data import load_split

COMPONENTS = 200


def main(path: Path) -> None:
    """Fit the mean and the whitening to PublicTest's faces, and write them.

    Args:
        path: FER-2013 as Kaggle gives it.
    """
    described = gradients(load_split(path, "PublicTest").images)
    mean = described.mean(axis=0)
    _, scales, directions = np.linalg.svd(described - mean, full_matrices=False)
    projection = directions[:COMPONENTS].T / scales[:COMPONENTS] * np.sqrt(len(described))
    np.savez_compressed(
        FILE, mean=mean.astype(np.float16), projection=projection.astype(np.float16)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
