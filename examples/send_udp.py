"""Send the largest face of each frame as JSON over UDP: `python send_udp.py --source clip.mp4`.

To see what arrives: `nc -u -l 9000` on the same computer.
"""

import argparse
import json
import socket

from emoapp import EmotionRecognizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0].partition(":")[0])
    parser.add_argument("--source", default="0", help="a camera's number, a file or an address")
    parser.add_argument("--host", default="127.0.0.1", help="where to send to (default: here)")
    parser.add_argument("--port", type=int, default=9000)
    args = parser.parse_args()
    with EmotionRecognizer() as recognizer, socket.socket(type=socket.SOCK_DGRAM) as out:
        for result in recognizer.stream(args.source):
            for track in result.tracks[:1]:
                message = {
                    "t": round(result.frame.t, 3),
                    "id": track.id,
                    "label": None if track.rejection else track.label,
                    "probabilities": track.smoothed.as_dict(),
                }
                out.sendto(json.dumps(message).encode(), (args.host, args.port))


if __name__ == "__main__":
    main()
