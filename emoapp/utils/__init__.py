"""General helpers that know nothing about faces."""
