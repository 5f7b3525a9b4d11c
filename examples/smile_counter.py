"""Count the smiles in a video, or before camera 0: `python smile_counter.py [SOURCE]`."""

import sys

from emoapp import EmotionRecognizer

ON, OFF = 0.7, 0.4
"""A smile begins above the first probability and ends below the second, so none counts twice."""


def main(source: str) -> None:
    smiling: set[int] = set()
    count = 0
    with EmotionRecognizer() as recognizer:
        for result in recognizer.stream(source):
            for track in result.tracks:
                happy = track.smoothed.of("happy")
                if track.id not in smiling and happy > ON and track.rejection is None:
                    smiling.add(track.id)
                    count += 1
                    print(f"{result.frame.t:6.1f} s  smile {count}, face {track.id}", flush=True)
                elif happy < OFF:
                    smiling.discard(track.id)
    print(f"{count} smiles")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "0")
