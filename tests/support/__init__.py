"""Fixtures' helpers, fakes and data that several test modules share."""
