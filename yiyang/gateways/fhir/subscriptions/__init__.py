"""Subscriptions of R4 (rest-hook): what changed and meets a search is told to an address, or read as it happens."""
