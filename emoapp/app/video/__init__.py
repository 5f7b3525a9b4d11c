"""Recorded videos: one, or many with a ledger of what is done."""
