"""The JSON API of devices: the list of a unit, keys, gateways, loans, consents, alarms, notes on readings."""

from yiyang.devices.api import alarms, loans, notes, registry

routes = [registry.routes, alarms.routes, notes.routes]

__all__ = ["alarms", "loans", "notes", "routes"]
