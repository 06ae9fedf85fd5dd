"""A city's readings: how fast they are taken in, how small they are packed, how soon they are read."""
