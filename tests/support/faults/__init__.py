"""The fault harness: every command in a folder of its own, and what may be left there."""
