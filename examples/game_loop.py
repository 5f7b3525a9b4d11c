"""A game or a robot that looks at its player, without ever waiting for the camera.

    python game_loop.py [CAMERA|FILE]

The recognizer runs in a thread of its own, as fast as pictures come. The loop has a rhythm of its
own, and looks at the newest result whenever it likes.
"""

import math
import sys
import threading
import time

from emoapp import EmotionRecognizer, Result
from emoapp.errors import EmoappError

TICK_S = 1 / 60
"""The loop's own rhythm."""

PRINT_S = 0.25
"""How often the balloon is drawn."""

RISE_S = 0.3
"""Time in which the balloon covers two thirds of the way to where the smile wants it."""


class Player(threading.Thread):
    """Looks at the player: `newest` is the last result, `error` what went wrong; None without."""

    def __init__(self, source: str) -> None:
        super().__init__(name="player", daemon=True)
        self.newest: Result | None = None
        self.error: EmoappError | None = None
        self.ended = threading.Event()
        self._source = source

    def run(self) -> None:
        """Analyze the source to its end, in this thread alone."""
        try:
            with EmotionRecognizer() as recognizer:
                for result in recognizer.stream(self._source):
                    self.newest = result
                    if self.ended.is_set():
                        break
        except EmoappError as exc:
            self.error = exc
        finally:
            self.ended.set()

    def smile(self) -> float:
        """Return how happy the followed face looks, 0 to 1; 0 where there is none to believe."""
        track = self.newest.selected_track if self.newest else None
        return track.smoothed.of("happy") if track and track.rejection is None else 0.0


def main(source: str) -> None:
    """Let a balloon rise with a smile, and sink without one."""
    player = Player(source)
    player.start()
    height, ticks = 0.0, 0
    last = drawn = time.monotonic()
    try:
        while not player.ended.is_set():
            now = time.monotonic()
            # By the time that has passed, so that a loop that stutters moves as far.
            height += (player.smile() - height) * (1 - math.exp((last - now) / RISE_S))
            last, ticks = now, ticks + 1
            if now - drawn >= PRINT_S:
                drawn = now
                draw(height)
            time.sleep(max(0.0, TICK_S - (time.monotonic() - now)))
    except KeyboardInterrupt:
        pass
    player.ended.set()
    player.join()
    if player.error is not None:
        sys.exit(f"game_loop.py: {player.error}")
    draw(height)
    print(f"{ticks} ticks")


def draw(height: float) -> None:
    """Print the balloon at its height, 0 to 1."""
    print(f"{'_' * round(height * 40)}o   {height:.0%}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "0")
