"""Record the streams of emoapp's Lab Streaming Layer output into two CSV files.

    pip install pylsl
    python lsl_recorder.py session.csv [NAME]
    emoapp live --lsl

It ends with the stream, or by Ctrl-C. Markers go into session.markers.csv. LabRecorder does the
same for many devices at once, into one XDF file.
"""

import csv
import sys
from pathlib import Path

import pylsl
from pylsl.util import LostError

SILENCE_S = 3.0
"""A stream that says nothing for so long has ended."""


def open_inlet(name: str) -> pylsl.StreamInlet:
    """Wait for a stream, and connect to it."""
    (found, *_) = pylsl.resolve_byprop("name", name)
    # Without recovery, so that the end of the stream is the end of the recording.
    inlet = pylsl.StreamInlet(found, recover=False)
    inlet.open_stream()
    return inlet


def main(path: Path, name: str) -> None:
    """Record until the stream ends."""
    numbers, markers = open_inlet(name), open_inlet(f"{name}-markers")
    # From the sender's clock to this computer's, if it is another one.
    offset = numbers.time_correction()
    columns = numbers.info().get_channel_labels()
    marker_path = path.with_suffix(".markers.csv")
    print(f"recording {', '.join(columns)}", flush=True)
    with open(path, "w", newline="") as file, open(marker_path, "w", newline="") as marker_file:
        table, marker_table = csv.writer(file), csv.writer(marker_file)
        table.writerow(["time_s", *columns])
        marker_table.writerow(["time_s", "label"])
        try:
            while True:
                sample, stamp = numbers.pull_sample(timeout=SILENCE_S)
                while (marker := markers.pull_sample(timeout=0.0))[0] is not None:
                    marker_table.writerow([marker[1] + offset, *marker[0]])
                if sample is None:
                    break
                table.writerow([stamp + offset, *sample])
        except (KeyboardInterrupt, LostError):
            pass
    print(f"wrote {path} and {marker_path}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "emoapp")
