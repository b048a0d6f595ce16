"""Somebody else's feed: its entries, in every format."""
