"""Print what emoapp sends by Open Sound Control.

pip install python-osc
python osc_receiver.py [PORT]
emoapp live --osc 127.0.0.1:9000
"""

import sys

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer


def on_label(address: str, label: str) -> None:
    """Take the label of the followed face, which comes with each frame."""
    print(label or "not sure", flush=True)


def on_happy(address: str, probability: float) -> None:
    """Take a number from 0 to 1, for whatever it is to move."""
    print(f"happy {'#' * round(probability * 40)}", flush=True)


def main(port: int) -> None:
    """Receive until Ctrl-C."""
    dispatcher = Dispatcher()
    # "followed" is the face that is followed, whatever its number. /emoapp/1/... is face 1.
    dispatcher.map("/emoapp/followed/label", on_label)
    dispatcher.map("/emoapp/followed/happy", on_happy)
    with BlockingOSCUDPServer(("127.0.0.1", port), dispatcher) as server:
        print(f"waiting at 127.0.0.1:{server.server_address[1]}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9000)
