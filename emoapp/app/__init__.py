"""Applications that a user starts: the live window, recorded videos, pictures."""
