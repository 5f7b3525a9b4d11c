"""How fast the program is on this machine, beside the bare library calls."""
