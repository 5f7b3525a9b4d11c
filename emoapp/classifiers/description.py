"""The description beside a model file: labels, heads, crop template, and how it was made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from emoapp.crop_template import FER2013_TEMPLATE, CropTemplate
from emoapp.errors import ModelError
from emoapp.utils.files import write_whole
from emoapp.utils.resources import MODELS

FORMAT = 1
FILE_NAME = "emotion.json"


@dataclass(frozen=True, slots=True)
class Head:
    """One set of logits of the network.

    Attributes:
        name: Label set that it was trained on ("fer2013", "ferplus", "labels").
        labels: Names in the order of its logits.
        temperature: Divides the logits before the softmax, to calibrate the probabilities (Guo et
            al. 2017).
        frequencies: Mean probability of each label on faces that the head did not learn from; ()
            where that was not measured.
    """

    name: str
    labels: tuple[str, ...]
    temperature: float = 1.0
    frequencies: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.frequencies and len(self.frequencies) != len(self.labels):
            raise ModelError(
                f"the head {self.name} has {len(self.labels)} labels and "
                f"{len(self.frequencies)} frequencies"
            )


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """All that is needed to use a model and to tell where it comes from.

    Attributes:
        labels: What the model shows, in order; `Classifier.mix` combines heads with different
            labels.
        heads: In the order of their logits in the output.
        crop_template: How faces are cropped for it.
        temperature: Divides the logarithms of the shown probabilities, to calibrate them on
            photographs, whose crops are worse than those of training.
        sha256: File name -> hexadecimal digest of the files beside.
        made: Data, settings, seed, versions and metrics, for information only.
    """

    labels: tuple[str, ...]
    heads: tuple[Head, ...]
    crop_template: CropTemplate = FER2013_TEMPLATE
    temperature: float = 1.0
    sha256: dict[str, str] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.heads:
            raise ModelError("a model needs at least one head")
        for label in self.labels:
            if not any(label in head.labels for head in self.heads):
                raise ModelError(f"the label {label!r} is in none of the model's heads")

    def head(self, name: str) -> Head | None:
        """Return the head of that name, or None.

        Args:
            name: Label set of the head.
        """
        return next((head for head in self.heads if head.name == name), None)

    @property
    def checksum(self) -> str:
        """Identifies the weights: hexadecimal, the same on every device and with contempt."""
        content = [[asdict(head) for head in self.heads], self.temperature, self.sha256]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def showing(self, label: str) -> ModelDescription:
        """Return the description with one more label shown.

        The shipped model can show contempt that way: FER+ has votes for it, FER-2013 has not.

        Args:
            label: A label that at least one of the heads knows.

        Raises:
            ModelError: If no head knows it.
        """
        if label in self.labels:
            return self
        if not any(label in head.labels for head in self.heads):
            raise ModelError(
                f"this model was not trained on {label}; it knows {', '.join(self.labels)}"
            )
        return replace(self, labels=(*self.labels, label))

    def write(self, path: Path) -> None:
        """Write the description as JSON, atomically.

        Args:
            path: File to write.
        """
        content = {"format": FORMAT, **asdict(self)}
        text = json.dumps(content, indent=1) + "\n"
        write_whole(path, lambda half: half.write_text(text, encoding="utf-8"))

    @classmethod
    def read(cls, path: Path) -> ModelDescription:
        """Read a description.

        Args:
            path: File that `write` wrote.

        Raises:
            ModelError: If the file is missing or not such a description; names the file.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise ModelError(
                    f"{path}: has format {content['format']}, this program reads {FORMAT}; "
                    "export the model again with this version"
                )
            return cls._from_json(content)
        except FileNotFoundError:
            raise ModelError(
                f"{path}: missing; a model file needs its description beside it"
            ) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise ModelError(f"{path}: not a model description ({exc!r})") from exc

    @classmethod
    def _from_json(cls, content: dict[str, Any]) -> ModelDescription:
        # Models written before the name was changed have "framing" instead.
        stated = content["crop_template"] if "crop_template" in content else content["framing"]
        template: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stated.items()
        }
        return cls(
            labels=tuple(content["labels"]),
            heads=tuple(
                Head(
                    head["name"],
                    tuple(head["labels"]),
                    float(head["temperature"]),
                    tuple(float(share) for share in head.get("frequencies", ())),
                )
                for head in content["heads"]
            ),
            crop_template=CropTemplate(**template),
            temperature=float(content.get("temperature", 1.0)),
            sha256=dict(content["sha256"]),
            made=dict(content["made"]),
        )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits.

    Args:
        path: The file.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()


def find_model(path: str | Path | None, *, suffix: str) -> tuple[Path, ModelDescription]:
    """Find a model file and read its description.

    Args:
        path: The file, or its folder; None for the shipped model.
        suffix: Suffix of the model file, with the dot.

    Returns:
        The file and its description.

    Raises:
        ModelError: If one of them is missing, damaged or does not belong to the other.
    """
    chosen = MODELS if path is None else Path(path)
    if chosen.is_dir():
        found = sorted(chosen.glob(f"*{suffix}"))
        if not found:
            raise ModelError(f"{chosen}: there is no {suffix} model in this folder")
        chosen = found[0]
    if not chosen.is_file():
        raise ModelError(f"{chosen}: there is no such model; `emoapp train` makes one")
    if chosen.suffix != suffix:
        raise ModelError(f"{chosen}: expected a {suffix} file here")
    description = ModelDescription.read(chosen.with_name(FILE_NAME))
    expected = description.sha256.get(chosen.name)
    if expected is not None and expected != sha256_of(chosen):
        raise ModelError(
            f"{chosen}: is damaged or not the file that {FILE_NAME} describes (its SHA-256 "
            "differs); install or export it again"
        )
    return chosen, description
