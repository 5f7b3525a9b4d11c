"""Learning from teachers: gathered once, resumed, refused where they speak of something else."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.own_data import LABELS, RECIPE

from emoapp.classifiers.description import FILE_NAME
from emoapp.cli import main
from emoapp.errors import DataError
from emoapp.training import data, distill
from emoapp.training.dataset import Dataset
from emoapp.training.teachers import gather


@pytest.fixture(scope="module")
def teachers(own_folder, tmp_path_factory) -> Path:
    """Two, the training of the second interrupted in its first epoch and resumed."""
    from emoapp.training import train

    output = tmp_path_factory.mktemp("teachers")
    command = ["train", "--teachers", "2", "--data", str(own_folder), "--output", str(output)]
    command += [*RECIPE, "--epochs", "2"]
    ended = train.Checkpoint.on_epoch_end

    def interrupted(self, epoch, logs=None):
        ended(self, epoch, logs)
        if (output / "teacher2").exists():
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train.Checkpoint, "on_epoch_end", interrupted)
        assert main(command) == 130
    assert not (output / "teacher2" / "emotion.tflite").exists()
    first = (output / "teacher1" / "model.keras").stat().st_mtime_ns
    assert main([*command, "--resume"]) == 0
    assert (output / "teacher1" / "model.keras").stat().st_mtime_ns == first
    return output


def said(teachers: Path) -> list[Path]:
    return [teachers / f"teacher{number}" / "soft_labels.npz" for number in (1, 2)]


def test_each_teacher_is_another_network(teachers, own_folder):
    seeds = [
        json.loads((teachers / f"teacher{n}" / FILE_NAME).read_text())["made"]["config"]["seed"]
        for n in (1, 2)
    ]
    assert seeds == [1, 2]
    training = data.load(own_folder)["train"]
    one, two = (distill.read_soft_labels(path, training)["labels"] for path in said(teachers))
    assert np.abs(one - two).max() > 0.001


def test_files_and_networks_say_the_same(teachers, own_folder):
    training = data.load(own_folder)["train"]
    from_files = gather(said(teachers), training)["labels"]
    from_networks = gather([path.parent for path in said(teachers)], training)["labels"]
    np.testing.assert_allclose(from_files, from_networks, atol=2e-3)
    np.testing.assert_allclose(from_files.sum(axis=1), 1, atol=2e-3)


def test_exported_networks_teach_the_same(teachers, own_folder):
    training = data.load(own_folder)["train"]
    networks = [path.parent for path in said(teachers)]
    exported = gather([path / "emotion.tflite" for path in networks], training)["labels"]
    np.testing.assert_allclose(exported.sum(axis=1), 1, atol=1e-5)
    same = exported.argmax(axis=1) == gather(networks, training)["labels"].argmax(axis=1)
    assert same.mean() > 0.95


def test_a_student_needs_the_files_only(teachers, own_folder, tmp_path):
    files = []
    for number, path in enumerate(said(teachers)):
        files.append(str(tmp_path / f"{number}.npz"))
        shutil.copy(path, files[-1])
    command = ["distill", "--data", str(own_folder), "--teachers", *files, *RECIPE]
    assert main([*command, "--epochs", "2", "--output", str(tmp_path / "student")]) == 0
    made = json.loads((tmp_path / "student" / FILE_NAME).read_text())["made"]
    assert made["data"]["teachers"] == files
    assert made["metrics"]["validation"]["accuracy"] > 0.9


def test_what_was_said_of_other_images_is_refused(teachers, own_folder, tmp_path):
    training = data.load(own_folder)["train"]
    with pytest.raises(DataError, match="other training images"):
        gather(said(teachers), training.take(np.arange(10)))
    for name, content in (("empty.npz", b""), ("text.npz", b"no arrays"), ("none.npz", None)):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=name):
            gather([tmp_path / name], training)


def soft_file(path: Path, folder: Path, head: str) -> Path:
    """What a teacher with this one head said of the training images in a folder."""
    training = data.load(folder)["train"]
    said = np.full((len(training), 2), 0.5, np.float32)
    distill.write_soft_labels(path, {head: said}, training)
    return path


@pytest.mark.soak
def test_a_distillation_that_was_killed_while_teachers_were_asked_begins_anew(own_folder, tmp_path):
    teacher = soft_file(tmp_path / "teacher.npz", own_folder, "labels")
    run = tmp_path / "run"
    run.mkdir()
    (run / "soft_labels.npz").write_bytes(teacher.read_bytes())
    command = ["distill", "--data", str(own_folder), "--output", str(run), *RECIPE]
    assert main([*command, "--epochs", "1", "--teachers", str(teacher), "--resume"]) == 0
    assert (run / "emotion.tflite").exists()


@pytest.mark.logs_errors
def test_what_a_teacher_said_is_not_replaced_unasked(own_folder, tmp_path, capsys):
    teacher = soft_file(tmp_path / "teacher.npz", own_folder, "labels")
    kept = tmp_path / "run" / "soft_labels.npz"
    kept.parent.mkdir()
    kept.write_text("precious")
    command = ["distill", "--data", str(own_folder), "--output", str(kept.parent), *RECIPE]
    assert main([*command, "--teachers", str(teacher)]) == 1
    assert "soft_labels.npz" in capsys.readouterr().err and kept.read_text() == "precious"
    assert main([*command, "--overwrite", "--teachers", str(kept)]) == 2
    assert "itself to be read" in capsys.readouterr().err and kept.read_text() == "precious"


def test_a_teacher_without_the_heads_of_the_data_is_refused(own_folder, tmp_path):
    teacher = soft_file(tmp_path / "teacher.npz", own_folder, "fer2013")
    with pytest.raises(DataError, match="labels of fer2013, the data has those of labels"):
        gather([teacher], data.load(own_folder)["train"])


def test_a_damaged_file_of_soft_labels_is_named(tmp_path):
    rng, path = np.random.default_rng(3), tmp_path / "soft.npz"
    dataset = Dataset(np.zeros((4, 48, 48), np.uint8), np.zeros(4, np.int64), LABELS)
    distill.write_soft_labels(path, {"labels": rng.random((4, 2))}, dataset)
    whole = path.read_bytes()
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged if place % 5 else damaged[:place])
        with contextlib.suppress(DataError):
            distill.read_soft_labels(path, dataset)


def test_teachers_of_other_labels_are_refused(teachers, own_folder, tmp_path):
    training = data.load(own_folder)["train"]
    renamed = Dataset(training.images, training.labels, ("left", "right"))
    said_of_names = "knows the labels awake, sleepy, the data has left, right"
    for teacher in (teachers / "teacher1", teachers / "teacher1" / "emotion.tflite"):
        with pytest.raises(DataError, match=said_of_names):
            gather([teacher], renamed)
    more = Dataset(training.images, training.labels, (*LABELS, "dozing"))
    for teacher in (teachers / "teacher1", said(teachers)[0]):
        with pytest.raises(DataError, match="2 labels, the data has 3: awake, sleepy, dozing"):
            gather([teacher], more)
    with pytest.raises(DataError, match=r"nothing\.keras: not a network"):
        gather([tmp_path / "nothing.keras"], training)


def distributions(rows: int, labels: int) -> st.SearchStrategy[np.ndarray]:
    weights = arrays(np.float64, (rows, labels), elements=st.floats(0.01, 1))
    return weights.map(lambda w: np.float32(w / w.sum(axis=1, keepdims=True)))


@given(
    wanted=distributions(4, 3),
    soft=distributions(4, 3),
    share=st.floats(0, 1),
    unknown=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_what_is_blended_lies_between_labels_and_teachers(wanted, soft, share, unknown):
    wanted = np.where(np.array(unknown)[:, None], np.float32(0), wanted)
    (mixed,) = distill.blend({"a": wanted}, {"a": soft, "b": soft}, share).values()
    assert mixed.dtype == np.float32
    np.testing.assert_allclose(mixed.sum(axis=1), 1, atol=1e-5)
    known = ~np.array(unknown)
    np.testing.assert_array_equal(mixed[~known], soft[~known])
    low, high = np.minimum(wanted, soft)[known], np.maximum(wanted, soft)[known]
    assert (mixed[known] >= low - 1e-6).all() and (mixed[known] <= high + 1e-6).all()
    np.testing.assert_allclose(
        distill.blend({"a": wanted}, {"a": soft}, 0)["a"][known], wanted[known]
    )
    np.testing.assert_allclose(distill.blend({"a": wanted}, {"a": soft}, 1)["a"], soft, atol=1e-7)
    assert distill.blend({"a": wanted}, {"b": soft}, share)["a"] is wanted


def test_the_mean_is_over_the_heads_that_all_have():
    one = {"a": np.float32([[0.2, 0.8]]), "b": np.float32([[1.0]])}
    two = {"a": np.float32([[0.4, 0.6]])}
    mean = distill.mean_answers([one, two])
    assert list(mean) == ["a"]
    np.testing.assert_allclose(mean["a"], [[0.3, 0.7]], atol=1e-7)
