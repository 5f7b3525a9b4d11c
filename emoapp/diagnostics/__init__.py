"""Diagnose whether the program works on this machine, and measure its speed."""
