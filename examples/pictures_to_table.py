"""Write a table of the faces in pictures: `python pictures_to_table.py FOLDER OUT.csv`."""

import csv
import sys
from pathlib import Path

from emoapp import EmotionRecognizer
from emoapp.errors import SourceError


def main(folder: Path, output: Path) -> None:
    with EmotionRecognizer() as recognizer, output.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["file", "x0", "y0", "x1", "y1", "label", *recognizer.labels])
        for path in sorted(folder.iterdir()):
            try:
                faces = recognizer.analyze(path)
            except SourceError as error:
                print(error, file=sys.stderr)
                continue
            for face in faces:
                label = "" if face.rejection else face.label
                scores = face.smoothed.as_dict().values()
                table.writerow([path.name, *face.face.box, label, *scores])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
