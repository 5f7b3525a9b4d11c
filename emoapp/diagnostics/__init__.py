"""Whether the program works here, and how fast."""
