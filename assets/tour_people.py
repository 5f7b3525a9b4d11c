"""The two portraits of the tour, with the control points of their faces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import skimage.data
from tour_faces import Face, Pose
from tour_portraits import Portrait

COLLINS = Face(
    center=(225, 146),
    tilt=0.03,
    corners=[(203, 140), (247, 141.5)],
    upper_inner=[(211, 142.6), (218, 143.8), (225, 144.3), (232, 143.8), (239, 142.6)],
    upper_outer=[(211, 139.5), (218, 139.8), (225, 140.6), (232, 140), (239, 140.5)],
    lower_inner=[(209, 145.8), (215, 148.8), (225, 150.2), (234, 148.8), (241, 145.8)],
    lower_outer=[(210, 151), (217, 154), (225, 155), (233, 153.5), (240, 150)],
    brows=[(191, 90), (201, 89), (213, 93), (238, 94), (250, 92.5), (262, 96)],
    lids=[(202, 96.5), (246, 99)],
    lower_lids=[(203, 104.5), (246, 107.5)],
    cheeks=[(199, 122), (254, 124)],
    chin=[(200, 172), (224, 178.5), (245, 172), (224, 168)],
    fixed=[
        (140, 30), (222, 25), (300, 30), (140, 230), (222, 230), (300, 230), (140, 125), (300, 125),
        (202, 101), (192, 101), (212, 102), (246, 103), (235, 105), (258, 104),
        (222, 110), (222, 127), (212, 130), (235, 131), (182, 115), (184, 140), (268, 117),
        (266, 140), (200, 76), (222, 76), (250, 76), (180, 70), (268, 70), (215, 195), (240, 195),
    ],
    folds=(
        [(210, 122), (205, 129), (198, 136)],
        [(238, 124), (244, 132), (251, 138), (252, 146)],
        [(198, 137), (198, 146), (203, 152)],
    ),
    fold_width=5,
    poses={
        "neutral": Pose(15.2, rise=-3.5, drop=2.6, upper=5.2, lower=5.6, outer_brow=0.5,
                        lower_lids=0.9, cheeks=-1.5),
        "surprise": Pose(13, rise=-1, drop=3.5, opening=15, upper=5, lower=6.5, inner_brow=4,
                         outer_brow=4, lids=2, lower_lids=-1.5, cheeks=-2, chin=6.5),
        "sad": Pose(16.3, rise=-5.5, drop=2, upper=4.7, lower=5, inner_brow=4, outer_brow=-1.5,
                    knit=2.5, lids=-1, cheeks=-2),
    },
)  # fmt: skip

HOPPER = Face(
    center=(267, 279),
    tilt=-0.02,
    corners=[(228, 281.5), (308, 279)],
    upper_inner=[(240, 279.4), (253, 279.2), (267, 279.5), (281, 278.3), (295, 277.8)],
    upper_outer=[(240, 276), (254, 272.5), (267, 274), (281, 272), (296, 274.5)],
    lower_inner=[(240, 279.4), (253, 279.2), (267, 279.5), (281, 278.3), (295, 277.8)],
    lower_outer=[(243, 286), (255, 290), (268, 291), (282, 290), (297, 285)],
    brows=[(200, 170), (220, 163), (243, 166), (281, 164), (303, 160), (330, 163)],
    lids=[(220, 182), (307, 180)],
    lower_lids=[(220, 195), (307, 194)],
    cheeks=[(208, 248), (322, 248)],
    chin=[(225, 325), (265, 331), (305, 325), (265, 312)],
    fixed=[
        (100, 60), (265, 60), (430, 60), (100, 420), (265, 420), (430, 420), (100, 240), (430, 240),
        (180, 178), (200, 176), (215, 175), (230, 176), (245, 180), (267, 184), (285, 177),
        (297, 172), (310, 170), (327, 169), (345, 172), (200, 215), (220, 231), (245, 220),
        (288, 218), (310, 227), (335, 210),
        (267, 243), (242, 246), (291, 246), (175, 140), (265, 135), (355, 140),
        (190, 270), (345, 270), (235, 370), (300, 370), (222, 188), (305, 187),
    ],
    poses={
        "happy": Pose(47, rise=11, drop=1.2, opening=15.5, upper=6.7, lower=10.5, inner_brow=2,
                      outer_brow=1.8, cheeks=11.5, chin=4),
        "surprise": Pose(28.4, rise=1.8, drop=8, opening=25, upper=6.4, lower=8.5, inner_brow=5.8,
                         outer_brow=6, cheeks=-3, chin=12.5),
        "sad": Pose(35, rise=-11, drop=1, upper=7, lower=10.8, inner_brow=4, outer_brow=-3,
                    knit=3.5, cheeks=-1.5, chin=1),
    },
)  # fmt: skip


SOFT = 6.0
"""How much what is behind a person is blurred, in pixels of the photograph."""


@dataclass(frozen=True)
class Person:
    """A portrait, and where to find the person in the photograph.

    Attributes:
        portrait: The portrait.
        head_xy: The middle of the head.
        head_wh: Half its width and height, hair included.
        neck_xy: Where the head turns.
    """

    portrait: Portrait
    head_xy: tuple[float, float]
    head_wh: tuple[float, float]
    neck_xy: tuple[float, float]


def collins() -> Person:
    """Return Eileen Collins, smiling."""
    outline = [(150, 110), (150, 50), (190, 15), (250, 12), (297, 45), (303, 100), (285, 140),
               (310, 230), (345, 270), (370, 350), (370, 512), (0, 512), (30, 300), (70, 230),
               (120, 200), (120, 160), (165, 145)]  # fmt: skip
    picture = _blur_around(skimage.data.astronaut(), outline)
    return Person(Portrait(picture, COLLINS, 3.2), (223, 118), (80, 92), (222, 200))


def hopper() -> Person:
    """Return Grace Hopper, neutral."""
    path = Path(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg")
    picture = cv2.imread(str(path))[..., ::-1].copy()
    outline = [(145, 90), (170, 80), (178, 40), (265, 15), (355, 50), (360, 80), (375, 100),
               (372, 180), (380, 200), (345, 310), (480, 380), (512, 600), (20, 600), (30, 410),
               (70, 360), (195, 315), (150, 240), (145, 170)]  # fmt: skip
    soft = _blur_around(picture, outline)
    portrait = Portrait(soft, HOPPER, 1.5, _borrowed_teeth(picture))
    return Person(portrait, (265, 200), (115, 150), (265, 345))


def _blur_around(picture: np.ndarray, outline: list[tuple[float, float]]) -> np.ndarray:
    """Return the picture with what is outside of an outline blurred, more so farther away."""
    outside = np.full(picture.shape[:2], 255, np.uint8)
    cv2.fillPoly(outside, [np.array(outline, np.int32)], 0)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, 3)
    share = np.clip(distance / (2 * SOFT), 0, 1)[..., None]
    blurred = cv2.GaussianBlur(picture, None, SOFT).astype(np.float32)
    return (share * blurred + (1 - share) * picture + 0.5).astype(np.uint8)


def _borrowed_teeth(picture: np.ndarray) -> np.ndarray:
    """Return what is behind Hopper's lips: Collins's teeth, as her own are not to be seen."""
    mouth = Portrait(skimage.data.astronaut(), COLLINS, 1).mouth.astype(np.float32)
    matrix = np.float32([[1.9, 0, 267 - 1.9 * 225], [-0.09, 1.75, 278 - 1.75 * 145.5 + 0.09 * 225]])
    size = picture.shape[1::-1]
    teeth = cv2.warpAffine(
        mouth, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return teeth * np.float32((0.9, 0.82, 0.74))
