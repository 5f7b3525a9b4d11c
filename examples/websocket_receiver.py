"""Print what emoapp sends over its WebSocket.

pip install websockets
emoapp live --websocket
python websocket_receiver.py [ADDRESS]
"""

import json
import sys

from websockets.sync.client import connect


def main(address: str) -> None:
    """Receive until emoapp ends, or until Ctrl-C."""
    with connect(address) as socket:
        hello = json.loads(socket.recv())
        print(hello["program"], [one["label"] for one in hello["expressions"]], flush=True)
        # One message for each frame. The loop ends when emoapp does.
        for text in socket:
            message = json.loads(text)
            for face in message["faces"]:
                if face["track"] == message["followed"] and face["label"]:
                    happy = face["smoothed"]["happy"]
                    print(f"{message['time_s']:7.2f} s  {face['label']:9} happy {happy:.0%}")


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8765/socket")
    except KeyboardInterrupt:
        pass
