"""The load generator: a city's gateways that send at a fixed rate, whatever the platform does, at little CPU."""
