"""Set the color of a lamp when the expression changes; here the lamp is the terminal.

    emoapp live --on-change "python examples/lamp.py"

emoapp runs this for each change, at most once a second, and writes the event to its standard input.
"""

import json
import sys

COLORS = {
    "angry": (200, 40, 30),
    "disgust": (60, 140, 70),
    "fear": (120, 70, 160),
    "happy": (250, 200, 40),
    "sad": (50, 90, 180),
    "surprise": (250, 130, 30),
    "neutral": (200, 200, 190),
}
OFF = (0, 0, 0)

event = json.load(sys.stdin)
# No label: nobody is there, or it is not sure.
red, green, blue = COLORS.get(event["label"], OFF)
print(f"\x1b[48;2;{red};{green};{blue}m      \x1b[0m {event['label'] or 'off'}", flush=True)
