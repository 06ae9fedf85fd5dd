"""What a raw signal shows: falls in an acceleration, places in and out of a fence. Pure."""
