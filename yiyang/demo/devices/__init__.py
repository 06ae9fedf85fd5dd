"""Generated wearers of devices: what they would measure at any instant, the same for the same seed."""
