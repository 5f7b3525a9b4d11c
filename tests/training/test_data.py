"""Labeled pictures as people have them, whole and broken."""

from __future__ import annotations

import zipfile

import cv2
import numpy as np
import pytest

from emoapp.errors import DataError
from emoapp.labels import EMOTIONS, FERPLUS
from emoapp.training import data
from emoapp.training.dataset import Dataset, ferplus_among, ferplus_majority, subset, subset_mask
from emoapp.training.tables import FERPLUS_COLUMNS

HEADER = "emotion,pixels,Usage"
VOTES_HEADER = "Usage,Image name," + ",".join(FERPLUS_COLUMNS)


def pixels(value: int, count: int = 48 * 48) -> str:
    return " ".join([str(value)] * count)


def rows(*triples: tuple[object, str, str]) -> str:
    return "\n".join([HEADER, *(f"{e},{p},{u}" for e, p, u in triples)]) + "\n"


GOOD = rows((3, pixels(7), "Training"), (0, pixels(9), "PublicTest"), (6, pixels(8), "Training"))
VOTES = "\n".join(
    [
        VOTES_HEADER,
        "Training,a.png,0,8,1,0,0,0,0,0,1,0",
        "PublicTest,b.png,1,0,0,0,9,0,0,0,0,0",
        "Training,c.png,4,0,0,4,0,0,0,0,2,0",
    ]
)


@pytest.fixture(params=["csv", "zip", "folder"])
def fer2013_files(request, tmp_path):
    if request.param == "zip":
        path = tmp_path / "fer2013.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("fer2013/fer2013.csv", GOOD)
            archive.writestr("fer2013/fer2013new.csv", VOTES)
        return path
    (tmp_path / "fer2013.csv").write_text(GOOD)
    (tmp_path / "fer2013new.csv").write_text(VOTES)
    return tmp_path if request.param == "folder" else tmp_path / "fer2013.csv"


def test_kaggles_csv_with_votes_beside_it(fer2013_files):
    splits = data.load(fer2013_files)
    assert set(splits) == {"train", "validation"}
    training = splits["train"]
    assert training.names == EMOTIONS
    np.testing.assert_array_equal(training.labels, [3, 6])
    np.testing.assert_array_equal(training.images[:, 0, 0], [7, 8])
    assert training.images.shape == (2, 48, 48) and training.images.dtype == np.uint8
    assert training.votes[0, FERPLUS.index("happy")] == 8
    assert splits["validation"].votes[0, FERPLUS.index("angry")] == 9


@pytest.mark.parametrize(
    "row, complaint",
    [
        ((7, pixels(1), "Training"), "an emotion from 0 to 6, found '7'"),
        (("x", pixels(1), "Training"), "an emotion from 0 to 6, found 'x'"),
        ((1, pixels(1, 100), "Training"), "2304 pixels, found 100"),
        ((1, pixels(300), "Training"), "pixels from 0 to 255"),
        ((1, "1 two 3", "Training"), "whole numbers"),
        ((1, pixels(1), "Tuesday"), "PublicTest, PrivateTest, found 'Tuesday'"),
    ],
)
def test_a_broken_row_is_named_and_can_be_skipped(tmp_path, row, complaint):
    path = tmp_path / "data.csv"
    path.write_text(rows((3, pixels(7), "Training"), row, (4, pixels(2), "Training")))
    with pytest.raises(DataError, match=rf"data\.csv, row 2: expected .*{complaint}.*--skip-bad"):
        data.load(path)
    training = data.load(path, skip_bad=True)["train"]
    np.testing.assert_array_equal(training.labels, [3, 4])
    assert len(training.bad) == 1 and "row 2" in training.bad[0]


def test_what_is_no_data_set_is_refused_by_name(tmp_path):
    with pytest.raises(DataError, match="nowhere: there is no such"):
        data.load(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="<label>"):
        data.load(tmp_path / "empty")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="expected the header emotion,pixels,Usage"):
        data.load(tmp_path / "other.csv")
    cv2.imwrite(str(tmp_path / "picture.jpg"), np.zeros((48, 48), np.uint8))
    (tmp_path / "latin.csv").write_text(GOOD.replace("6", "Übung"), encoding="latin-1")
    (tmp_path / "long.csv").write_text("x" * 200_000)
    for name in ("picture.jpg", "latin.csv", "long.csv"):
        with pytest.raises(DataError, match=rf"{name}: expected a CSV file in UTF-8, a zip"):
            data.load(tmp_path / name)
    (tmp_path / "broken.zip").write_bytes(b"PK no")
    with pytest.raises(DataError, match=r"broken\.zip: not a readable zip"):
        data.load(tmp_path / "broken.zip")


def test_votes_must_belong_to_the_images(tmp_path):
    (tmp_path / "fer2013.csv").write_text(GOOD)
    (tmp_path / "votes.csv").write_text("\n".join(VOTES.splitlines()[:-1]))
    with pytest.raises(DataError, match="has 2 rows and .* has 3"):
        data.load(tmp_path / "fer2013.csv", ferplus=tmp_path / "votes.csv")


@pytest.mark.parametrize("below", ["", "images"])
def test_folders_of_pictures(tmp_path, below):
    for split, label, size in (
        ("train", "happy", 48),
        ("train", "anger", 96),
        ("train", "sleepy", 48),
        ("validation", "happy", 48),
    ):
        folder = tmp_path / below / split / label
        folder.mkdir(parents=True)
        cv2.imwrite(str(folder / "one.png"), np.full((size, size, 3), 77, np.uint8))
    (tmp_path / below / "train" / "happy" / "broken.jpg").write_text("no picture")
    with pytest.raises(DataError, match=r"broken\.jpg: expected a picture"):
        data.load(tmp_path)
    splits = data.load(tmp_path, skip_bad=True)
    assert splits["train"].names == ("angry", "happy", "sleepy")
    assert sorted(splits["train"].labels) == [0, 1, 2]
    assert (splits["train"].images == 77).all() and len(splits["train"].bad) == 1
    assert splits["validation"].names == splits["train"].names


def distinct(count: int, seed: int = 0) -> np.ndarray:
    """uint8 (count, 48, 48): images that nobody takes for copies of each other."""
    return np.random.default_rng(seed).integers(0, 256, (count, 48, 48), dtype=np.uint8)


def test_without_a_validation_split_a_fifth_of_each_class_is_held_out():
    labels = np.repeat([0, 1], [50, 10])
    whole = Dataset(distinct(60), labels, ("a", "b"))
    known = data.training_data({"train": whole}, table=False)
    np.testing.assert_array_equal(np.bincount(known.validation.labels), [10, 2])
    together = np.concatenate([known.training.images, known.validation.images])
    assert sorted(image.tobytes() for image in together) == sorted(
        image.tobytes() for image in whole.images
    )
    assert known.test is None


def test_of_single_images_none_is_held_out():
    whole = Dataset(distinct(2), np.arange(2), ("a", "b"))
    assert not data.training_data({"train": whole}, table=False).held.any()


def test_a_share_of_the_training_images_is_always_the_same_one():
    labels = np.repeat([0, 1, 2], [40, 10, 1])
    images = np.broadcast_to(np.arange(51, dtype=np.uint8)[:, None, None], (51, 48, 48))
    dataset = Dataset(images, labels, ("a", "b", "c"), votes=np.zeros((51, 10), np.float32))
    half = subset(dataset, 0.5)
    assert np.bincount(half.labels).tolist() == [20, 5, 1]
    assert half.votes is not None and len(half.votes) == 26
    np.testing.assert_array_equal(half.images, subset(dataset, 0.5).images)
    np.testing.assert_array_equal(half.images, images[subset_mask(dataset, 0.5)])
    assert not (subset_mask(dataset, 0.1) & ~subset_mask(dataset, 0.5)).any()
    assert subset(dataset, 1) is dataset
    for share in (0, -0.5, 1.5, float("nan")):
        with pytest.raises(ValueError, match="share"):
            subset(dataset, share)


def test_of_a_table_a_tenth_of_the_training_split_chooses_and_publictest_reports():
    whole = Dataset(distinct(200), np.arange(200) % 2, ("a", "b"))
    public = Dataset(distinct(20, seed=1), np.arange(20) % 2, ("a", "b"))
    known = data.training_data({"train": whole, "validation": public}, table=True)
    assert len(known.validation) == 20 and len(known.training) == 180
    assert known.test is public
    again = data.training_data({"train": whole}, table=True)
    np.testing.assert_array_equal(again.held, known.held)


def with_copies(count: int, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Images, and darker, cropped and marked copies of them, as FER-2013 has them."""
    images = np.stack(
        [
            cv2.GaussianBlur(image, (0, 0), 5, borderType=cv2.BORDER_REFLECT)
            for image in distinct(count, seed)
        ]
    )
    images = np.uint8(cv2.normalize(np.float32(images), None, 40, 240, cv2.NORM_MINMAX))
    cropped = np.stack([cv2.resize(image[1:, 1:], (48, 48)) for image in images])
    marked = images.copy()
    marked[:, 20:23, 20:30] = 128
    return images, cropped, marked, np.uint8(images * 0.6)


def test_copies_of_an_image_are_on_the_same_side():
    images, cropped, marked, dark = with_copies(50)
    whole = Dataset(np.concatenate([images, cropped, marked, dark]), np.zeros(200, int), ("a",))
    held = data.training_data({"train": whole}, table=True).held.reshape(4, 50)
    assert held[0].sum() == 5
    assert (held == held[0]).all()


def test_copies_of_test_images_are_neither_trained_on_nor_chosen_by():
    images, cropped, *_ = with_copies(120)
    whole = Dataset(images, np.arange(120) % 2, ("a", "b"))
    public = Dataset(cropped[:30], np.arange(30) % 2, ("a", "b"))
    before = data.training_data({"train": whole}, table=True)
    known = data.training_data({"train": whole, "validation": public}, table=True)
    # The images that others once trained with, and their soft labels, stay what they are.
    assert known.whole is whole and known.copies == 30
    np.testing.assert_array_equal(known.training.images, images[30:][~before.held[30:]])
    np.testing.assert_array_equal(known.validation.images, images[30:][before.held[30:]])
    with pytest.raises(DataError, match="are copies of test images"):
        data.training_data({"train": whole.take(np.arange(9)), "validation": public}, table=True)


def test_a_split_is_measured_without_copies_of_training_images(tmp_path):
    images, cropped, *_ = with_copies(3)
    lines = [(3, image, "Training") for image in images]
    lines += [(0, image, "PublicTest") for image in (cropped[1], *with_copies(2, seed=1)[0])]
    path = tmp_path / "data.csv"
    path.write_text(rows(*((n, " ".join(map(str, i.ravel())), split) for n, i, split in lines)))
    kept = data.load_split(path, None, without_copies=True)
    np.testing.assert_array_equal(kept.images, [image for _, image, _ in lines[4:]])
    assert kept.notes == ("left out: 1 images of which the training split has copies",)
    assert len(data.load_split(path, None)) == 3


def test_a_split_without_rows_is_an_error_that_says_which_there_are(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(GOOD)
    with pytest.raises(DataError, match="'PrivateTest' has no images.*train, validation"):
        data.choose_split(data.load(path), "PrivateTest")
    with pytest.raises(DataError, match="no split 'Tuesday'"):
        data.choose_split(data.load(path), "Tuesday")


@pytest.mark.parametrize(
    "votes, majority",
    [
        ([0, 8, 1, 0, 0, 0, 0, 0, 1, 0], "happy"),
        ([5, 5, 0, 0, 0, 0, 0, 0, 0, 0], None),  # no more than half
        ([4, 3, 1, 1, 1, 0, 0, 0, 0, 0], "neutral"),  # single votes are dropped: 4 of 7
        ([3, 0, 0, 0, 0, 0, 0, 0, 7, 0], None),  # unknown wins
        ([5, 0, 0, 0, 0, 0, 0, 0, 5, 0], None),  # unknown counts as a vote
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], None),
        ([0, 0, 0, 0, 0, 0, 0, 6, 4, 0], "contempt"),
    ],
)
def test_ferplus_majority_as_in_the_paper(votes, majority):
    (found,) = ferplus_majority(np.float32([votes]))
    assert (FERPLUS[found] if found >= 0 else None) == majority
    (among,) = ferplus_among(EMOTIONS, np.float32([votes]))
    assert (EMOTIONS[among] if among >= 0 else None) == (majority if majority in EMOTIONS else None)


def test_the_real_data_has_the_published_counts(fer2013):
    assert len(fer2013["train"]) == 28_561 and len(fer2013["validation"]) == 3_579
    assert (ferplus_majority(fer2013["validation"].votes) >= 0).sum() == 3_199
