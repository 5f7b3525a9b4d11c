"""The live command: `python real_time_video.py` is `emoapp live`."""

import sys

from emoapp.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["live", *sys.argv[1:]]))
