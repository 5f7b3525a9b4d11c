"""`python -m emoapp`, and the `emoapp` command.

Nothing is imported before Ctrl-C is provided for.
"""


def main(words=None) -> int:
    """Run a command and return its exit status; words: of the command, None for the process's."""
    try:
        from emoapp.utils import interrupts

        interrupts.end_at_once()
        from emoapp.cli import main as run

        status = run(words)
        interrupts.end_at_once()
        return status
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
