"""Analyze recorded videos: one, or many with a ledger of finished runs."""
