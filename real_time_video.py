"""The live command: `python real_time_video.py` is `emoapp live`."""

try:
    import sys

    from emoapp.__main__ import main

    if __name__ == "__main__":
        raise SystemExit(main(["live", *sys.argv[1:]]))
except KeyboardInterrupt:
    raise SystemExit(130) from None
