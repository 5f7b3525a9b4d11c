"""Start `python -m emoapp` and the `emoapp` command.

Nothing is imported before Ctrl-C is provided for.
"""


def main(words: list[str] | None = None) -> int:
    """Run a command.

    Args:
        words: The command and its words; None for those of the process.

    Returns:
        The exit status.
    """
    try:
        from emoapp.utils import interrupts
    except KeyboardInterrupt:
        return 130
    try:
        interrupts.end_at_once()
        from emoapp.cli import main as run

        return run(words)
    except KeyboardInterrupt:  # a second one, while the first was being dealt with
        return interrupts.INTERRUPTED
    finally:
        interrupts.end_at_once()  # a third one must not end in Python's own way


if __name__ == "__main__":
    raise SystemExit(main())
