"""The JSON API of devices: the list of a unit, keys, gateways, loans, consents, alarms."""

from yiyang.devices.api import alarms, loans, registry

routes = [registry.routes, alarms.routes]

__all__ = ["alarms", "loans", "routes"]
