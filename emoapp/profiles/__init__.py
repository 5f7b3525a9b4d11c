"""Profiles: a correction of the network for one person."""
